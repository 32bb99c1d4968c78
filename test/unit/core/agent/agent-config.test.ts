import { agentConfiguration, agentParameter, MAX_PARAMETER_BYTES } from "@belfry/core/agent/agent-config";
import { publishedDimensions } from "@belfry/core/agent/published-dimensions";
import { Agent } from "@belfry/core/config/deploy/agent";
import { describe, expect, it } from "vitest";
import { LinuxAgent, WindowsAgent } from "../../../support/agent-schema.ts";

const full = Agent.parse({
  enabled: true,
  windows: true,
  intervalSeconds: 1,
  netstat: true,
  mounts: ["/", "/data"],
  logs: [
    { path: "/var/log/messages", logGroup: "/hosts/messages", retentionDays: 30 },
    { path: "C:\\app\\*.log", logGroup: "/hosts/app", platform: "windows" },
  ],
  eventLogs: [{ channel: "System", logGroup: "/hosts/system" }],
});

describe("the agent's configuration", () => {
  it("is as AWS documents it, for Linux and for Windows, with much and with little", () => {
    for (const agent of [full, Agent.parse({}), Agent.parse({ windows: true, swap: false })]) {
      expect(LinuxAgent.parse(agentConfiguration(agent, "linux"))).toEqual(agentConfiguration(agent, "linux"));
      expect(WindowsAgent.parse(agentConfiguration(agent, "windows"))).toEqual(agentConfiguration(agent, "windows"));
    }
  });

  it("measures memory, volumes and swap, each second where asked", () => {
    const { agent, metrics } = agentConfiguration(full, "linux");
    expect(agent.metrics_collection_interval).toBe(1);
    expect(Object.keys(metrics.metrics_collected)).toEqual(["mem", "disk", "swap", "netstat"]);
    expect(metrics.metrics_collected.disk?.resources).toEqual(["/", "/data"]);
  });

  it("collects each system's own logs, with their retention", () => {
    expect(agentConfiguration(full, "linux").logs).toEqual({
      logs_collected: {
        files: {
          collect_list: [
            {
              file_path: "/var/log/messages",
              log_group_name: "/hosts/messages",
              log_stream_name: "{instance_id}",
              retention_in_days: 30,
            },
          ],
        },
      },
    });
    const windows = agentConfiguration(full, "windows").logs?.logs_collected;
    expect(windows?.files?.collect_list).toHaveLength(1);
    expect(windows?.windows_events?.collect_list).toMatchObject([
      { event_name: "System", event_levels: ["CRITICAL", "ERROR", "WARNING"], log_group_name: "/hosts/system" },
    ]);
  });

  it("is refused when no standard parameter takes it", () => {
    expect(Buffer.byteLength(agentParameter(full, "linux"))).toBeLessThan(MAX_PARAMETER_BYTES);
    const logs = Array.from({ length: 60 }, (_, i) => ({ path: `/var/log/service-${i}.log`, logGroup: `/hosts/${i}` }));
    expect(() => agentParameter(Agent.parse({ logs }), "linux")).toThrow(/has \d+ bytes, but a parameter takes 4096/);
  });
});

describe("what the agent publishes", () => {
  it("is each metric with all its dimensions, and aggregated where it has more than those", () => {
    const linux = publishedDimensions(agentConfiguration(full, "linux"), "linux");
    const of = (name: string) =>
      linux.filter((metric) => metric.name === name).map(({ dimensions }) => dimensions.join());
    expect(of("mem_used_percent").sort()).toEqual([
      "AutoScalingGroupName",
      "AutoScalingGroupName,InstanceId",
      "InstanceId",
    ]);
    expect(of("disk_used_percent").sort()).toEqual([
      "AutoScalingGroupName",
      "AutoScalingGroupName,InstanceId,fstype,path",
      "InstanceId",
      "InstanceId,fstype,path",
      "InstanceId,path",
    ]);
    expect(of("netstat_tcp_established")).toContain("InstanceId");
  });

  it("has on Windows the object and its instance", () => {
    const windows = publishedDimensions(agentConfiguration(full, "windows"), "windows");
    expect(windows).toContainEqual({
      namespace: "CWAgent",
      name: "LogicalDisk % Free Space",
      dimensions: ["InstanceId", "instance"],
    });
    expect(windows).toContainEqual({
      namespace: "CWAgent",
      name: "Memory % Committed Bytes In Use",
      dimensions: ["InstanceId", "objectname"],
    });
  });
});

describe("the configuration of the agent", () => {
  it.each([
    [{ ec2Actions: [{ instanceId: "i-0123456789abcdef0" }] }, "names no action"],
    [{ ec2Actions: [{ instanceId: "i-0123456789abcdef0", stop: true, terminate: true }] }, "not both"],
    [{ ec2Actions: [{ instanceId: "i-123", stop: true }] }, "8 or 17 hexadecimal digits"],
    [{ enabled: true, linux: false }, "neither linux nor windows"],
    [
      { autoScaling: [{ type: "targetTracking", groupName: "web", metric: "memory", target: 60 }] },
      "measured by the agent",
    ],
    [
      {
        autoScaling: [
          {
            type: "step",
            groupName: "web",
            metric: "cpu",
            when: "above",
            threshold: 70,
            steps: [{ from: 5, change: 1 }],
          },
        ],
      },
      "the first step begins at 0",
    ],
    [{ logs: [{ path: "C:\\a.log", logGroup: "/a", platform: "windows" }] }, "not on for windows"],
    [{ logs: [{ path: "/a.log", logGroup: "/a", retentionDays: 2 }] }, "expected one of"],
    [{ intervalSeconds: 0 }, "expected number to be >=1"],
  ])("refuses %j", (input, reason) => {
    expect(Agent.safeParse(input).error?.message).toContain(reason);
  });
});
