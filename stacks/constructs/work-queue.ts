import { Duration } from "aws-cdk-lib";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import type { StackContext } from "../stack-context.ts";
import { addAlarm } from "./alarm.ts";
import { deadLetterQueue } from "./queue.ts";
import { removalPolicy } from "./removal-policy.ts";

export interface WorkQueueProps {
  /** Its name without application and stage; its dead-letter queue is `<name>-dlq`. */
  readonly name: string;
  /** Of the function that reads it. */
  readonly timeoutSeconds: number;
  /** An alarm tells when a message waits for longer; none when absent. */
  readonly maxAgeSeconds?: number;
}

/** After so many receptions a message goes to the dead-letter queue. */
const MAX_RECEIVES = 5;

/** A message is hidden for so many times the function's own time-out. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const VISIBILITY_FACTOR = 6;

/** A queue that a function reads, with a dead-letter queue that tells when anything is in it. */
export function workQueue(scope: Construct, id: string, context: StackContext, props: WorkQueueProps): Queue {
  const { name, timeoutSeconds, maxAgeSeconds } = props;
  const queue = new Queue(scope, `${id}Queue`, {
    queueName: context.names.of(name),
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    visibilityTimeout: Duration.seconds(timeoutSeconds * VISIBILITY_FACTOR),
    retentionPeriod: Duration.days(14),
    deadLetterQueue: {
      queue: deadLetterQueue(scope, `${id}Dlq`, context, `${name}-dlq`),
      maxReceiveCount: MAX_RECEIVES,
    },
    removalPolicy: removalPolicy(context),
  });
  if (maxAgeSeconds !== undefined) addAgeAlarm(scope, `${id}Waiting`, context, name, maxAgeSeconds);
  return queue;
}

function addAgeAlarm(scope: Construct, id: string, context: StackContext, name: string, maxAgeSeconds: number): void {
  const queueName = context.names.of(name);
  addAlarm(scope, id, context, {
    name: `${name}-waiting`,
    description: `A message waits in the queue ${queueName} for more than ${maxAgeSeconds} seconds: the function that reads it fails, is throttled, or has too little concurrency. See its log.`,
    metric: {
      namespace: "AWS/SQS",
      name: "ApproximateAgeOfOldestMessage",
      dimensions: { QueueName: queueName },
      statistic: "Maximum",
    },
    threshold: maxAgeSeconds,
    comparison: "GreaterThanThreshold",
    missing: "notBreaching",
    periods: 3,
    datapoints: 2,
  });
}
