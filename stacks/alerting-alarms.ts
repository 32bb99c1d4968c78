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

/** Tells when a channel could not be told something, or may not have been: perhaps another channel was, but somebody has to mend it. */
export function addUndeliveredAlarm(stack: Stack, context: StackContext): void {
  const { namespace } = context.config.metrics;
  // It knows no OR. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html
  const outcomes = ["delivered", "waiting"].map((outcome) => `Outcome != '${outcome}'`).join(" AND ");
  addAlarm(stack, "Undelivered", context, {
    name: "alerting-undelivered",
    description:
      "A notification could not be delivered by its channel: the log of alert-send says by which and why. It waits in the table as a dead letter.",
    metrics: [
      {
        id: "undelivered",
        expression: `SELECT SUM(Deliveries) FROM SCHEMA("${namespace}", Channel, Outcome) WHERE ${outcomes}`,
        period: 300,
        returnData: true,
      },
    ],
    threshold: 0,
    comparison: "GreaterThanThreshold",
    missing: "notBreaching",
  });
}
