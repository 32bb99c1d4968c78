import { Duration, type Stack } from "aws-cdk-lib";
import { type CfnAlarm, CfnCompositeAlarm } from "aws-cdk-lib/aws-cloudwatch";
import { type AlarmProps, addAlarm, alarmTopicArn } from "./constructs/alarm.ts";
import { ingestFunctions, type Observed } from "./observed.ts";
import { SEARCH_STREAM } from "./search-roles.ts";
import type { StackContext } from "./stack-context.ts";

const FIVE_MINUTES = Duration.minutes(5);

/** Alarms on the way of the records. What fails is told at once; what is only behind is told by one composite alarm, and not while the failure that explains it is. */
export function addPipelineAlarms(stack: Stack, context: StackContext, things: Observed): void {
  const ingest = ingestFunctions(context, things.functions);
  const add = (props: AlarmProps) => addAlarm(stack, `Alarm-${props.name}`, context, props);
  const failing = [
    ...things.functions.flatMap((name) => functionAlarms(context, name)),
    ...ingest.flatMap((name) => accountingAlarms(context, name)),
  ].map(add);
  const behind = [
    ...things.functions.filter((name) => name.endsWith("-kinesis")).map((name) => lagAlarm(context, name)),
    ...things.streams.map((name) => throttleAlarm(context, name)),
    ...things.deliveryStreams.map((name) => freshnessAlarm(context, name)),
  ].map(add);
  for (const name of ingest) {
    add(loopAlarm(context, name));
    add(volumeAlarm(context, name));
  }
  for (const props of deliveryAlarms()) add(props);
  addComposites(stack, context, failing, behind);
}

/** A share of failed invocations, not their number, so that a busy function and a quiet one are measured alike. */
function functionAlarms({ names, deployment }: StackContext, functionName: string): AlarmProps[] {
  const what = functionName.slice(names.of("").length);
  const dimensions = [{ name: "FunctionName", value: functionName }];
  const sum = (id: string, metricName: string): CfnAlarm.MetricDataQueryProperty => ({
    id,
    metricStat: { metric: { namespace: "AWS/Lambda", metricName, dimensions }, period: 300, stat: "Sum" },
    returnData: false,
  });
  const { errorPercent } = deployment.observe.alarms;
  return [
    {
      name: `errors-${what}`,
      description: `More than ${errorPercent} % of the invocations of ${functionName} fail: see its log.`,
      metrics: [
        sum("errors", "Errors"),
        sum("invocations", "Invocations"),
        {
          id: "percent",
          expression: "IF(invocations > 0, 100 * errors / invocations, 0)",
          label: "failed invocations",
        },
      ],
      threshold: errorPercent,
      comparison: "GreaterThanThreshold",
      missing: "notBreaching",
      periods: 3,
      datapoints: 2,
    },
    {
      name: `throttles-${what}`,
      description: `${functionName} is throttled: raise the concurrency of the account, or the function's own.`,
      metric: {
        namespace: "AWS/Lambda",
        name: "Throttles",
        dimensions: { FunctionName: functionName },
        statistic: "Sum",
      },
      threshold: 0,
      comparison: "GreaterThanThreshold",
      missing: "notBreaching",
      period: FIVE_MINUTES,
      periods: 3,
      datapoints: 3,
    },
  ];
}

function accountingAlarms({ config, deployment, names }: StackContext, name: string): AlarmProps[] {
  const { namespace } = config.metrics;
  const { quarantined } = deployment.observe.alarms;
  return [
    {
      name: `accounting-${name}`,
      description: `The accounting of ${name} does not add up: records may be lost. The saved query belfry/${names.stage}/broken-accounting shows which.`,
      metric: { namespace, name: "IdentityBroken", dimensions: { Function: name }, statistic: "Maximum" },
      threshold: 0,
      comparison: "GreaterThanThreshold",
      missing: "notBreaching",
      period: FIVE_MINUTES,
    },
    {
      name: `quarantined-${name}`,
      description: `${name} quarantined more than ${quarantined} records in five minutes: the saved query belfry/${names.stage}/quarantined-by-reason says why.`,
      metric: { namespace, name: "EventsQuarantined", dimensions: { Function: name }, statistic: "Sum" },
      threshold: quarantined,
      comparison: "GreaterThanThreshold",
      missing: "notBreaching",
      period: FIVE_MINUTES,
    },
  ];
}

