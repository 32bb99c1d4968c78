import { Duration } from "aws-cdk-lib";
import { Effect, PolicyStatement, type PrincipalBase, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import type { StackContext } from "../stack-context.ts";
import { addAlarm } from "./alarm.ts";
import { removalPolicy } from "./removal-policy.ts";

/** SQS keeps messages at most so long. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const LONGEST = Duration.days(14);

/**
 * A queue for what a target, a function or another queue could not take, `belfry-<stage>-<what>`, with an alarm when anything is in it. It takes messages by TLS
 * alone. Who sends to it is named with {@link allowSend}, save Lambda, which sends by its function's role.
 */
export function deadLetterQueue(scope: Construct, id: string, context: StackContext, what: string): Queue {
  const queue = new Queue(scope, id, {
    queueName: context.names.of(what),
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: LONGEST,
    removalPolicy: removalPolicy(context),
  });
  addAlarm(scope, `${id}Alarm`, context, {
    name: `${what}-not-empty`,
    description: `Something could not be delivered and waits in the queue ${context.names.of(what)} for ${LONGEST.toDays()} days: its messages say what, their attributes often why. Mend it, then redrive the queue.`,
    metric: {
      namespace: "AWS/SQS",
      name: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: context.names.of(what) },
      statistic: "Maximum",
    },
    threshold: 0,
    comparison: "GreaterThanThreshold",
    missing: "notBreaching",
  });
  return queue;
}

/** Lets an AWS service send to a queue on behalf of the named resources, and of nothing else: their ARNs say the account, too, which EventBridge does not always do. */
export function allowSend(queue: Queue, service: string, sourceArns: readonly string[]): void {
  const principal: PrincipalBase = new ServicePrincipal(service);
  queue.addToResourcePolicy(
    new PolicyStatement({
      effect: Effect.ALLOW,
      principals: [principal],
      actions: ["sqs:SendMessage"],
      resources: [queue.queueArn],
      conditions: { ArnEquals: { "aws:SourceArn": sourceArns } },
    }),
  );
}
