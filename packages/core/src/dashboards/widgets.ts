// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html

/** A widget before it has a place: how wide and high it is on a grid of 24 columns, and what it shows. */
export interface Widget {
  readonly type: "metric" | "alarm" | "log" | "text";
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** One line of a graph: a metric, or an expression (metric math, SEARCH or Metrics Insights). */
export type GraphLine = MetricLine | ExpressionLine;

export interface MetricLine {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly label?: string;
  readonly stat?: string;
  /** Of a linked account, by cross-account observability. */
  readonly accountId?: string;
}

export interface ExpressionLine {
  readonly expression: string;
  readonly label?: string;
}

export interface Graph {
  readonly title: string;
  readonly region: string;
  readonly lines: readonly GraphLine[];
  readonly stat?: string;
  readonly periodSeconds?: number;
  readonly view?: "timeSeries" | "singleValue" | "bar";
  readonly stacked?: boolean;
  /** What the left axis counts. */
  readonly unit?: string;
}

/** A graph takes so many metrics. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html */
const MAX_LINES = 500;
/** An alarm widget takes so many alarms. */
export const MAX_ALARMS = 100;

const PERIOD_SECONDS = 300;

/** A graph of metrics of one region. */
export function metricWidget(size: Size, graph: Graph): Widget {
  const { title, region, lines, stat = "Sum", periodSeconds = PERIOD_SECONDS, view = "timeSeries" } = graph;
  return {
    type: "metric",
    ...size,
    properties: {
      title,
      region,
      view,
      stacked: graph.stacked ?? false,
      stat,
      period: periodSeconds,
      metrics: lines.slice(0, MAX_LINES).map(renderLine),
      ...(view === "timeSeries" ? { yAxis: { left: { min: 0, ...axisLabel(graph.unit) } } } : {}),
    },
  };
}

function axisLabel(unit: string | undefined): object {
  return unit === undefined ? {} : { label: unit, showUnits: false };
}

function renderLine(line: GraphLine, i: number): unknown[] {
  if ("expression" in line) return [{ id: `e${i + 1}`, expression: line.expression, ...given({ label: line.label }) }];
  const { namespace, name, dimensions, label, stat, accountId } = line;
  const options = given({ label, stat, accountId });
  return [
    namespace,
    name,
    ...Object.entries(dimensions).flat(),
    ...(Object.keys(options).length === 0 ? [] : [options]),
  ];
}

function given(options: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(options).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** The state of alarms, those that changed last first. */
export function alarmWidget(size: Size, title: string, alarmArns: readonly string[]): Widget {
  return {
    type: "alarm",
    ...size,
    properties: { title, alarms: alarmArns.slice(0, MAX_ALARMS), sortBy: "stateUpdatedTimestamp" },
  };
}

/** A query of Logs Insights over log groups of one region, run when the dashboard is looked at. */
export function logWidget(size: Size, { title, region, logGroups, query, view }: LogView): Widget {
  const sources = logGroups.map((name) => `SOURCE '${name}'`);
  return { type: "log", ...size, properties: { title, region, view, query: [...sources, query].join(" | ") } };
}

interface LogView {
  readonly title: string;
  readonly region: string;
  readonly logGroups: readonly string[];
  readonly query: string;
  readonly view: "table" | "timeSeries" | "bar" | "pie";
}

/** Text in Markdown. */
export function textWidget(size: Size, markdown: string): Widget {
  return { type: "text", ...size, properties: { markdown } };
}
