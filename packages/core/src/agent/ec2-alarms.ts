import type { AgentConfig, Ec2ActionConfig } from "../config/deploy/agent.ts";
import { AGENT_NAMESPACE } from "./agent-config.ts";
import type { HostAlarm } from "./host-alarm.ts";
import { memoryMetric } from "./host-metrics.ts";

/** Where the alarms and the instances are: an EC2 action works in its own region only. */
export interface AlarmPlace {
  /** `aws`, `aws-cn`, `aws-us-gov`, or a token for it. */
  readonly partition: string;
  readonly region: string;
}

type Action = "recover" | "reboot" | "stop" | "terminate";

interface ActionRule {
  readonly metric: "StatusCheckFailed" | "StatusCheckFailed_System" | "StatusCheckFailed_Instance";
  /** One-minute checks that fail in a row. */
  readonly periods: number;
  readonly why: string;
}

/**
 * Recovery answers a failed system check alone. Rebooting waits for one check more, so that the two never race; stopping and terminating wait for both to have had their chance.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/UsingAlarmActions.html
 */
const RULES: Readonly<Record<Action, ActionRule>> = {
  recover: { metric: "StatusCheckFailed_System", periods: 2, why: "The hardware under the instance has failed" },
  reboot: { metric: "StatusCheckFailed_Instance", periods: 3, why: "The instance's system does not answer" },
  stop: { metric: "StatusCheckFailed", periods: 10, why: "Status checks have failed for ten minutes" },
  terminate: { metric: "StatusCheckFailed", periods: 10, why: "Status checks have failed for ten minutes" },
};

const ACTIONS = Object.keys(RULES) as readonly Action[];

/** For each instance and action one alarm on the status check that asks for it. */
export function ec2ActionAlarms(instances: readonly Ec2ActionConfig[], place: AlarmPlace): HostAlarm[] {
  return instances.flatMap((instance) =>
    ACTIONS.filter((action) => instance[action]).map((action) => actionAlarm(instance.instanceId, action, place)),
  );
}

function actionAlarm(instanceId: string, action: Action, { partition, region }: AlarmPlace): HostAlarm {
  const { metric, periods, why } = RULES[action];
  return {
    name: `ec2-${instanceId}-${action}`,
    description: `${why}: ${instanceId} gets the action ${action}.`,
    metric: { namespace: "AWS/EC2", name: metric, dimensions: { InstanceId: instanceId }, statistic: "Maximum" },
    threshold: 1,
    comparison: "GreaterThanOrEqualToThreshold",
    // An instance that is stopped or just begins sends nothing: no reason to act on it.
    missing: "missing",
    periodSeconds: 60,
    periods,
    datapoints: periods,
    actions: [`arn:${partition}:automate:${region}:ec2:${action}`],
  };
}

/** Alarms on the memory of the instances that are configured one by one, on the dimensions that the agent publishes for them. */
export function instanceAlarms(agent: AgentConfig): HostAlarm[] {
  return agent.ec2Actions.map(({ instanceId, platform }) => {
    const { name, comparison, threshold } = memoryMetric(agent, platform);
    return {
      name: `ec2-${instanceId}-memory`,
      description: `${instanceId} is short of memory: ${name} is above ${threshold} %.`,
      metric: { namespace: AGENT_NAMESPACE, name, dimensions: { InstanceId: instanceId }, statistic: "Average" },
      threshold,
      comparison,
      // An instance that one of its actions stopped is not short of memory.
      missing: "missing",
      periodSeconds: Math.max(60, Math.ceil(agent.intervalSeconds / 60) * 60),
      periods: 5,
      datapoints: 3,
      actions: [],
    };
  });
}
