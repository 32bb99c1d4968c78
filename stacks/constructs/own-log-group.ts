import { RemovalPolicy, Stack } from "aws-cdk-lib";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { StackContext } from "../stack-context.ts";
import { dataKey } from "./data-key.ts";

/** A log group of Belfry's own, `/belfry/<stage>/<what>`: with retention, encrypted as all data is, and removed with its stack. */
export function ownLogGroup(scope: Construct, id: string, context: StackContext, what: string): LogGroup {
  const key = dataKey(Stack.of(scope), context);
  return new LogGroup(scope, id, {
    logGroupName: context.names.logGroup(what),
    retention: context.deployment.logRetentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
    ...(key === undefined ? {} : { encryptionKey: key }),
  });
}
