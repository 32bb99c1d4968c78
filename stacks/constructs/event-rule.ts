import { CfnRule } from "aws-cdk-lib/aws-events";
import type { Construct } from "constructs";
import type { StackContext } from "../stack-context.ts";
import { allowSend, deadLetterQueue } from "./queue.ts";

export interface EventRuleProps {
  /** Its name without application and stage. */
  readonly name: string;
  readonly description: string;
  readonly pattern: object;
  /** Name or ARN of the bus; the account's default bus when absent. */
  readonly bus?: string;
  /** At most five. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
  readonly targets: readonly EventRuleTarget[];
  readonly state?: "ENABLED" | "DISABLED" | "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";
}

export interface EventRuleTarget
  extends Pick<CfnRule.TargetProperty, "arn" | "roleArn" | "kinesisParameters" | "sqsParameters" | "inputTransformer"> {
  readonly id: string;
}

/** How long EventBridge tries a target, before the event goes to the dead-letter queue. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html */
const RETRIES = { maximumRetryAttempts: 24, maximumEventAgeInSeconds: 14_400 };

/** A rule whose every target has a dead-letter queue, `<name>-dlq`, that takes this rule's events and no other's. */
export function addEventRule(scope: Construct, id: string, context: StackContext, props: EventRuleProps): CfnRule {
  const [rule] = addEventRules(scope, `${id}Dlq`, context, `${props.name}-dlq`, new Map([[id, props]]));
  if (rule === undefined) throw new Error("unreachable: one rule is made of one");
  return rule;
}

/** Rules, by their construct ids, whose targets have one dead-letter queue together: it takes the events of these rules and of no others. */
export function addEventRules(
  scope: Construct,
  queueId: string,
  context: StackContext,
  queueName: string,
  rules: ReadonlyMap<string, EventRuleProps>,
): CfnRule[] {
  const queue = deadLetterQueue(scope, queueId, context, queueName);
  const made = [...rules].map(
    ([id, props]) =>
      new CfnRule(scope, id, {
        name: context.names.of(props.name),
        description: props.description,
        eventPattern: props.pattern,
        state: props.state ?? "ENABLED",
        ...(props.bus === undefined ? {} : { eventBusName: props.bus }),
        targets: props.targets.map((target) => ({
          ...target,
          deadLetterConfig: { arn: queue.queueArn },
          retryPolicy: RETRIES,
        })),
      }),
  );
  const arns = made.map(({ attrArn }) => attrArn);
  allowSend(queue, "events.amazonaws.com", arns);
  return made;
}
