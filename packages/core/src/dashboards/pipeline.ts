import { alarmRows, type DashboardBody, dashboardBody } from "./body.ts";
import { ownMetric, ownSearch } from "./own-metrics.ts";
import { SAVED_QUERIES } from "./queries.ts";
import { logWidget, type MetricLine, metricWidget, textWidget, type Widget } from "./widgets.ts";

/** What a stage has in its home region, as its dashboard shows it. */
export interface PipelineParts {
  readonly stage: string;
  readonly region: string;
  /** Of Belfry's own metrics. */
  readonly namespace: string;
  /** The functions that run the pipeline, by the dimension `Function`: `ingest-kinesis`. */
  readonly ingest: readonly string[];
  /** All Lambda functions, by their names in AWS. */
  readonly functions: readonly string[];
  readonly sinks: readonly string[];
  readonly streams: readonly string[];
  readonly deliveryStreams: readonly string[];
  /** Queues, dead-letter queues among them. */
  readonly queues: readonly string[];
  /** The log groups of the functions. */
  readonly logGroups: readonly string[];
  readonly alarmArns: readonly string[];
}

const HALF = { width: 12, height: 6 };
const THIRD = { width: 8, height: 6 };

/** The way of the records from the stream to the sinks, with everything that may hold them up. */
export function pipelineDashboard(parts: PipelineParts): DashboardBody {
  return dashboardBody(
    [
      ...alarmRows("Alarms", parts.alarmArns),
      [
        textWidget(
          { width: 24, height: 2 },
          `# Belfry ${parts.stage}\nReceived = dropped + quarantined + to be retried + routed; for each sink, routed = delivered + quarantined + to be retried. This dashboard is deployed: changes are overwritten.`,
        ),
      ],
      records(parts),
      sinks(parts),
      reasons(parts),
      ...(parts.streams.length === 0 ? [] : [streams(parts)]),
      ...(parts.deliveryStreams.length === 0 ? [] : [delivery(parts)]),
      functions(parts),
      ...(parts.queues.length === 0 ? [] : [queues(parts)]),
      ...(parts.logGroups.length === 0 ? [] : logs(parts)),
    ],
    { start: "-PT8H" },
  );
}

function records({ ingest, namespace, region }: PipelineParts): Widget[] {
  const of = (metric: string, what: string): MetricLine[] =>
    ingest.map((name) => ownMetric(namespace, metric, { Function: name }, `${name} ${what}`));
  return [
    metricWidget(
      { width: 16, height: 6 },
      {
        title: "Records",
        region,
        unit: "records",
        lines: [
          ...of("EventsReceived", "received"),
          ...of("EventsRouted", "routed"),
          ...of("EventsDropped", "dropped"),
          ...of("EventsQuarantined", "quarantined"),
          ...of("EventsRetried", "to be retried"),
        ],
      },
    ),
    metricWidget(THIRD, {
      title: "Must be 0: accounting that does not add up, logs of Belfry's own",
      region,
      stat: "Sum",
      view: "singleValue",
      lines: [...of("IdentityBroken", "broken"), ...of("LoopSuspected", "loop")],
    }),
  ];
}

function sinks({ ingest, sinks: names, namespace, region }: PipelineParts): Widget[] {
  const of = (metric: string): MetricLine[] =>
    ingest.flatMap((name) =>
      names.map((sink) => ownMetric(namespace, metric, { Function: name, Sink: sink }, `${sink} ← ${name}`)),
    );
  const graph = (title: string, metric: string) =>
    metricWidget(THIRD, { title, region, unit: "records", lines: of(metric) });
  return [
    graph("Delivered by sink", "EventsDelivered"),
    graph("To be retried by sink", "EventsRetried"),
    graph("Quarantined by sink", "EventsQuarantined"),
  ];
}

