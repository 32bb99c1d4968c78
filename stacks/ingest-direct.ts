import type { Stack } from "aws-cdk-lib";
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnEventInvokeConfig } from "aws-cdk-lib/aws-lambda";
import { failuresAccess, failuresArn } from "./constructs/failures.ts";
import { LambdaFunction } from "./constructs/lambda-function.ts";
import { sinkAccess } from "./constructs/sink-statements.ts";
import { subscribe } from "./constructs/subscribe.ts";
import type { StackContext } from "./stack-context.ts";

/** CloudWatch Logs invokes the function itself, asynchronously: Lambda retries twice, and keeps in S3 what failed. */
export function addDirectPath(stack: Stack, context: StackContext): void {
  const { ingest: settings } = context.deployment;
  const { environment, statements } = sinkAccess(stack, context);
  const ingestFunction = new LambdaFunction(stack, "IngestSubscription", context, {
    name: "ingest-subscription",
    description: "Takes in what CloudWatch Logs' subscriptions send",
    memoryMiB: settings.memoryMiB,
    timeoutSeconds: settings.timeoutSeconds,
    environment,
    statements: [...statements, ...failuresAccess(stack, context)],
  }).function;
  ingestFunction.addPermission("LogsInvoke", {
    principal: new ServicePrincipal("logs.amazonaws.com"),
    sourceAccount: stack.account,
    sourceArn: stack.formatArn({ service: "logs", resource: "log-group:*" }),
  });
  new CfnEventInvokeConfig(stack, "IngestSubscriptionInvoke", {
    functionName: ingestFunction.functionName,
    qualifier: "$LATEST",
    maximumRetryAttempts: 2,
    maximumEventAgeInSeconds: Math.min(settings.maxRecordAgeSeconds, LONGEST_EVENT_AGE),
    destinationConfig: { onFailure: { destination: failuresArn(stack, context) } },
  });
  subscribe(stack, context, ingestFunction.functionArn).forEach((subscription) => {
    subscription.node.addDependency(ingestFunction);
  });
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html */
const LONGEST_EVENT_AGE = 21_600;
