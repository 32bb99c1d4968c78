import type { Stack } from "aws-cdk-lib";
import { CfnParameter } from "aws-cdk-lib/aws-ssm";
import { agentParameter, type Platform } from "../packages/core/src/agent/agent-config.ts";
import { ec2ActionAlarms, instanceAlarms } from "../packages/core/src/agent/ec2-alarms.ts";
import { fleetAlarms } from "../packages/core/src/agent/fleet-alarms.ts";
import { platformsOf } from "../packages/core/src/agent/host-metrics.ts";
import type { AgentConfig } from "../packages/core/src/config/deploy/agent.ts";
import { addInstallation } from "./agent-installation.ts";
import { addScaling } from "./agent-scaling.ts";
import { addHostAlarm } from "./constructs/host-alarm.ts";
import type { StackContext } from "./stack-context.ts";

/** Whether there is anything about EC2 instances to deploy. */
export function hasHosts({ enabled, ec2Actions, autoScaling }: AgentConfig): boolean {
  return enabled || ec2Actions.length > 0 || autoScaling.length > 0;
}

/** The CloudWatch agent on instances of the home region, with its configuration, its alarms, and what alarms do to instances and groups. */
export function agent(stack: Stack, context: StackContext): void {
  const config = context.deployment.agent;
  const place = { partition: stack.partition, region: stack.region };
  const alarms = [
    ...ec2ActionAlarms(config.ec2Actions, place),
    ...(config.enabled ? [...instanceAlarms(config), ...fleetAlarms(config)] : []),
  ];
  for (const alarm of alarms) addHostAlarm(stack, context, alarm);
  for (const [i, scaling] of config.autoScaling.entries()) addScaling(stack, context, scaling, i);
  if (!config.enabled) return;
  for (const platform of platformsOf(config)) {
    addInstallation(stack, context, platform, addParameter(stack, context, platform));
  }
}

/** AWS's own policy for agents, CloudWatchAgentServerPolicy, lets them read parameters whose names begin so. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/create-store-cloudwatch-configurations.html */
const PARAMETER_PREFIX = "AmazonCloudWatch-";

function addParameter(stack: Stack, { names, deployment }: StackContext, platform: Platform): CfnParameter {
  return new CfnParameter(stack, `Parameter-${platform}`, {
    name: `${PARAMETER_PREFIX}${names.of(platform)}`,
    description: `The configuration of the CloudWatch agent for ${platform}`,
    type: "String",
    tier: "Standard",
    value: agentParameter(deployment.agent, platform),
  });
}
