import { Stack } from "aws-cdk-lib";
import type { IConstruct } from "constructs";
import type { StackContext } from "./stack-context.ts";

/** What the Belfry bus of the home region is called; its archive and its registry too. */
export const EVENT_BUS = "events";

/** The ARN of the Belfry bus in the home region, as a stack of any region sees it. */
export function eventBusArn(scope: IConstruct, { names }: StackContext): string {
  return names.arn("events", "event-bus", EVENT_BUS, scope);
}

/** The ARN of a rule of this stage in the region of its stack, by the rule's name without application and stage. */
export function ruleArn(scope: IConstruct, { names }: StackContext, rule: string, bus?: string): string {
  const resourceName = bus === undefined ? names.of(rule) : `${bus}/${names.of(rule)}`;
  return Stack.of(scope).formatArn({ service: "events", resource: "rule", resourceName });
}