function reasons({ namespace, region }: PipelineParts): Widget[] {
  const graph = (title: string, metric: string, dimension: string) =>
    metricWidget(THIRD, {
      title,
      region,
      unit: "records",
      lines: [{ expression: ownSearch(namespace, metric, ["Function", dimension]) }],
    });
  return [
    graph("Dropped by rule", "EventsDropped", "Rule"),
    graph("Quarantined by reason", "EventsQuarantined", "Reason"),
    metricWidget(THIRD, {
      title: "Time of a write by sink, p99",
      region,
      unit: "ms",
      lines: [{ expression: ownSearch(namespace, "SinkDuration", ["Function", "Sink"], "p99") }],
    }),
  ];
}

function streams({ streams: names, functions: readers, region }: PipelineParts): Widget[] {
  const of = (name: string, stat: string): MetricLine[] =>
    names.map((stream) => ({
      namespace: "AWS/Kinesis",
      name,
      dimensions: { StreamName: stream },
      stat,
      label: stream,
    }));
  const lag = readers
    .filter((name) => name.endsWith("-kinesis"))
    .map((name) => ({
      namespace: "AWS/Lambda",
      name: "IteratorAge",
      dimensions: { FunctionName: name },
      stat: "Maximum",
      label: name,
    }));
  return [
    metricWidget(THIRD, {
      title: "How far behind: iterator age",
      region,
      unit: "ms",
      lines: [...lag, ...of("GetRecords.IteratorAgeMilliseconds", "Maximum")],
    }),
    metricWidget(THIRD, {
      title: "Throttled by the stream",
      region,
      unit: "records",
      lines: [...of("WriteProvisionedThroughputExceeded", "Sum"), ...of("ReadProvisionedThroughputExceeded", "Sum")],
    }),
    metricWidget(THIRD, { title: "Into the stream", region, unit: "bytes", lines: of("IncomingBytes", "Sum") }),
  ];
}

function delivery({ deliveryStreams, region }: PipelineParts): Widget[] {
  const of = (name: string, stat: string): MetricLine[] =>
    deliveryStreams.map((stream) => ({
      namespace: "AWS/Firehose",
      name,
      dimensions: { DeliveryStreamName: stream },
      stat,
      label: stream,
    }));
  return [
    metricWidget(THIRD, {
      title: "Freshness: age of the oldest record in Firehose",
      region,
      unit: "s",
      lines: of("DeliveryToS3.DataFreshness", "Maximum"),
    }),
    metricWidget(THIRD, { title: "Into Firehose", region, unit: "bytes", lines: of("IncomingBytes", "Sum") }),
    metricWidget(THIRD, {
      title: "Throttled by Firehose",
      region,
      unit: "records",
      lines: of("ThrottledRecords", "Sum"),
    }),
  ];
}

function functions({ functions: names, region }: PipelineParts): Widget[] {
  const of = (metric: string, stat: string): MetricLine[] =>
    names.map((name) => ({
      namespace: "AWS/Lambda",
      name: metric,
      dimensions: { FunctionName: name },
      stat,
      label: name,
    }));
  return [
    metricWidget(THIRD, { title: "Errors", region, unit: "invocations", lines: of("Errors", "Sum") }),
    metricWidget(THIRD, { title: "Throttles", region, unit: "invocations", lines: of("Throttles", "Sum") }),
    metricWidget(THIRD, { title: "Duration, p99", region, unit: "ms", lines: of("Duration", "p99") }),
  ];
}

function queues({ queues: names, region }: PipelineParts): Widget[] {
  const lines = names.map((name) => ({
    namespace: "AWS/SQS",
    name: "ApproximateNumberOfMessagesVisible",
    dimensions: { QueueName: name },
    stat: "Maximum",
    label: name,
  }));
  return [metricWidget({ width: 24, height: 5 }, { title: "Waiting in queues", region, unit: "messages", lines })];
}

function logs({ logGroups, region }: PipelineParts): Widget[][] {
  const widgets = SAVED_QUERIES.map(({ title, query, view }) =>
    logWidget(HALF, { title, region, logGroups, query, view }),
  );
  return widgets.flatMap((_, i) => (i % 2 === 0 ? [widgets.slice(i, i + 2)] : []));
}
