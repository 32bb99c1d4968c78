import type { Stack } from "aws-cdk-lib";
import { AnyPrincipal, Effect, PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
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
  for (const address of context.deployment.email) topic.addSubscription(new EmailSubscription(address));
}
