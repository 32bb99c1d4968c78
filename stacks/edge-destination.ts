import type { Stack } from "aws-cdk-lib";
import { Effect, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnDestination } from "aws-cdk-lib/aws-logs";
import { keyStatements } from "./constructs/data-key.ts";
import { subscribe } from "./constructs/subscribe.ts";
import { KEY_NAME } from "./foundation.ts";
import { streamArn } from "./ingest-stream.ts";
import { sendersOf } from "./senders.ts";
import type { StackContext } from "./stack-context.ts";

/** What a region's Destination is called, without application and stage. */
export const DESTINATION = "logs";

const LOGS = "logs.amazonaws.com";

/**
 * The Destination of a region, and the subscription of this account's own log groups there. A log group and its Destination are in one region; the stream that the
 * Destination stands for may be in another. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CrossAccountSubscriptions-Kinesis-Account.html
 */
export function addDestination(stack: Stack, context: StackContext): void {
  const { names, region } = context;
  // The policy is inline, because CloudWatch Logs writes a test message to the stream as soon as the Destination is made.
  const role = new Role(stack, "DestinationRole", {
    roleName: names.role("destination", region),
    assumedBy: new ServicePrincipal(LOGS, { conditions: onBehalfOfOwn(stack) }),
    inlinePolicies: { stream: new PolicyDocument({ statements: streamStatements(stack, context) }) },
  });
  for (const conditions of onBehalfOfSenders(stack, context)) {
    role.assumeRolePolicy?.addStatements(
      new PolicyStatement({
        effect: Effect.ALLOW,
        principals: [new ServicePrincipal(LOGS)],
        actions: ["sts:AssumeRole"],
        conditions,
      }),
    );
  }
  const destination = new CfnDestination(stack, "Destination", {
    destinationName: names.of(DESTINATION),
    targetArn: streamArn(stack, context),
    roleArn: role.roleArn,
    destinationPolicy: stack.toJsonString(destinationPolicy(stack, context)),
  });
  for (const subscription of subscribeOwn(stack, context, role)) subscription.node.addDependency(destination);
}

/**
 * This account's own log groups. In the home region their subscription names the stream itself; in others it has to name the Destination. Single log groups, where the
 * configuration lists such, are those of the home region.
 */
function subscribeOwn(stack: Stack, context: StackContext, toStream: Role): ReturnType<typeof subscribe> {
  const { deployment, region } = context;
  if (region === deployment.region) return subscribe(stack, context, streamArn(stack, context), toStream.roleArn);
  if (deployment.ingest.subscribe !== "account") return [];
  return subscribe(stack, context, destinationArn(stack, context), subscriptionRole(stack, context).roleArn);
}

/** Who may subscribe log groups to the Destination: both actions, because an account-level policy needs both. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutAccountPolicy.html */
function destinationPolicy(stack: Stack, context: StackContext): object {
  const own = { principal: { AWS: `arn:${stack.partition}:iam::${stack.account}:root` }, conditions: {} };
  return {
    Version: "2012-10-17",
    Statement: [own, ...sendersOf(stack, context)].map(({ principal, conditions }) => ({
      Effect: "Allow",
      Principal: principal,
      Action: ["logs:PutSubscriptionFilter", "logs:PutAccountPolicy"],
      Resource: destinationArn(stack, context),
      ...(Object.keys(conditions).length === 0 ? {} : { Condition: conditions }),
    })),
  };
}

function destinationArn(stack: Stack, { names }: StackContext): string {
  return `arn:${stack.partition}:logs:${stack.region}:${stack.account}:destination:${names.of(DESTINATION)}`;
}

/** The test message, and this account's own log groups. */
function onBehalfOfOwn(stack: Stack): Record<string, Record<string, unknown>> {
  return {
    StringEquals: { "aws:SourceAccount": stack.account },
    ArnLike: { "aws:SourceArn": `arn:${stack.partition}:logs:${stack.region}:${stack.account}:*` },
  };
}

/**
 * CloudWatch Logs takes on the role for the accounts whose log groups it reads, and says so by `aws:SourceArn`. Whether it says the organization too, AWS shows nowhere, so
 * the organization is looked at where it is said; the Destination's own policy lets in no other in any case. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CreateDestination-Account.html
 */
function onBehalfOfSenders(stack: Stack, { deployment }: StackContext): Record<string, Record<string, unknown>>[] {
  const { organization, trustedAccounts } = deployment;
  const logsOf = (account: string) => `arn:${stack.partition}:logs:${stack.region}:${account}:*`;
  return [
    ...(organization === undefined
      ? []
      : [
          {
            StringEqualsIfExists: { "aws:SourceOrgID": organization.id },
            ArnLike: { "aws:SourceArn": logsOf("*") },
          },
        ]),
    ...(trustedAccounts.length === 0
      ? []
      : [
          {
            StringEquals: { "aws:SourceAccount": trustedAccounts },
            ArnLike: { "aws:SourceArn": trustedAccounts.map(logsOf) },
          },
        ]),
  ];
}

/** What the stream takes. In other regions the key's ARN is not known, so the key is named by its alias. https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html */
function streamStatements(stack: Stack, context: StackContext): PolicyStatement[] {
  const { deployment, names, region } = context;
  const put = new PolicyStatement({
    actions: ["kinesis:PutRecord", "kinesis:PutRecords"],
    resources: [streamArn(stack, context)],
  });
  if (region === deployment.region) return [put, ...keyStatements(stack, context, ["kms:GenerateDataKey"])];
  if (deployment.encryption === "aws") return [put];
  return [
    put,
    new PolicyStatement({
      actions: ["kms:GenerateDataKey"],
      resources: [`arn:${stack.partition}:kms:${deployment.region}:${stack.account}:key/*`],
      conditions: {
        "ForAnyValue:StringEquals": { "kms:ResourceAliases": `alias/${names.of(KEY_NAME)}` },
        StringEquals: { "kms:ViaService": `kinesis.${deployment.region}.amazonaws.com` },
      },
    }),
  ];
}

/** By this role CloudWatch Logs proves that the account may use the Destination. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CreateSubscriptionFilter-IAMrole.html */
function subscriptionRole(stack: Stack, { names, region }: StackContext): Role {
  return new Role(stack, "SubscriptionRole", {
    roleName: names.role("subscription", region),
    assumedBy: new ServicePrincipal(LOGS, { conditions: onBehalfOfOwn(stack) }),
    inlinePolicies: {
      logs: new PolicyDocument({
        statements: [
          new PolicyStatement({
            actions: ["logs:PutLogEvents"],
            resources: [`arn:${stack.partition}:logs:${stack.region}:${stack.account}:log-group:*`],
          }),
        ],
      }),
    },
  });
}
