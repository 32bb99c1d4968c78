import { ArnFormat, type Duration, Stack } from "aws-cdk-lib";
import { CfnAlarm } from "aws-cdk-lib/aws-cloudwatch";
import type { Construct } from "constructs";
import type { StackContext } from "../stack-context.ts";

/** What the topic is called that alarms act on: the foundation stack's, and one in each further region. */
export const ALARM_TOPIC = "alarms";

export interface AlarmMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** `Sum`, `Maximum`, `p99`, … */
  readonly statistic: string;
}

export interface AlarmProps {
  /** Its name without application and stage. */
  readonly name: string;
  /** What is wrong, and what to do, for who is woken by it. */
  readonly description: string;
  /** One metric; or `metrics`, for an expression over several. */
  readonly metric?: AlarmMetric;
  readonly metrics?: CfnAlarm.MetricDataQueryProperty[];
  readonly thresholdMetricId?: string;
  readonly threshold?: number;
  readonly comparison:
    | "GreaterThanThreshold"
    | "GreaterThanOrEqualToThreshold"
    | "LessThanThreshold"
    | "LessThanOrEqualToThreshold"
    | "LessThanLowerOrGreaterThanUpperThreshold";
  /** What no data means: said for each alarm, because CloudWatch's default, `missing`, is seldom what is wanted. */
  readonly missing: "breaching" | "notBreaching" | "ignore" | "missing";
  readonly period?: Duration;
  /** Periods that are looked at, and how many of them must be over: 1 of 1. */
  readonly periods?: number;
  readonly datapoints?: number;
  /** Besides the alarms' topic: an EC2 action, a scaling policy. */
  readonly actions?: readonly string[];
  /** False for what nobody need be told: an alarm that only scales, or that a composite alarm speaks for. */
  readonly notify?: boolean;
}

const MINUTE = 60;

/** An alarm that tells the alarms' topic of its region when it begins and when it is over. */
export function addAlarm(scope: Construct, id: string, context: StackContext, props: AlarmProps): CfnAlarm {
  const { metric, metrics, periods = 1, datapoints = periods, notify = true } = props;
  const topics = notify ? [alarmTopicArn(scope, context)] : [];
  const source =
    metric === undefined
      ? { metrics: metrics ?? [] }
      : {
          namespace: metric.namespace,
          metricName: metric.name,
          dimensions: Object.entries(metric.dimensions).map(([name, value]) => ({ name, value })),
          period: props.period?.toSeconds() ?? MINUTE,
          ...(/^[A-Z]/.test(metric.statistic)
            ? { statistic: metric.statistic }
            : { extendedStatistic: metric.statistic }),
        };
  return new CfnAlarm(scope, id, {
    alarmName: context.names.of(props.name),
    alarmDescription: props.description,
    ...source,
    ...(props.threshold === undefined ? {} : { threshold: props.threshold }),
    ...(props.thresholdMetricId === undefined ? {} : { thresholdMetricId: props.thresholdMetricId }),
    comparisonOperator: props.comparison,
    evaluationPeriods: periods,
    datapointsToAlarm: datapoints,
    treatMissingData: props.missing,
    actionsEnabled: true,
    alarmActions: [...topics, ...(props.actions ?? [])],
    okActions: topics,
  });
}

/** The topic that alarms of the region of a stack act on. */
export function alarmTopicArn(scope: Construct, { names }: StackContext): string {
  return Stack.of(scope).formatArn({
    service: "sns",
    resource: names.of(ALARM_TOPIC),
    arnFormat: ArnFormat.NO_RESOURCE_NAME,
  });
}
