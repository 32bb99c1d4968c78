import { Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { CfnEventSourceMapping } from "aws-cdk-lib/aws-lambda";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { LambdaFunction } from "./lambda-function.ts";

export interface QueueMappingProps {
  readonly queue: Queue;
  readonly reader: LambdaFunction;
  readonly batchSize: number;
  /** How long Lambda gathers a batch; more than ten messages take a second at least. */
  readonly windowSeconds?: number;
  /** How many batches are worked on at a time; as many as the account allows when absent. */
  readonly maxConcurrency?: number;
}

/** Lets a function read a queue. It answers which messages of a batch failed, and only those come again. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html */
export function mapQueue(id: string, props: QueueMappingProps): CfnEventSourceMapping {
  const { queue, reader, batchSize, windowSeconds, maxConcurrency } = props;
  return new CfnEventSourceMapping(Stack.of(queue), id, {
    functionName: reader.function.functionName,
    eventSourceArn: queue.queueArn,
    batchSize,
    ...(windowSeconds === undefined ? {} : { maximumBatchingWindowInSeconds: windowSeconds }),
    functionResponseTypes: ["ReportBatchItemFailures"],
    ...(maxConcurrency === undefined ? {} : { scalingConfig: { maximumConcurrency: maxConcurrency } }),
  });
}

/** What Lambda's pollers need of a queue, by the role of the function. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
export function readQueue(queue: Queue): PolicyStatement {
  return new PolicyStatement({
    actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
    resources: [queue.queueArn],
  });
}
