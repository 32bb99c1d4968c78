import type { AgentConfig } from "../config/deploy/agent.ts";
import { BelfryError } from "../platform/errors.ts";

/** The agent's two configurations: their sections and counters differ. */
export type Platform = "linux" | "windows";

/** Where the agent's metrics are. */
export const AGENT_NAMESPACE = "CWAgent";

/** A standard parameter of the Parameter Store takes so much; larger ones cost extra. https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html */
export const MAX_PARAMETER_BYTES = 4096;

/** One section of `metrics_collected`: counters, and of which resources. */
export interface MetricSection {
  readonly measurement: readonly string[];
  readonly resources?: readonly string[];
  readonly drop_device?: boolean;
  readonly ignore_file_system_types?: readonly string[];
}

interface CollectedLog {
  readonly log_group_name: string;
  readonly log_stream_name: string;
  readonly retention_in_days?: number;
}

/** The agent's configuration file. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html */
export interface AgentConfiguration {
  readonly agent: { readonly metrics_collection_interval: number };
  readonly metrics: {
    readonly namespace: string;
    readonly append_dimensions: Readonly<Record<string, string>>;
    readonly aggregation_dimensions: readonly (readonly string[])[];
    readonly metrics_collected: Readonly<Record<string, MetricSection>>;
  };
  readonly logs?: {
    readonly logs_collected: {
      readonly files?: { readonly collect_list: readonly (CollectedLog & { readonly file_path: string })[] };
      readonly windows_events?: {
        readonly collect_list: readonly (CollectedLog & {
          readonly event_name: string;
          readonly event_levels: readonly string[];
          readonly event_format: "text" | "xml";
        })[];
      };
    };
  };
}

/** File systems that are in memory or read-only, whose fill level says nothing. */
const NO_DISKS = ["sysfs", "devtmpfs", "tmpfs", "overlay", "squashfs"];

/** Each metric is published for the instance, too, and for its Auto Scaling group: alarms need dimensions that are known before an instance is. */
const AGGREGATION: Readonly<Record<Platform, readonly (readonly string[])[]>> = {
  linux: [["InstanceId"], ["AutoScalingGroupName"], ["InstanceId", "path"]],
  windows: [["InstanceId"], ["AutoScalingGroupName"], ["InstanceId", "instance"]],
};

/** The agent's configuration for one system. */
export function agentConfiguration(agent: AgentConfig, platform: Platform): AgentConfiguration {
  const logs = collectedLogs(agent, platform);
  return {
    agent: { metrics_collection_interval: agent.intervalSeconds },
    metrics: {
      namespace: AGENT_NAMESPACE,
      append_dimensions: {
        InstanceId: "${aws:InstanceId}",
        AutoScalingGroupName: "${aws:AutoScalingGroupName}",
      },
      aggregation_dimensions: AGGREGATION[platform],
      metrics_collected: platform === "linux" ? linuxSections(agent) : windowsSections(agent),
    },
    ...(logs === undefined ? {} : { logs }),
  };
}

/** The same as the text of a parameter. Raises BAD_CONFIG when it is longer than a standard parameter may be. */
export function agentParameter(agent: AgentConfig, platform: Platform): string {
  const text = JSON.stringify(agentConfiguration(agent, platform));
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_PARAMETER_BYTES) return text;
  throw new BelfryError(
    "BAD_CONFIG",
    `the agent's configuration for ${platform} has ${bytes} bytes, but a parameter takes ${MAX_PARAMETER_BYTES}: collect fewer logs, or name several by one path with *`,
  );
}

function linuxSections({ swap, netstat, mounts }: AgentConfig): Record<string, MetricSection> {
  return {
    mem: { measurement: ["used_percent"] },
    disk: {
      measurement: ["used_percent"],
      resources: mounts,
      drop_device: true,
      ignore_file_system_types: NO_DISKS,
    },
    ...(swap ? { swap: { measurement: ["used_percent"] } } : {}),
    ...(netstat ? { netstat: { measurement: ["tcp_established", "tcp_time_wait"] } } : {}),
  };
}

function windowsSections({ swap, netstat }: AgentConfig): Record<string, MetricSection> {
  return {
    Memory: { measurement: ["% Committed Bytes In Use"] },
    LogicalDisk: { measurement: ["% Free Space"], resources: ["*"] },
    ...(swap ? { "Paging File": { measurement: ["% Usage"], resources: ["*"] } } : {}),
    ...(netstat ? { TCPv4: { measurement: ["Connections Established"] } } : {}),
  };
}

function collectedLogs(agent: AgentConfig, platform: Platform): AgentConfiguration["logs"] {
  const files = agent.logs
    .filter((file) => file.platform === platform)
    .map((file) => ({ file_path: file.path, ...collected(file) }));
  const events = platform === "linux" ? [] : agent.eventLogs.map(eventLog);
  if (files.length === 0 && events.length === 0) return undefined;
  return {
    logs_collected: {
      ...(files.length === 0 ? {} : { files: { collect_list: files } }),
      ...(events.length === 0 ? {} : { windows_events: { collect_list: events } }),
    },
  };
}

function eventLog(log: AgentConfig["eventLogs"][number]) {
  return { event_name: log.channel, event_levels: log.levels, event_format: "xml" as const, ...collected(log) };
}

function collected({
  logGroup,
  retentionDays,
}: {
  logGroup: string;
  retentionDays?: number | undefined;
}): CollectedLog {
  return {
    log_group_name: logGroup,
    log_stream_name: "{instance_id}",
    ...(retentionDays === undefined ? {} : { retention_in_days: retentionDays }),
  };
}