/** Unlike other metrics this one is written only when there is something to count. */
function loopAlarm({ config }: StackContext, name: string): AlarmProps {
  return {
    name: `loop-${name}`,
    description: `${name} was brought logs of Belfry's own and dropped them: some subscription takes in a log group that it must leave out.`,
    metric: {
      namespace: config.metrics.namespace,
      name: "LoopSuspected",
      dimensions: { Function: name },
      statistic: "Sum",
    },
    threshold: 0,
    comparison: "GreaterThanThreshold",
    missing: "notBreaching",
    period: FIVE_MINUTES,
  };
}

function lagAlarm({ names, deployment }: StackContext, functionName: string): AlarmProps {
  const { lagSeconds } = deployment.observe.alarms;
  return {
    name: `lag-${functionName.slice(names.of("").length)}`,
    description: `${functionName} is more than ${lagSeconds} seconds behind the stream.`,
    metric: {
      namespace: "AWS/Lambda",
      name: "IteratorAge",
      dimensions: { FunctionName: functionName },
      statistic: "Maximum",
    },
    threshold: lagSeconds * 1000,
    comparison: "GreaterThanThreshold",
    missing: "notBreaching",
    periods: 5,
    datapoints: 3,
    notify: false,
  };
}

function throttleAlarm({ names }: StackContext, stream: string): AlarmProps {
  return {
    name: `throttled-${stream.slice(names.of("").length)}`,
    description: `The stream ${stream} refuses records: give it more shards, or make it on-demand.`,
    metric: {
      namespace: "AWS/Kinesis",
      name: "WriteProvisionedThroughputExceeded",
      dimensions: { StreamName: stream },
      statistic: "Sum",
    },
    threshold: 0,
    comparison: "GreaterThanThreshold",
    missing: "notBreaching",
    periods: 5,
    datapoints: 3,
    notify: false,
  };
}

function freshnessAlarm({ names, deployment }: StackContext, deliveryStream: string): AlarmProps {
  const { freshnessSeconds } = deployment.observe.alarms;
  return {
    name: `freshness-${deliveryStream.slice(names.of("").length)}`,
    description: `${deliveryStream} holds records older than ${freshnessSeconds} seconds: it cannot write them.`,
    metric: {
      namespace: "AWS/Firehose",
      name: `${deliveryStream === names.of(SEARCH_STREAM) ? SEARCH_DELIVERY[deployment.search.type] : "DeliveryToS3"}.DataFreshness`,
      dimensions: { DeliveryStreamName: deliveryStream },
      statistic: "Maximum",
    },
    threshold: freshnessSeconds,
    comparison: "GreaterThanThreshold",
    missing: "notBreaching",
    period: FIVE_MINUTES,
    periods: 3,
    datapoints: 2,
    notify: false,
  };
}

/** What Firehose calls its delivery, by what it delivers to. https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html */
const SEARCH_DELIVERY: Readonly<Record<string, string>> = {
  domain: "DeliveryToAmazonOpenSearchService",
  serverless: "DeliveryToAmazonOpenSearchServerless",
};

