import type { CompositeAlarm, Metric, MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { awsCall } from "./aws-call.ts";
import { perRegion, settings } from "./clients.ts";

/**
 * An alarm as it is now, in the form of the event that EventBridge has of its state; undefined for one of another account, or that there is not. Its tags are not in it. Raises
 * AwsCallError.
 */
export type DescribeAlarm = (arn: string, signal: AbortSignal) => Promise<object | undefined>;

const READ_ATTEMPTS = 3;

// Without them the call answers metric alarms alone. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
const TYPES = ["MetricAlarm", "CompositeAlarm", "LogAlarm"] as const;

const cloudWatchClient = perRegion(async (region) => {
  const { CloudWatchClient } = await import("@aws-sdk/client-cloudwatch");
  return new CloudWatchClient({ ...(await settings(region)), maxAttempts: READ_ATTEMPTS });
});

/** DescribeAlarms in the alarm's own region. */
export function alarmReader(): DescribeAlarm {
  return async (arn, abortSignal) => {
    // arn:aws:cloudwatch:<region>:<account>:alarm:<name>
    const [, , service, region, , type, ...name] = arn.split(":");
    if (service !== "cloudwatch" || type !== "alarm") return undefined;
    const { DescribeAlarmsCommand } = await import("@aws-sdk/client-cloudwatch");
    const client = await cloudWatchClient(region);
    const command = new DescribeAlarmsCommand({ AlarmNames: [name.join(":")], AlarmTypes: [...TYPES] });
    const answer = await awsCall("cloudwatch:DescribeAlarms", () => client.send(command, { abortSignal }));
    const { MetricAlarms = [], CompositeAlarms = [], LogAlarms = [] } = answer;
    // Another account may have an alarm of the same name.
    const alarm = [...MetricAlarms, ...CompositeAlarms, ...LogAlarms].find(({ AlarmArn }) => AlarmArn === arn);
    return alarm && alarmEvent(alarm, arn);
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html */
function alarmEvent(alarm: MetricAlarm & CompositeAlarm, arn: string): object {
  const [, , , region = "", account = ""] = arn.split(":");
  const { StateUpdatedTimestamp, ActionsSuppressedBy, ActionsSuppressedReason } = alarm;
  const timestamp = StateUpdatedTimestamp?.toISOString();
  const event = {
    source: "aws.cloudwatch",
    "detail-type": "CloudWatch Alarm State Change",
    account,
    region,
    time: timestamp,
    resources: [arn],
    detail: {
      alarmName: alarm.AlarmName,
      state: {
        value: alarm.StateValue,
        reason: alarm.StateReason,
        reasonData: alarm.StateReasonData,
        timestamp,
        actionsSuppressedBy: ActionsSuppressedBy,
        actionsSuppressedReason: ActionsSuppressedReason,
      },
      configuration: {
        description: alarm.AlarmDescription,
        alarmRule: alarm.AlarmRule,
        actionsSuppressorWaitPeriod: alarm.ActionsSuppressorWaitPeriod,
        actionsSuppressorExtensionPeriod: alarm.ActionsSuppressorExtensionPeriod,
        metrics: metricsOf(alarm),
      },
    },
  };
  return JSON.parse(JSON.stringify(event));
}

/** One metric, or several with metric math. */
function metricsOf({ MetricName, Namespace, Dimensions, Metrics = [] }: MetricAlarm): object[] {
  if (MetricName !== undefined) return [{ metricStat: { metric: metricOf({ MetricName, Namespace, Dimensions }) } }];
  return Metrics.map(({ Id, Expression, MetricStat }) => ({
    id: Id,
    expression: Expression,
    ...(MetricStat?.Metric === undefined ? {} : { metricStat: { metric: metricOf(MetricStat.Metric) } }),
  }));
}

function metricOf({ Namespace, MetricName, Dimensions = [] }: Metric): object {
  const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
  return { namespace: Namespace, name: MetricName, dimensions };
}
