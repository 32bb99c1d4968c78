import type { AgentConfig } from "../config/deploy/agent.ts";
import { AGENT_NAMESPACE, type Platform } from "./agent-config.ts";
import type { HostAlarm } from "./host-alarm.ts";
import { diskMetric, memoryMetric, platformsOf } from "./host-metrics.ts";

/** Metrics Insights has one-minute data at the finest; so has the alarm, whatever the agent's interval. */
const PERIOD_SECONDS = 60;

/**
 * Alarms on memory and volumes of every instance with the agent, those of tomorrow too. Each is a query of CloudWatch Metrics Insights that reads exactly one set
 * of dimensions that the agent publishes, with a series for each instance, so that the alarm names the one that is full.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/multi-time-series-alarm.html
 */
export function fleetAlarms(agent: AgentConfig): HostAlarm[] {
  return platformsOf(agent).flatMap((platform) => [
    fleetAlarm("memory", platform, memoryMetric(agent, platform), agent.intervalSeconds),
    fleetAlarm("disk", platform, diskMetric(agent, platform), agent.intervalSeconds),
  ]);
}

function fleetAlarm(
  what: "memory" | "disk",
  platform: Platform,
  full: ReturnType<typeof memoryMetric>,
  intervalSeconds: number,
): HostAlarm {
  const isAbove = full.comparison === "GreaterThanThreshold";
  return {
    name: `hosts-${what}-${platform}`,
    description: `${what === "memory" ? "An instance is short of memory" : "A volume is nearly full"}: ${full.name} is ${
      isAbove ? "above" : "below"
    } ${full.threshold} %. The contributor names the instance.`,
    query: fleetQuery(full),
    threshold: full.threshold,
    comparison: full.comparison,
    missing: "notBreaching",
    // Longer than the agent's interval, else every second period would be empty.
    periodSeconds: Math.max(PERIOD_SECONDS, Math.ceil(intervalSeconds / 60) * 60),
    periods: 5,
    datapoints: 3,
    actions: [],
  };
}

function fleetQuery({ name, dimensions, comparison }: ReturnType<typeof memoryMetric>): string {
  const [worst, order] = comparison === "GreaterThanThreshold" ? ["MAX", "DESC"] : ["MIN", "ASC"];
  const schema = [`"${AGENT_NAMESPACE}"`, ...dimensions].join(", ");
  return `SELECT ${worst}("${name}") FROM SCHEMA(${schema}) GROUP BY ${dimensions.join(", ")} ORDER BY ${worst}() ${order}`;
}

/** The same queries for graphs, the twenty worst of each, with titles. */
export function fleetQueries(agent: AgentConfig): { readonly title: string; readonly query: string }[] {
  return platformsOf(agent).flatMap((platform) =>
    [memoryMetric(agent, platform), diskMetric(agent, platform)].map((full) => ({
      title: `${full.name} (${platform})`,
      query: `${fleetQuery(full)} LIMIT 20`,
    })),
  );
}
