import type { Stack } from "aws-cdk-lib";
import { AnyPrincipal, Effect, PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { FilterOrPolicy, SubscriptionFilter, Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { ALERTING_ALARMS } from "../alerting-names.ts";
import type { StackContext } from "../stack-context.ts";
import { ALARM_TOPIC } from "./alarm.ts";
import { dataKey } from "./data-key.ts";

/** The topic that the alarms of a region act on, with its e-mail subscriptions: an alarm reaches topics of its own region alone. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
export function addAlarmTopic(stack: Stack, context: StackContext): void {
  const key = dataKey(stack, context);
  const topic = new Topic(stack, "AlarmTopic", {
    topicName: context.names.of(ALARM_TOPIC),
    displayName: `Belfry ${context.names.stage}`,
    ...(key === undefined ? {} : { masterKey: key }),
  });
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: "Alarms",
      principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
      actions: ["sns:Publish"],
      resources: [topic.topicArn],
      conditions: { StringEquals: { "aws:SourceAccount": stack.account } },
    }),
  );
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
  addEmail(topic, context);
}

/**
 * Where alerting is off, alarms are sent as they come. Where it is on, it tells of them; only alarms on alerting itself are sent as they come, too, for it may be what is
 * broken. Those are in the home region.
 */
function addEmail(topic: Topic, { deployment, names, region }: StackContext): void {
  const { alerting, email } = deployment;
  if (alerting.enabled && region !== deployment.region) return;
  // https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering-scope.html
  const matchPrefixes = ALERTING_ALARMS.map((name) => names.of(name));
  const ofAlerting = {
    filterPolicyWithMessageBody: {
      AlarmName: FilterOrPolicy.filter(SubscriptionFilter.stringFilter({ matchPrefixes })),
    },
  };
  for (const address of email)
    topic.addSubscription(new EmailSubscription(address, alerting.enabled ? ofAlerting : {}));
}
