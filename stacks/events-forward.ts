import type { Stack } from "aws-cdk-lib";
import { addEventRules, type EventRuleProps } from "./constructs/event-rule.ts";
import { targetRole } from "./constructs/event-target.ts";
import { eventBusArn, ruleArn } from "./event-bus.ts";
import { withoutReplays } from "./rules/shipped-rule.ts";
import { enabledRules, regionalRules } from "./rules/shipped-rules.ts";
import type { StackContext } from "./stack-context.ts";

/** Brings what the shipped rules match from the default bus of the stack's region, home or not, to the Belfry bus. */
export function addForwardingRules(stack: Stack, context: StackContext): void {
  const { deployment, region } = context;
  const rules = regionalRules(region, {
    regions: deployment.allRegions,
    rules: enabledRules(deployment.events.shipped),
  });
  if (rules.length === 0) return;
  const bus = eventBusArn(stack, context);
  const role = targetRole(stack, "ForwardRole", context, {
    name: "events-forward",
    service: "events.amazonaws.com",
    // Not each by its name: a trust policy has 2,048 characters. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    usedBy: [ruleArn(stack, context, "*")],
    account: stack.account,
    targets: [bus],
  });
  const made = rules.map(({ name, description, pattern }): [string, EventRuleProps] => [
    `Shipped-${name}`,
    {
      name,
      description,
      pattern: withoutReplays(pattern),
      targets: [{ id: "belfry-bus", arn: bus, roleArn: role.roleArn }],
    },
  ]);
  addEventRules(stack, "ForwardDlq", context, "events-dlq", new Map(made));
}

/** Brings all events of partners' buses to the Belfry bus. */
export function addPartnerRules(stack: Stack, context: StackContext): void {
  const sources = context.deployment.events.partnerSources;
  if (sources.length === 0) return;
  const bus = eventBusArn(stack, context);
  const role = targetRole(stack, "PartnerRole", context, {
    name: "events-partner",
    service: "events.amazonaws.com",
    usedBy: [ruleArn(stack, context, "partner", "aws.partner/*")],
    account: stack.account,
    targets: [bus],
  });
  const made = sources.map((source): [string, EventRuleProps] => [
    `Partner-${source}`,
    {
      name: "partner",
      description: `Events of ${source}`,
      pattern: withoutReplays({ source: [source] }),
      bus: source,
      targets: [{ id: "belfry-bus", arn: bus, roleArn: role.roleArn }],
    },
  ]);
  const rules = addEventRules(stack, "PartnerDlq", context, "events-partner-dlq", new Map(made));
  for (const [i, rule] of rules.entries()) rule.node.addDependency(stack.node.findChild(`PartnerBus-${sources[i]}`));
}
