import type { Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { CfnStream } from "aws-cdk-lib/aws-kinesis";
import { CfnEventSourceMapping } from "aws-cdk-lib/aws-lambda";
import { dataKey, keyStatements } from "./constructs/data-key.ts";
import { failuresAccess, failuresArn } from "./constructs/failures.ts";
import { LambdaFunction } from "./constructs/lambda-function.ts";
import { logsRole } from "./constructs/logs-role.ts";
import { removalPolicy } from "./constructs/removal-policy.ts";
import { sinkAccess } from "./constructs/sink-statements.ts";
import { subscribe } from "./constructs/subscribe.ts";
import type { StackContext } from "./stack-context.ts";

/** What the stream that logs come in by is called. */
export const LOG_STREAM = "logs";

/** The stream, the function that reads it, and what this account's log groups write to it. */
export function addStreamPath(stack: Stack, context: StackContext): void {
  const stream = addStream(stack, context);
  const { ingest } = context.deployment;
  const { environment, statements } = sinkAccess(stack, context);
  const ingestFunction = new LambdaFunction(stack, "IngestKinesis", context, {
    name: "ingest-kinesis",
    description: "Takes in what the stream carries",
    memoryMiB: ingest.memoryMiB,
    timeoutSeconds: ingest.timeoutSeconds,
    environment,
    statements: [...statements, ...readStream(stack, context), ...failuresAccess(stack, context)],
  }).function;
  mapStream(stack, "StreamMapping", context, ingestFunction.functionName).addResourceDependency(stream);
  // Other accounts and regions send by way of the Destinations of the edge stacks, and so does this one then.
  if (context.deployment.central) return;
  const role = logsRole(stack, "SubscriptionRole", context, {
    what: "subscription",
    statements: putToStream(stack, context),
  });
  for (const subscription of subscribe(stack, context, streamArn(stack, context), role.roleArn)) {
    subscription.node.addDependency(role, stream);
  }
}

export function streamArn(stack: Stack, { names }: StackContext): string {
  return names.arn("kinesis", "stream", LOG_STREAM, stack);
}

function addStream(stack: Stack, context: StackContext): CfnStream {
  const { ingest } = context.deployment;
  const stream = new CfnStream(stack, "LogStream", {
    name: context.names.of(LOG_STREAM),
    retentionPeriodHours: ingest.streamRetentionHours,
    streamModeDetails: { streamMode: ingest.buffer === "provisioned" ? "PROVISIONED" : "ON_DEMAND" },
    ...(ingest.buffer === "provisioned" ? { shardCount: ingest.shards } : {}),
    streamEncryption: { encryptionType: "KMS", keyId: dataKey(stack, context)?.keyArn ?? "alias/aws/kinesis" },
  });
  stream.applyRemovalPolicy(removalPolicy(context));
  return stream;
}

/** What Lambda's pollers need of the stream, by the role of the function. https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html */
export function readStream(stack: Stack, context: StackContext): PolicyStatement[] {
  return [
    new PolicyStatement({
      actions: [
        "kinesis:DescribeStream",
        "kinesis:DescribeStreamSummary",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
      ],
      resources: [streamArn(stack, context)],
    }),
    ...keyStatements(stack, context, ["kms:Decrypt"]),
  ];
}

/** The event source mapping: a batch that fails is halved until the record that does it is alone, retried, and kept in S3 in the end. */
export function mapStream(
  stack: Stack,
  id: string,
  context: StackContext,
  functionName: string,
): CfnEventSourceMapping {
  const { ingest } = context.deployment;
  return new CfnEventSourceMapping(stack, id, {
    functionName,
    eventSourceArn: streamArn(stack, context),
    startingPosition: "TRIM_HORIZON",
    batchSize: ingest.batchSize,
    maximumBatchingWindowInSeconds: ingest.batchingWindowSeconds,
    parallelizationFactor: ingest.parallelization,
    bisectBatchOnFunctionError: true,
    functionResponseTypes: ["ReportBatchItemFailures"],
    maximumRetryAttempts: ingest.maxAttempts,
    maximumRecordAgeInSeconds: ingest.maxRecordAgeSeconds,
    destinationConfig: { onFailure: { destination: failuresArn(stack, context) } },
    metricsConfig: { metrics: ["EventCount"] },
  });
}

/** What CloudWatch Logs needs of the stream. */
function putToStream(stack: Stack, context: StackContext): PolicyStatement[] {
  return [
    new PolicyStatement({
      actions: ["kinesis:PutRecord", "kinesis:PutRecords"],
      resources: [streamArn(stack, context)],
    }),
    ...keyStatements(stack, context, ["kms:GenerateDataKey"]),
  ];
}
