import { randomUUID } from "node:crypto";
import type { CanaryConfig } from "@belfry/core/config/canaries/schema";
import type { EventToPut } from "@belfry/core/platform/events-client";
import type { AlarmState } from "./run-alarm.ts";
import { LOCAL_REGION } from "./runner-ports.ts";

/** What alarms on canaries are called here, less the canary. */
export const ALARM_PREFIX = "belfry-local-canary-";

/** What EventBridge makes of an event that is put on a bus. https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html */
export function busEvent({ source, detailType, timeMs, detail }: EventToPut, account: string): object {
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": detailType,
    source,
    account,
    time: `${new Date(timeMs).toISOString().slice(0, 19)}Z`,
    region: LOCAL_REGION,
    resources: [],
    detail,
  };
}

/** Which alarm changed, and to what. */
export interface AlarmChange {
  readonly name: string;
  readonly canary: CanaryConfig;
  readonly state: AlarmState;
  readonly failedRuns: number;
  readonly atMs: number;
}

/** The event of an alarm on a canary's SuccessPercent, as CloudWatch sends it. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html */
export function alarmEvent(change: AlarmChange, namespace: string, account: string): object {
  const { name, canary, state, failedRuns, atMs } = change;
  const alarmName = ALARM_PREFIX + name;
  const timestamp = new Date(atMs).toISOString().replace("Z", "+0000");
  const before = state === "ALARM" ? "OK" : "ALARM";
  const metric = { namespace, name: "SuccessPercent", dimensions: { CanaryName: name } };
  const detail = {
    alarmName,
    state: {
      value: state,
      reason: `${failedRuns} of the last ${canary.alarm.ofRuns} runs failed; the alarm is on from ${canary.alarm.failedRuns} on.`,
      timestamp,
    },
    previousState: { value: before, reason: "", timestamp },
    configuration: {
      description: canary.description ?? `Canary ${name}`,
      metrics: [{ id: "m1", metricStat: { metric, period: 60, stat: "Average" }, returnData: true }],
    },
  };
  const event = busEvent(
    { source: "aws.cloudwatch", detailType: "CloudWatch Alarm State Change", timeMs: atMs, detail },
    account,
  );
  return { ...event, resources: [`arn:aws:cloudwatch:${LOCAL_REGION}:${account}:alarm:${alarmName}`] };
}
