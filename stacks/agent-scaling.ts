import type { Stack } from "aws-cdk-lib";
import { CfnScalingPolicy } from "aws-cdk-lib/aws-autoscaling";
import { groupMetric, scalingAlarm, stepAdjustments } from "../packages/core/src/agent/group-scaling.ts";
import type { AutoScalingConfig } from "../packages/core/src/config/deploy/agent.ts";
import { addHostAlarm } from "./constructs/host-alarm.ts";
import type { StackContext } from "./stack-context.ts";

type TargetTracking = Extract<AutoScalingConfig, { type: "targetTracking" }>;

/** Metrics that Auto Scaling knows by a name of its own. https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PredefinedMetricSpecification.html */
const PREDEFINED = {
  cpu: "ASGAverageCPUUtilization",
  networkIn: "ASGAverageNetworkIn",
  networkOut: "ASGAverageNetworkOut",
} as const;

/** A scaling policy; one by steps with the alarm that runs it. Target tracking makes its own alarms, which nobody else may touch. */
export function addScaling(stack: Stack, context: StackContext, scaling: AutoScalingConfig, i: number): void {
  const id = `Scaling-${i}-${scaling.groupName}`;
  if (scaling.type === "targetTracking") {
    addTargetTracking(stack, id, context, scaling);
    return;
  }
  const policy = new CfnScalingPolicy(stack, id, {
    autoScalingGroupName: scaling.groupName,
    policyType: "StepScaling",
    adjustmentType: "ChangeInCapacity",
    metricAggregationType: "Average",
    estimatedInstanceWarmup: scaling.warmUpSeconds,
    stepAdjustments: stepAdjustments(scaling),
  });
  const name = `scaling-${scaling.groupName}-${i}`;
  // Scaling is what is meant to happen: nobody is told.
  addHostAlarm(stack, context, scalingAlarm(context.deployment.agent, scaling, name, policy.ref), { notify: false });
}

function addTargetTracking(stack: Stack, id: string, { deployment }: StackContext, scaling: TargetTracking): void {
  const { metric } = scaling;
  const { namespace, name, dimensions, statistic } = groupMetric(deployment.agent, scaling);
  new CfnScalingPolicy(stack, id, {
    autoScalingGroupName: scaling.groupName,
    policyType: "TargetTrackingScaling",
    estimatedInstanceWarmup: scaling.warmUpSeconds,
    targetTrackingConfiguration: {
      targetValue: scaling.target,
      disableScaleIn: !scaling.scaleIn,
      ...(metric === "memory"
        ? {
            customizedMetricSpecification: {
              namespace,
              metricName: name,
              dimensions: Object.entries(dimensions).map(([key, value]) => ({ name: key, value })),
              statistic,
            },
          }
        : { predefinedMetricSpecification: { predefinedMetricType: PREDEFINED[metric] } }),
    },
  });
}
