import type { Duration } from "aws-cdk-lib";
import { CfnAlarm } from "aws-cdk-lib/aws-cloudwatch";
import type { Construct } from "constructs";
import type { StackContext } from "../stack-context.ts";

/** What the alarms' topic of the foundation stack is called. */
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
}

const MINUTE = 60;

/** An alarm in the home region that tells the alarms' topic when it begins and when it is over. */
export function addAlarm(scope: Construct, id: string, context: StackContext, props: AlarmProps): CfnAlarm {
  const { metric, metrics, periods = 1, datapoints = periods } = props;
  const topic = context.names.colonArn("sns", undefined, ALARM_TOPIC, scope);
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
    alarmActions: [topic, ...(props.actions ?? [])],
    okActions: [topic],
  });
}
