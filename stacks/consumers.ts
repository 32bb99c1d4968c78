import type { Stack } from "aws-cdk-lib";
import { CfnManagedPolicy, PolicyDocument, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { CfnResourcePolicy, CfnStreamConsumer } from "aws-cdk-lib/aws-kinesis";
import type { Deployment } from "../packages/core/src/config/deploy/deployment.ts";
import { keyStatements } from "./constructs/data-key.ts";
import { streamArn } from "./ingest-stream.ts";
import type { StackContext } from "./stack-context.ts";

/** What reading takes, by polling. https://docs.aws.amazon.com/streams/latest/dev/kcl-iam-permissions.html */
const READ = [
  "kinesis:DescribeStream",
  "kinesis:DescribeStreamSummary",
  "kinesis:GetRecords",
  "kinesis:GetShardIterator",
  "kinesis:ListShards",
];
/** What reading takes as a registered consumer. */
const SUBSCRIBE = ["kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard"];

/** Whether the configuration names anybody else who reads the stream. */
export function hasConsumers({ consumers: { accounts, fanOut, policy } }: Deployment): boolean {
  return policy || accounts.length > 0 || fanOut.length > 0;
}

/**
 * Others that read the stream beside Belfry's own function: registered consumers, the policy that a program with the Kinesis Client Library or a Flink application
 * needs, and accounts that may read.
 */
export function consumers(stack: Stack, context: StackContext): void {
  const { consumers: settings } = context.deployment;
  const fanOut = settings.fanOut.map(
    (name) =>
      new CfnStreamConsumer(stack, `Consumer-${name}`, { consumerName: name, streamArn: streamArn(stack, context) }),
  );
  if (settings.policy) addReaderPolicy(stack, context);
  if (settings.accounts.length > 0) shareStream(stack, context, fanOut);
}

/** One managed policy of the customer's own, to be attached to roles that this stack does not know. */
function addReaderPolicy(stack: Stack, context: StackContext): void {
  const { names } = context;
  const arn = streamArn(stack, context);
  const tables = names.arn("dynamodb", "table", "kcl-*", stack);
  const policy = new PolicyDocument({
    statements: [
      new PolicyStatement({ sid: "Read", actions: READ, resources: [arn] }),
      new PolicyStatement({ sid: "Subscribe", actions: SUBSCRIBE, resources: [`${arn}/consumer/*`] }),
      ...keyStatements(stack, context, ["kms:Decrypt"]),
      new PolicyStatement({
        sid: "Leases",
        actions: [
          "dynamodb:CreateTable",
          "dynamodb:DeleteItem",
          "dynamodb:DescribeTable",
          "dynamodb:GetItem",
          "dynamodb:PutItem",
          "dynamodb:Query",
          "dynamodb:Scan",
          "dynamodb:UpdateItem",
          "dynamodb:UpdateTable",
        ],
        resources: [tables, `${tables}/index/*`],
      }),
      new PolicyStatement({
        sid: "Metrics",
        actions: ["cloudwatch:PutMetricData"],
        resources: ["*"],
        conditions: { StringLike: { "cloudwatch:namespace": names.of("kcl-*") } },
      }),
    ],
  });
  new CfnManagedPolicy(stack, "ReaderPolicy", {
    managedPolicyName: names.of("stream-reader"),
    description: "Reads Belfry's stream of logs, with leases in tables of the Kinesis Client Library",
    policyDocument: policy,
  });
}

/** https://docs.aws.amazon.com/streams/latest/dev/resource-based-policy-examples.html */
function shareStream(stack: Stack, context: StackContext, fanOut: readonly CfnStreamConsumer[]): void {
  const accounts = context.deployment.consumers.accounts.map(
    (account) => `arn:${stack.partition}:iam::${account}:root`,
  );
  const share = (id: string, resourceArn: string, actions: readonly string[]) =>
    new CfnResourcePolicy(stack, id, {
      resourceArn,
      resourcePolicy: {
        Version: "2012-10-17",
        Statement: [
          { Sid: "Readers", Effect: "Allow", Principal: { AWS: accounts }, Action: actions, Resource: resourceArn },
        ],
      },
    });
  share("StreamReaders", streamArn(stack, context), READ);
  for (const consumer of fanOut) {
    share(`Readers-${consumer.consumerName}`, consumer.attrConsumerArn, SUBSCRIBE);
  }
}
