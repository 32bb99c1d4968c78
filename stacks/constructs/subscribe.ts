import type { Stack } from "aws-cdk-lib";
import { CfnSubscriptionFilter } from "aws-cdk-lib/aws-logs";
import { excludedLogGroups } from "../own-log-groups.ts";
import type { StackContext } from "../stack-context.ts";
import { addAccountSubscription, subscriptionName } from "./account-subscription.ts";

/** Subscribes this account's log groups in the home region, as the configuration says: all of them, some, or none. */
export function subscribe(
  stack: Stack,
  context: StackContext,
  destinationArn: string,
  roleArn?: string,
): readonly (ReturnType<typeof addAccountSubscription> | CfnSubscriptionFilter)[] {
  const { subscribe: mode, filterPattern, logGroups } = context.deployment.ingest;
  const role = roleArn === undefined ? {} : { roleArn };
  if (mode === "account") {
    const exclude = () => excludedLogGroups(stack, context);
    return [
      addAccountSubscription(stack, "AccountSubscription", {
        region: context.region,
        destinationArn,
        ...role,
        filterPattern,
        exclude,
      }),
    ];
  }
  if (mode === "none") return [];
  return logGroups.map(
    (logGroupName, i) =>
      new CfnSubscriptionFilter(stack, `Subscription${i}`, {
        filterName: subscriptionName(context.region),
        logGroupName,
        destinationArn,
        filterPattern,
        ...role,
        ...(roleArn === undefined ? {} : { distribution: "Random" }),
      }),
  );
}
