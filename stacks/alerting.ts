import type { Stack } from "aws-cdk-lib";
import { AnyPrincipal, Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { CfnSecret } from "aws-cdk-lib/aws-secretsmanager";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { DEFAULT_ALERTS } from "../packages/core/src/config/deploy/alerting.ts";
import { alarmSenders, subscribeAlerts } from "./alarm-topic-subscription.ts";
import { checkChannels } from "./alerting-channels.ts";
import { type AlertingParts, addAlertingFunctions, TIMEOUT_SECONDS } from "./alerting-functions.ts";
import {
  ALERTS_QUEUE,
  ALERTS_TABLE,
  alarmsReachAlerting,
  CORRECTIONS_QUEUE,
  NOTIFY_TOPIC,
  OUTBOX_QUEUE,
  TIMERS_QUEUE,
} from "./alerting-names.ts";
import { dataKey } from "./constructs/data-key.ts";
import { addEventRule } from "./constructs/event-rule.ts";
import { allowSend } from "./constructs/queue.ts";
import { stateTable } from "./constructs/state-table.ts";
import { workQueue } from "./constructs/work-queue.ts";
import { EVENT_BUS } from "./event-bus.ts";
import { alarmRegions } from "./plan-regions.ts";
import type { StackContext } from "./stack-context.ts";

/** SQS holds a message back for as long at most, and it counts as waiting all the while. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const LONGEST_DELAY_SECONDS = 900;
/** What waits for longer than it should is told. */
const LATE_SECONDS = 300;

/** Alerting: what becomes alerts comes into a queue; functions keep the alerts' state in a table and tell people by channels. */
export function alerting(stack: Stack, context: StackContext): void {
  checkChannels(context.config);
  const queues = addQueues(stack, context);
  addAlertingFunctions(stack, context, {
    queues,
    table: stateTable(stack, "AlertsTable", context, ALERTS_TABLE),
    linkSecret: context.deployment.alerting.respond.enabled ? addLinkSecret(stack, context) : undefined,
    notifyTopic: usesNotifyTopic(context) ? addNotifyTopic(stack, context) : undefined,
  });
  addAlertsRule(stack, context, queues.alerts);
  if (!alarmsReachAlerting(context.deployment)) return;
  const regions = alarmRegions(context.deployment);
  for (const [principal, topics] of alarmSenders(stack, context, regions)) allowSend(queues.alerts, principal, topics);
  subscribeAlerts(stack, context);
}

function addQueues(stack: Stack, context: StackContext): AlertingParts["queues"] {
  const add = (id: string, name: keyof typeof TIMEOUT_SECONDS, delaySeconds: number): Queue =>
    workQueue(stack, id, context, {
      name,
      timeoutSeconds: TIMEOUT_SECONDS[name],
      maxAgeSeconds: delaySeconds + LATE_SECONDS,
    });
  return {
    alerts: add("Alerts", ALERTS_QUEUE, 0),
    timers: add("Timers", TIMERS_QUEUE, LONGEST_DELAY_SECONDS),
    outbox: add("Outbox", OUTBOX_QUEUE, LONGEST_DELAY_SECONDS),
    corrections: add("Corrections", CORRECTIONS_QUEUE, LONGEST_DELAY_SECONDS),
  };
}

/** Signs the links in messages. It has no name: Secrets Manager keeps the name of a deleted secret for a while, in which it could not be made again. */
function addLinkSecret(stack: Stack, context: StackContext): CfnSecret {
  const key = dataKey(stack, context);
  return new CfnSecret(stack, "LinkSecret", {
    description: `Signs the links in notifications of ${context.names.of("*")}`,
    generateSecretString: { passwordLength: 64, excludePunctuation: true },
    ...(key === undefined ? {} : { kmsKeyId: key.keyArn }),
  });
}

/** Whether some channel sends by Belfry's own topic: one of type `sns` that names no other. */
function usesNotifyTopic({ config }: StackContext): boolean {
  return Object.values(config.channels).some((channel) => channel.type === "sns" && channel.topicArn === undefined);
}

function addNotifyTopic(stack: Stack, context: StackContext): Topic {
  const key = dataKey(stack, context);
  const topic = new Topic(stack, "NotifyTopic", {
    topicName: context.names.of(NOTIFY_TOPIC),
    displayName: `Belfry ${context.names.stage}`,
    ...(key === undefined ? {} : { masterKey: key }),
  });
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: "TlsOnly",
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ["sns:Publish"],
      resources: [topic.topicArn],
      conditions: { Bool: { "aws:SecureTransport": "false" } },
    }),
  );
  for (const address of context.deployment.email) topic.addSubscription(new EmailSubscription(address));
  return topic;
}

/** Replayed events are among those that it brings: they bring the state up to date, and nobody is told of them. */
function addAlertsRule(stack: Stack, context: StackContext, alerts: Queue): void {
  const rule = addEventRule(stack, "Offered", context, {
    name: "alerting",
    description: "What becomes alerts, to the queue of alerting; replayed events too",
    pattern: context.deployment.alerting.pattern ?? DEFAULT_ALERTS,
    bus: context.names.of(EVENT_BUS),
    targets: [{ id: "alerts", arn: alerts.queueArn }],
  });
  allowSend(alerts, "events.amazonaws.com", [rule.attrArn]);
}
