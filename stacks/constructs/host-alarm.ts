import { Duration, type Stack } from "aws-cdk-lib";
import type { HostAlarm } from "../../packages/core/src/agent/host-alarm.ts";
import type { StackContext } from "../stack-context.ts";
import { type AlarmProps, addAlarm } from "./alarm.ts";

/** An alarm of the core's as a resource. */
export function addHostAlarm(
  stack: Stack,
  context: StackContext,
  alarm: HostAlarm,
  { notify = true }: Pick<AlarmProps, "notify"> = {},
): void {
  const { metric, query, periodSeconds } = alarm;
  addAlarm(stack, `Alarm-${alarm.name}`, context, {
    ...alarm,
    ...(metric === undefined
      ? { metrics: [{ id: "worst", expression: query ?? "", period: periodSeconds, returnData: true }] }
      : { metric }),
    period: Duration.seconds(periodSeconds),
    notify,
  });
}
