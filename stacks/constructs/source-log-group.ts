import { Stack } from "aws-cdk-lib";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { markLogSource } from "../own-log-groups.ts";
import type { StackContext } from "../stack-context.ts";
import { dataKey } from "./data-key.ts";
import { removalPolicy } from "./removal-policy.ts";

/** A log group that one of AWS's services writes to and that is taken in, under a name by which the pipeline knows what is in it. */
export function sourceLogGroup(scope: Construct, id: string, context: StackContext, name: string): LogGroup {
  const key = dataKey(Stack.of(scope), context);
  const group = new LogGroup(scope, id, {
    logGroupName: name,
    retention: context.deployment.logSources.retentionDays,
    removalPolicy: removalPolicy(context),
    ...(key === undefined ? {} : { encryptionKey: key }),
  });
  markLogSource(group);
  return group;
}
