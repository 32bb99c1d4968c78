import { Duration, type Stack } from "aws-cdk-lib";
import type { CfnSchedule } from "aws-cdk-lib/aws-scheduler";
import { HEARTBEAT_FUNCTION } from "./alerting-names.ts";
import { addAlarm } from "./constructs/alarm.ts";
import type { StackContext } from "./stack-context.ts";

/** Tells when the function does not run that runs each minute: then nobody is told of anything. It is made after what makes it run, or it would begin with an alarm. */
export function addHeartbeatAlarm(stack: Stack, context: StackContext, heartbeat: CfnSchedule): void {
  const functionName = context.names.of(HEARTBEAT_FUNCTION);
  const alarm = addAlarm(stack, "Silent", context, {
    name: "alerting-silent",
    description: `${functionName} did not run for a quarter of an hour, though it is called each minute: alerting may be dead. See its schedule, its log, and the concurrency of the account.`,
    metric: {
      namespace: "AWS/Lambda",
      name: "Invocations",
      dimensions: { FunctionName: functionName },
      statistic: "Sum",
    },
    threshold: 1,
    comparison: "LessThanThreshold",
    missing: "breaching",
    period: Duration.minutes(5),
    periods: 3,
    datapoints: 3,
  });
  alarm.addResourceDependency(heartbeat);
}
