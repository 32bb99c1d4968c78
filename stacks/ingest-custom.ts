import { basename } from "node:path";
import type { Stack } from "aws-cdk-lib";
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnEventInvokeConfig } from "aws-cdk-lib/aws-lambda";
import { CfnSubscriptionFilter } from "aws-cdk-lib/aws-logs";
import { subscriptionName } from "./constructs/account-subscription.ts";
import { failuresAccess, failuresArn } from "./constructs/failures.ts";
import { LambdaFunction } from "./constructs/lambda-function.ts";
import { quarantineAccess } from "./constructs/sink-statements.ts";
import { mapStream, readStream } from "./ingest-stream.ts";
import type { StackContext } from "./stack-context.ts";

/** The user's own function, `process.entry` of the configuration: on subscribed log groups, on the stream, or both. */
export function addCustomFunction(stack: Stack, context: StackContext): void {
  const { ingest } = context.deployment;
  const { logGroups, filterPattern, fromStream } = ingest.process;
  const entry = context.config.process?.entry ?? "";
  const { environment, statements } = quarantineAccess(stack, context);
  const custom = new LambdaFunction(stack, "ProcessCustom", context, {
    name: `process-${basename(entry).replace(/\.[cm]?[jt]s$/, "")}`,
    description: "Your own function on log records",
    memoryMiB: ingest.memoryMiB,
    timeoutSeconds: ingest.timeoutSeconds,
    environment,
    statements: [...statements, ...failuresAccess(stack, context), ...(fromStream ? readStream(stack, context) : [])],
  }).function;
  new CfnEventInvokeConfig(stack, "ProcessCustomInvoke", {
    functionName: custom.functionName,
    qualifier: "$LATEST",
    maximumRetryAttempts: 2,
    destinationConfig: { onFailure: { destination: failuresArn(stack, context) } },
  });
  if (fromStream) {
    // Lambda refuses a mapping of a stream that is not there yet.
    mapStream(stack, "ProcessCustomMapping", context, custom.functionName).node.addDependency(
      stack.node.findChild("LogStream"),
    );
  }
  if (logGroups.length === 0) return;
  custom.addPermission("LogsInvoke", {
    principal: new ServicePrincipal("logs.amazonaws.com"),
    sourceAccount: stack.account,
    sourceArn: stack.formatArn({ service: "logs", resource: "log-group:*" }),
  });
  logGroups.forEach((logGroupName, i) => {
    const filter = new CfnSubscriptionFilter(stack, `ProcessSubscription${i}`, {
      filterName: subscriptionName(context.region, "process"),
      logGroupName,
      destinationArn: custom.functionArn,
      filterPattern,
    });
    filter.node.addDependency(custom);
  });
}
