import type { Stack } from "aws-cdk-lib";
import { AccountPrincipal, PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { StackContext } from "../stack-context.ts";

/** What the trail of the log sources is called. */
export const TRAIL = "trail";

/** The trail's ARN; an organization's trail belongs to the management account, which is not known here. */
export function trailArn(stack: Stack, { deployment, names }: StackContext): string {
  const account = deployment.logSources.trail === "organization" ? "*" : stack.account;
  return `arn:${stack.partition}:cloudtrail:${deployment.region}:${account}:trail/${names.of(TRAIL)}`;
}

/** Who uses the key besides Belfry, as far as the configuration switches it on: CloudTrail, and accounts that read the stream. */
export function keyUsers(stack: Stack, context: StackContext): PolicyStatement[] {
  const { consumers, logSources, region } = context.deployment;
  const statements: PolicyStatement[] = [];
  if (logSources.trail !== "none") {
    // https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
    statements.push(
      new PolicyStatement({
        sid: "Trail",
        principals: [new ServicePrincipal("cloudtrail.amazonaws.com")],
        actions: ["kms:GenerateDataKey", "kms:DescribeKey", "kms:Decrypt"],
        resources: ["*"],
        conditions: { ArnLike: { "aws:SourceArn": trailArn(stack, context) } },
      }),
    );
  }
  if (consumers.accounts.length > 0) {
    statements.push(
      new PolicyStatement({
        sid: "StreamReaders",
        principals: consumers.accounts.map((account) => new AccountPrincipal(account)),
        actions: ["kms:Decrypt"],
        resources: ["*"],
        conditions: { StringEquals: { "kms:ViaService": `kinesis.${region}.amazonaws.com` } },
      }),
    );
  }
  return statements;
}
