import type { AgentConfiguration, MetricSection, Platform } from "./agent-config.ts";

/** One metric of the agent, and the names of its dimensions in one of the ways in which it is published. */
export interface PublishedMetric {
  readonly namespace: string;
  readonly name: string;
  /** Names only, sorted. */
  readonly dimensions: readonly string[];
}

/**
 * Dimensions that a section's metrics have by themselves.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/metrics-collected-by-CloudWatch-agent.html
 */
const OWN: Readonly<Record<string, readonly string[]>> = {
  mem: [],
  swap: [],
  netstat: [],
  disk: ["path", "device", "fstype"],
  Memory: ["objectname"],
  TCPv4: ["objectname"],
  LogicalDisk: ["instance", "objectname"],
  "Paging File": ["instance", "objectname"],
};

/**
 * Everything that agents with a configuration publish: each metric with all its dimensions, on instances within and without an Auto Scaling group, and aggregated.
 * The agent aggregates over a list of dimensions when the metric has all of them and others besides.
 */
export function publishedDimensions(config: AgentConfiguration, platform: Platform): PublishedMetric[] {
  const { namespace, append_dimensions, aggregation_dimensions, metrics_collected } = config.metrics;
  const appended = Object.keys(append_dimensions);
  const places = [appended, appended.filter((name) => name !== "AutoScalingGroupName")];
  const published = new Map<string, PublishedMetric>();
  for (const [section, settings] of Object.entries(metrics_collected)) {
    for (const counter of settings.measurement) {
      const name = platform === "linux" ? `${section}_${counter}` : `${section} ${counter}`;
      for (const place of places) {
        for (const dimensions of withAggregates(
          [...place, ...ownDimensions(section, settings)],
          aggregation_dimensions,
        )) {
          const sorted = [...dimensions].sort();
          published.set(`${name} ${sorted.join()}`, { namespace, name, dimensions: sorted });
        }
      }
    }
  }
  return [...published.values()];
}

function ownDimensions(section: string, { drop_device = false }: MetricSection): readonly string[] {
  const own = OWN[section] ?? [];
  return drop_device ? own.filter((name) => name !== "device") : own;
}

function withAggregates(all: readonly string[], aggregates: readonly (readonly string[])[]): (readonly string[])[] {
  return [all, ...aggregates.filter((names) => names.length < all.length && names.every((name) => all.includes(name)))];
}
