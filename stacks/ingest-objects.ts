import type { Stack } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { bucketArn } from "./constructs/bucket-arn.ts";
import { LambdaFunction } from "./constructs/lambda-function.ts";
import { mapQueue, readQueue } from "./constructs/queue-mapping.ts";
import { sinkAccess } from "./constructs/sink-statements.ts";
import { workQueue } from "./constructs/work-queue.ts";
import type { StackContext } from "./stack-context.ts";

/** The queue that buckets tell of new objects. */
const OBJECTS_QUEUE = "objects";

/** One object a message can be a gigabyte of logs: a function takes few of them at once. */
const BATCH_SIZE = 5;

/** The S3 path: buckets send `ObjectCreated` notifications to a queue, a function reads the objects. */
export function addObjectPath(stack: Stack, context: StackContext): void {
  const queue = addQueue(stack, context);
  const { ingest } = context.deployment;
  const { environment, statements } = sinkAccess(stack, context);
  const ingestFunction = new LambdaFunction(stack, "IngestS3Object", context, {
    name: "ingest-s3-object",
    description: "Takes in the lines of new S3 objects",
    memoryMiB: ingest.memoryMiB,
    timeoutSeconds: LONGEST_SECONDS,
    environment,
    statements: [
      ...statements,
      new PolicyStatement({
        actions: ["s3:GetObject", "s3:GetObjectVersion"],
        resources: ingest.buckets.map((bucket) => `${bucketArn(stack, bucket)}/*`),
      }),
      readQueue(queue),
    ],
  });
  mapQueue("ObjectsMapping", { queue, reader: ingestFunction, batchSize: BATCH_SIZE });
}

/** An object is worked on as long as Lambda allows. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const LONGEST_SECONDS = 900;

function addQueue(stack: Stack, context: StackContext): Queue {
  const { deployment } = context;
  const queue = workQueue(stack, "Objects", context, { name: OBJECTS_QUEUE, timeoutSeconds: LONGEST_SECONDS });
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
  queue.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal("s3.amazonaws.com")],
      actions: ["sqs:SendMessage"],
      resources: [queue.queueArn],
      conditions: {
        StringEquals: { "aws:SourceAccount": stack.account },
        ArnLike: { "aws:SourceArn": deployment.ingest.buckets.map((bucket) => bucketArn(stack, bucket)) },
      },
    }),
  );
  return queue;
}
