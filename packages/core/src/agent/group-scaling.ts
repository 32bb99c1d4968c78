import type { AgentConfig, AutoScalingConfig } from "../config/deploy/agent.ts";
import { AGENT_NAMESPACE } from "./agent-config.ts";
import type { HostAlarm, HostMetric } from "./host-alarm.ts";
import { memoryMetric } from "./host-metrics.ts";

type StepScaling = Extract<AutoScalingConfig, { type: "step" }>;

/** One step of a policy: bounds are distances from the alarm's threshold, and an absent one is unlimited. https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_StepAdjustment.html */
export interface StepAdjustment {
  readonly metricIntervalLowerBound?: number;
  readonly metricIntervalUpperBound?: number;
  readonly scalingAdjustment: number;
}

/** The average over an Auto Scaling group: of EC2's own metric, or of memory as the agent publishes it for the group. */
export function groupMetric(agent: AgentConfig, { groupName, metric, platform }: AutoScalingConfig): HostMetric {
  const dimensions = { AutoScalingGroupName: groupName };
  return metric === "memory"
    ? { namespace: AGENT_NAMESPACE, name: memoryMetric(agent, platform).name, dimensions, statistic: "Average" }
    : { namespace: "AWS/EC2", name: "CPUUtilization", dimensions, statistic: "Average" };
}

/** The steps of a policy, without gap or overlap, and open at the far end. */
export function stepAdjustments({ steps, when }: StepScaling): StepAdjustment[] {
  return steps.map(({ from, change }, i) => {
    const to = steps[i + 1]?.from;
    return when === "above"
      ? {
          metricIntervalLowerBound: from,
          ...(to === undefined ? {} : { metricIntervalUpperBound: to }),
          scalingAdjustment: change,
        }
      : {
          ...(to === undefined ? {} : { metricIntervalLowerBound: -to }),
          metricIntervalUpperBound: from === 0 ? 0 : -from,
          scalingAdjustment: change,
        };
  });
}

/** The alarm that runs a step policy; `policy` is the policy's ARN. */
export function scalingAlarm(agent: AgentConfig, scaling: StepScaling, name: string, policy: string): HostAlarm {
  const { groupName, when, threshold, periods } = scaling;
  const metric = groupMetric(agent, scaling);
  return {
    name,
    description: `Scales ${groupName}: ${metric.name} is ${when} ${threshold} %.`,
    metric,
    threshold,
    comparison: when === "above" ? "GreaterThanThreshold" : "LessThanThreshold",
    // A group without instances has no metric, and is none to scale in.
    missing: "missing",
    periodSeconds: 60,
    periods,
    datapoints: periods,
    actions: [policy],
  };
}