/** A flood and a silence are both outside of what is expected. Where many sources come together, no data at all is a silence, too. */
function volumeAlarm({ config, deployment }: StackContext, name: string): AlarmProps {
  const { volumeBand } = deployment.observe.alarms;
  return {
    name: `volume-${name}`,
    description: `${name} takes in much more or much less than is usual at this time.`,
    metrics: [
      {
        id: "records",
        metricStat: {
          metric: {
            namespace: config.metrics.namespace,
            metricName: "EventsReceived",
            dimensions: [{ name: "Function", value: name }],
          },
          period: 300,
          stat: "Sum",
        },
        returnData: true,
      },
      { id: "expected", expression: `ANOMALY_DETECTION_BAND(records, ${volumeBand})`, returnData: true },
    ],
    thresholdMetricId: "expected",
    comparison: "LessThanLowerOrGreaterThanUpperThreshold",
    missing: deployment.central && name.endsWith("kinesis") ? "breaching" : "notBreaching",
    periods: 6,
    datapoints: 4,
  };
}

/**
 * What goes wrong before Belfry sees it, over all subscriptions and rules of the region. Metrics of an account's one subscription name no log group, those of a log group's
 * own do, and both name the filter. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html
 */
function deliveryAlarms(): AlarmProps[] {
  const query = (metric: string, from: string, by: string): CfnAlarm.MetricDataQueryProperty[] => [
    {
      id: "sum",
      expression: `SELECT SUM(${metric}) FROM ${from} GROUP BY ${by} ORDER BY SUM() DESC`,
      period: 300,
      returnData: true,
    },
  ];
  const above = { threshold: 0, comparison: "GreaterThanThreshold", missing: "notBreaching" } as const;
  return [
    {
      name: "subscriptions-failing",
      description: "CloudWatch Logs cannot deliver to a subscription: its destination or its role refuses.",
      metrics: query("DeliveryErrors", '"AWS/Logs"', "FilterName"),
      ...above,
      periods: 3,
      datapoints: 2,
    },
    {
      name: "subscriptions-throttled",
      description:
        "CloudWatch Logs is throttled at a subscription, and tries again for 24 hours: give the stream or the function more room.",
      metrics: query("DeliveryThrottling", '"AWS/Logs"', "FilterName"),
      ...above,
      periods: 3,
      datapoints: 3,
    },
    {
      name: "events-lost",
      description: "EventBridge could deliver an event neither to its target nor to the dead-letter queue.",
      metrics: query("InvocationsFailedToBeSentToDlq", '"AWS/Events"', "RuleName"),
      ...above,
    },
  ];
}

/** A composite alarm takes so many alarms. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html */
const MAX_CHILDREN = 100;

function addComposites(
  stack: Stack,
  context: StackContext,
  failing: readonly CfnAlarm[],
  behind: readonly CfnAlarm[],
): void {
  const ruleOf = (alarms: readonly CfnAlarm[]) =>
    alarms
      .slice(0, MAX_CHILDREN)
      .map(({ alarmName }) => `ALARM("${alarmName}")`)
      .join(" OR ");
  if (failing.length === 0 || behind.length === 0) return;
  // It tells nobody: its children do. It is there to be looked at, and to keep the other one quiet.
  const cause = new CfnCompositeAlarm(stack, "PipelineFailing", {
    alarmName: context.names.of("pipeline-failing"),
    alarmDescription: "Something in the pipeline fails; the alarms below say what.",
    alarmRule: ruleOf(failing),
    actionsEnabled: true,
  });
  for (const child of failing) cause.addResourceDependency(child);
  const topic = alarmTopicArn(stack, context);
  const effect = new CfnCompositeAlarm(stack, "PipelineBehind", {
    alarmName: context.names.of("pipeline-behind"),
    alarmDescription:
      "Records wait longer than they should, and no failure explains it: more comes than the stream, the function or Firehose can take.",
    alarmRule: ruleOf(behind),
    actionsEnabled: true,
    alarmActions: [topic],
    okActions: [topic],
    actionsSuppressor: context.names.of("pipeline-failing"),
    // Time for the cause to be found before, and for the backlog to be worked off after it.
    actionsSuppressorWaitPeriod: 300,
    actionsSuppressorExtensionPeriod: 900,
  });
  effect.addResourceDependency(cause);
  for (const child of behind) effect.addResourceDependency(child);
}
