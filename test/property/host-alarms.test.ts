import {
  AGENT_NAMESPACE,
  agentConfiguration,
  agentParameter,
  MAX_PARAMETER_BYTES,
  type Platform,
} from "@belfry/core/agent/agent-config";
import { ec2ActionAlarms, instanceAlarms } from "@belfry/core/agent/ec2-alarms";
import { fleetAlarms } from "@belfry/core/agent/fleet-alarms";
import { groupMetric, scalingAlarm, stepAdjustments } from "@belfry/core/agent/group-scaling";
import type { HostAlarm } from "@belfry/core/agent/host-alarm";
import { publishedDimensions } from "@belfry/core/agent/published-dimensions";
import type { AgentConfig } from "@belfry/core/config/deploy/agent";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { agentConfigs } from "../support/agent-arbitrary.ts";
import { LinuxAgent, WindowsAgent } from "../support/agent-schema.ts";

const RUNS = { numRuns: 1000 };
const POLICY = "arn:aws:autoscaling:eu-west-1:111122223333:scalingPolicy:x:autoScalingGroupName/web:policyName/x";
const places = fc.record({
  partition: fc.constantFrom("aws", "aws-cn", "aws-us-gov"),
  region: fc.constantFrom("eu-west-1", "cn-north-1", "us-gov-west-1"),
});

function allAlarms(agent: AgentConfig, place: { partition: string; region: string }): HostAlarm[] {
  return [
    ...ec2ActionAlarms(agent.ec2Actions, place),
    ...instanceAlarms(agent),
    ...fleetAlarms(agent),
    ...agent.autoScaling.flatMap((scaling, i) =>
      scaling.type === "step" ? [scalingAlarm(agent, scaling, `scaling-${i}`, POLICY)] : [],
    ),
  ];
}

const published = (agent: AgentConfig, platform: Platform) =>
  publishedDimensions(agentConfiguration(agent, platform), platform).map(
    ({ name, dimensions }) => `${name}|${dimensions.join()}`,
  );

/** Metric and dimensions' names of an alarm on the agent's metrics; undefined for other alarms. */
function agentMetricOf({ metric, query }: HostAlarm): string | undefined {
  if (metric !== undefined) {
    return metric.namespace === AGENT_NAMESPACE
      ? `${metric.name}|${Object.keys(metric.dimensions).sort().join()}`
      : undefined;
  }
  const [, name, names] = /\("(.+?)"\) FROM SCHEMA\("CWAgent", (.+?)\)/.exec(query ?? "") ?? [];
  return `${name}|${names?.split(", ").sort().join()}`;
}

describe("alarms on hosts, whatever is configured", () => {
  it("act on an instance only as EC2 allows: on its own status check, in the alarm's region", () => {
    const check = {
      recover: ["StatusCheckFailed_System"],
      reboot: ["StatusCheckFailed_Instance", "StatusCheckFailed"],
    };
    void fc.assert(
      fc.property(agentConfigs, places, (agent, place) => {
        let acting = 0;
        for (const { actions, metric, query, missing, periodSeconds } of allAlarms(agent, place)) {
          const action = actions.find((arn) => arn.includes(":automate:"));
          if (action === undefined) continue;
          acting++;
          const [, partition, service, region, ec2, what] = action.split(":");
          expect(actions).toHaveLength(1);
          expect([partition, service, region, ec2]).toEqual([place.partition, "automate", place.region, "ec2"]);
          expect(query).toBeUndefined();
          expect(metric?.namespace).toBe("AWS/EC2");
          expect(Object.keys(metric?.dimensions ?? {})).toEqual(["InstanceId"]);
          expect(missing).toBe("missing");
          expect(periodSeconds % 60).toBe(0);
          const allowed = check[what as keyof typeof check] ?? ["StatusCheckFailed"];
          expect(allowed).toContain(metric?.name);
        }
        const configured = agent.ec2Actions.flatMap(({ recover, reboot, stop, terminate }) =>
          [recover, reboot, stop, terminate].filter(Boolean),
        );
        expect(acting).toBe(configured.length);
      }),
      RUNS,
    );
  });

  it("never let recovery and reboot of one instance be due in the same minute", () => {
    const [recover, reboot] = ec2ActionAlarms(
      [
        {
          instanceId: "i-0123456789abcdef0",
          platform: "linux",
          recover: true,
          reboot: true,
          stop: false,
          terminate: false,
        },
      ],
      { partition: "aws", region: "eu-west-1" },
    );
    expect(recover.periods).toBeLessThan(reboot.periods);
  });

  it("read only what the agent publishes, and scale by it", () => {
    void fc.assert(
      fc.property(agentConfigs, places, (agent, place) => {
        const known = [...published(agent, "linux"), ...published(agent, "windows")];
        for (const alarm of allAlarms(agent, place)) {
          const read = agentMetricOf(alarm);
          if (read !== undefined) expect(known).toContain(read);
        }
        for (const scaling of agent.autoScaling) {
          const { namespace, name, dimensions } = groupMetric(agent, scaling);
          if (namespace === AGENT_NAMESPACE) {
            expect(published(agent, scaling.platform)).toContain(`${name}|${Object.keys(dimensions).join()}`);
          }
        }
      }),
      RUNS,
    );
  });

  it("have different names, a description, and enough periods for their datapoints", () => {
    void fc.assert(
      fc.property(agentConfigs, places, (agent, place) => {
        const alarms = allAlarms(agent, place);
        expect(new Set(alarms.map(({ name }) => name)).size).toBe(alarms.length);
        for (const { description, datapoints, periods, periodSeconds } of alarms) {
          expect(description.length).toBeGreaterThan(20);
          expect(datapoints).toBeLessThanOrEqual(periods);
          // An alarm looks at a day at most. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
          expect(periods * periodSeconds).toBeLessThanOrEqual(86_400);
        }
      }),
      RUNS,
    );
  });
});

describe("the agent's configuration, whatever is configured", () => {
  it("is as documented and fits into a parameter", () => {
    void fc.assert(
      fc.property(agentConfigs, (agent) => {
        LinuxAgent.parse(JSON.parse(agentParameter(agent, "linux")));
        WindowsAgent.parse(JSON.parse(agentParameter(agent, "windows")));
        expect(Buffer.byteLength(agentParameter(agent, "linux"))).toBeLessThan(MAX_PARAMETER_BYTES);
      }),
      RUNS,
    );
  });
});

describe("steps of a scaling policy", () => {
  it("leave no gap, do not overlap, and go on without end", () => {
    void fc.assert(
      fc.property(agentConfigs, ({ autoScaling }) => {
        const policies = autoScaling.filter((scaling) => scaling.type === "step");
        for (const policy of policies) {
          const isAbove = policy.when === "above";
          const steps = isAbove ? stepAdjustments(policy) : stepAdjustments(policy).reverse();
          const lower = steps.map(({ metricIntervalLowerBound }) => metricIntervalLowerBound);
          const upper = steps.map(({ metricIntervalUpperBound }) => metricIntervalUpperBound);
          expect([lower[0], upper.at(-1)]).toEqual(isAbove ? [0, undefined] : [undefined, 0]);
          expect(upper.slice(0, -1)).toEqual(lower.slice(1));
        }
      }),
      RUNS,
    );
  });
});
