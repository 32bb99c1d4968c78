import type { AgentConfig } from "../config/deploy/agent.ts";
import type { Platform } from "./agent-config.ts";

/** How full memory and volumes are, by the agent's metrics of one system: where an alarm looks, and when it is over. */
interface Fullness {
  readonly name: string;
  /** Names of the dimensions of one thing that can be full. */
  readonly dimensions: readonly string[];
  readonly comparison: "GreaterThanThreshold" | "LessThanThreshold";
  readonly threshold: number;
}

/** Used memory. On Windows the share of what may be committed, which is what programs fail for. */
export function memoryMetric(agent: AgentConfig, platform: Platform): Fullness {
  return {
    name: platform === "linux" ? "mem_used_percent" : "Memory % Committed Bytes In Use",
    dimensions: ["InstanceId"],
    comparison: "GreaterThanThreshold",
    threshold: agent.memoryPercent,
  };
}

/** The fullest volume. Windows counts what is free. */
export function diskMetric(agent: AgentConfig, platform: Platform): Fullness {
  return platform === "linux"
    ? {
        name: "disk_used_percent",
        dimensions: ["InstanceId", "path"],
        comparison: "GreaterThanThreshold",
        threshold: agent.diskPercent,
      }
    : {
        name: "LogicalDisk % Free Space",
        dimensions: ["InstanceId", "instance"],
        comparison: "LessThanThreshold",
        threshold: 100 - agent.diskPercent,
      };
}

/** The systems that get the agent. */
export function platformsOf(agent: AgentConfig): Platform[] {
  return [...(agent.linux ? (["linux"] as const) : []), ...(agent.windows ? (["windows"] as const) : [])];
}
