import type { Stack } from "aws-cdk-lib";
import type { CfnRule } from "aws-cdk-lib/aws-events";
import { CfnPermission } from "aws-cdk-lib/aws-lambda";
import type { EventsConfig } from "../packages/core/src/config/deploy/events.ts";
import { addEventRules, type EventRuleProps, type EventRuleTarget } from "./constructs/event-rule.ts";
import { serviceOf, takesRole, targetRole } from "./constructs/event-target.ts";
import { EVENT_BUS, ruleArn } from "./event-bus.ts";
import { type EventPatternObject, withoutReplays } from "./rules/shipped-rule.ts";
import { SHIPPED_RULES } from "./rules/shipped-rules.ts";
import type { StackContext } from "./stack-context.ts";

interface OwnRule {
  /** Its construct id, and its name without application and stage. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly pattern: EventPatternObject;
  /** Undefined is the default bus. */
  readonly bus: string | undefined;
  readonly targets: readonly string[];
}

/**
 * The rules of the configuration and where it sends alarms: to functions, which are told to let the rule in; to state machines and streams, by one role that may reach these
 * alone; and to queues and topics, whose one policy is their owner's to write.
 */
export function addOwnRules(stack: Stack, context: StackContext): void {
  const { events } = context.deployment;
  const belfryBus = context.names.of(EVENT_BUS);
  const rules = [...events.rules.map((rule) => ownRule(rule, belfryBus)), ...alarmRules(events, belfryBus)];
  if (rules.length === 0) return;
  const byRole = rules.flatMap(({ targets }) => targets).filter(takesRole);
  const role =
    byRole.length === 0
      ? undefined
      : targetRole(stack, "OwnRulesRole", context, {
          name: "events-rules",
          service: "events.amazonaws.com",
          usedBy: [...new Set(rules.map(({ bus }) => ruleArn(stack, context, "*", bus)))],
          account: stack.account,
          targets: byRole,
        });
  const made = rules.map(({ id, targets, bus, ...rule }): [string, EventRuleProps] => [
    id,
    {
      ...rule,
      ...(bus === undefined ? {} : { bus }),
      targets: targets.map((arn, i) => targetOf(arn, i, role?.roleArn)),
    },
  ]);
  const cfnRules = addEventRules(stack, "OwnRulesDlq", context, "events-rules-dlq", new Map(made));
  for (const [i, rule] of cfnRules.entries()) {
    const { id, bus, targets } = rules[i];
    letIn(stack, id, rule, targets);
    const busMade = bus === belfryBus ? stack.node.findChild("Bus") : stack.node.tryFindChild(`PartnerBus-${bus}`);
    if (busMade !== undefined) rule.node.addDependency(busMade);
  }
}

function ownRule(rule: EventsConfig["rules"][number], belfryBus: string): OwnRule {
  const { name, description = `Rule ${name} of the configuration`, bus, targets, replayed } = rule;
  const pattern = rule.pattern ?? SHIPPED_RULES.find((shipped) => shipped.name === rule.shipped)?.pattern ?? {};
  return {
    id: `Own-${name}`,
    name: `rule-${name}`,
    description,
    pattern: replayed ? pattern : withoutReplays(pattern),
    bus: bus === "belfry" ? belfryBus : bus === "default" ? undefined : bus,
    targets,
  };
}

/** Alarms of all regions and accounts, for what reacts to them besides alerting. */
function alarmRules({ alarmsTo }: EventsConfig, bus: string): OwnRule[] {
  const targets = [alarmsTo.kinesis, alarmsTo.stepFunctions, alarmsTo.lambda].filter((arn) => arn !== undefined);
  const shipped = SHIPPED_RULES.find(({ name }) => name === "alarm-state-change");
  if (targets.length === 0 || shipped === undefined) return [];
  const { description, pattern } = shipped;
  return [{ id: "Alarms", name: "alarms-to", description, pattern: withoutReplays(pattern), bus, targets }];
}

/** Lets a rule call the functions among its targets. */
function letIn(stack: Stack, id: string, rule: CfnRule, targets: readonly string[]): void {
  const functions = targets.filter((arn) => serviceOf(arn) === "lambda");
  for (const [i, functionName] of functions.entries()) {
    new CfnPermission(stack, `${id}-Invoke${i}`, {
      functionName,
      action: "lambda:InvokeFunction",
      principal: "events.amazonaws.com",
      sourceArn: rule.attrArn,
    });
  }
}

function targetOf(arn: string, index: number, roleArn: string | undefined): EventRuleTarget {
  const service = serviceOf(arn);
  return {
    id: `${service}-${index}`,
    arn,
    ...(roleArn !== undefined && takesRole(arn) ? { roleArn } : {}),
    // The events of one resource would fill one shard, were the partition key taken from them.
    ...(service === "kinesis" ? { kinesisParameters: { partitionKeyPath: "$.id" } } : {}),
  };
}
