import type { Alert } from "../../event/alert.ts";
import { type EventEnvelope, readEventEnvelope } from "../../event/event-envelope.ts";
import { isObject, type JsonObject, memberAt, parsedJson, textAt } from "../../event/json-member.ts";
import { alarmAlert } from "./alarm.ts";
import { alarmActionEnvelope, alarmMessageEnvelope, isAlarmAction, isAlarmMessage } from "./alarm-message.ts";
import { autoScalingAlert } from "./auto-scaling.ts";
import { cloudTrailAlert, isCloudTrailEvent } from "./cloudtrail.ts";
import { codeBuildAlert } from "./codebuild.ts";
import { ec2Alert } from "./ec2.ts";
import { genericAlert } from "./generic.ts";
import { guardDutyAlert } from "./guardduty.ts";
import { healthEnvelope, healthEventAlert, isHealthEvent } from "./health.ts";
import { s3Alert } from "./s3.ts";
import { scheduleAlert } from "./schedule.ts";
import { securityHubAlerts } from "./security-hub.ts";
import { snsTextAlert } from "./sns-text.ts";
import { syntheticsAlert } from "./synthetics.ts";
import { trustedAdvisorAlert } from "./trusted-advisor.ts";

/** What an event became: alerts, at least one, or the reason why it is no event. */
export type Normalised = { readonly alerts: readonly Alert[] } | { readonly reason: string };

export interface NormaliseContext {
  /** Epoch milliseconds: the version of what has no time of its own, and the measure of ends that are past. */
  readonly now: number;
}

/** Makes alerts of an event that it knows; none where the event lacks what they need. */
type Read = (event: EventEnvelope, nowMs: number) => readonly Alert[];

/** The first that knows an event reads it. By detail types, because other programs pass events on under sources of their own. */
const READERS: readonly [knows: (event: EventEnvelope) => boolean, read: Read][] = [
  [isCloudTrailEvent, one(cloudTrailAlert)],
  [ofType(/^CloudWatch Alarm /), one(alarmAlert)],
  [isHealthEvent, one(healthEventAlert)],
  [ofType(/^Synthetics Canary /), one(syntheticsAlert)],
  [ofType(/^Trusted Advisor /), one(trustedAdvisorAlert)],
  [ofType(/^CodeBuild Build /), one(codeBuildAlert)],
  [ofType(/^EC2 (Instance State-change Notification|Spot Instance Interruption)/), one(ec2Alert)],
  [ofType(/^EC2 Instance[ -](Launch|Terminate|launch|terminate) /), one(autoScalingAlert)],
  [(event) => event.source === "aws.s3" && memberAt(event.detail, "object") !== undefined, one(s3Alert)],
  [ofType(/^GuardDuty /), one(guardDutyAlert)],
  [ofType(/^Security Hub Findings/), securityHubAlerts],
  [ofType(/^Scheduled Event$/), one(scheduleAlert)],
];

/**
 * Makes alerts of what a function was given: an event of EventBridge, the records of an SNS topic or of a queue, a bare SNS message, or an alarm's
 * Lambda action. The same alarm by each of these has the same key, version and delivery id. What comes from a source that is not known becomes an
 * alert in words all the same. Raises nothing.
 */
export function normalise(input: unknown, { now }: NormaliseContext): Normalised {
  if (!isObject(input)) return { reason: "no JSON object" };
  if (Array.isArray(input.Records)) return normaliseRecords(input.Records, now);
  if (isAlarmAction(input)) return { alerts: [alarmAlert(alarmActionEnvelope(input, now))] };
  if (isAlarmMessage(input)) return { alerts: [alarmAlert(alarmMessageEnvelope(input, "", now))] };
  if (isSnsMessage(input)) return normaliseSns(input, now);
  const event = readEventEnvelope(input, now) ?? healthEnvelope(input, now);
  if (event === undefined) {
    return { reason: "neither an event of EventBridge nor a message of SNS nor an alarm's action" };
  }
  return { alerts: alertsOf(event, now) };
}

function alertsOf(event: EventEnvelope, nowMs: number): readonly Alert[] {
  const [, read] = READERS.find(([knows]) => knows(event)) ?? [];
  const alerts = read?.(event, nowMs) ?? [];
  return alerts.length > 0 ? alerts : [genericAlert(event)];
}

/** The records of one invocation together; a record that is none is left out unless there is no other. */
function normaliseRecords(records: readonly unknown[], nowMs: number): Normalised {
  const results = records.map((record) => normaliseRecord(record, nowMs));
  const alerts = results.flatMap((result) => ("alerts" in result ? result.alerts : []));
  if (alerts.length > 0) return { alerts };
  const [first] = results.flatMap((result) => ("reason" in result ? [result.reason] : []));
  return { reason: first ?? "no records" };
}

function normaliseRecord(record: unknown, nowMs: number): Normalised {
  const sns = memberAt(record, "Sns");
  if (isObject(sns)) return normaliseSns(sns, nowMs);
  const body = textAt(record, "body");
  if (body !== undefined) return normalise(parsedJson(body), { now: nowMs });
  return { reason: "a record of neither SNS nor SQS" };
}

function isSnsMessage(input: JsonObject): boolean {
  return textAt(input, "TopicArn") !== undefined && textAt(input, "MessageId") !== undefined;
}

/** What is in the message, or else the message itself. Messages about the subscription are for whoever subscribes. */
function normaliseSns(sns: JsonObject, nowMs: number): Normalised {
  const type = textAt(sns, "Type") ?? "Notification";
  if (type !== "Notification") return { reason: `a message of SNS about the subscription: ${type}` };
  const message = parsedJson(sns.Message);
  const topicRegion = textAt(sns, "TopicArn")?.split(":")[3] ?? "";
  if (isAlarmMessage(message)) return { alerts: [alarmAlert(alarmMessageEnvelope(message, topicRegion, nowMs))] };
  const inner = normalise(message, { now: nowMs });
  return "alerts" in inner ? inner : { alerts: [snsTextAlert(sns, nowMs)] };
}

function ofType(pattern: RegExp): (event: EventEnvelope) => boolean {
  return ({ detailType }) => pattern.test(detailType);
}

function one(read: (event: EventEnvelope, nowMs: number) => Alert | undefined): Read {
  return (event, nowMs) => [read(event, nowMs) ?? []].flat();
}
