import { ArnFormat, Stack } from "aws-cdk-lib";
import { CfnSubscription } from "aws-cdk-lib/aws-sns";
import { ALARMS_DLQ, ALERTS_QUEUE } from "./alerting-names.ts";
import { ALARM_TOPIC, alarmTopicArn } from "./constructs/alarm.ts";
import { allowSend, deadLetterQueue } from "./constructs/queue.ts";
import type { StackContext } from "./stack-context.ts";

/** Brings what the alarm topic of the stack's region is told to the alerts queue of the home region. The same alarms come by EventBridge: what one way loses the other brings. */
export function subscribeAlerts(stack: Stack, context: StackContext): void {
  const topicArn = alarmTopicArn(stack, context);
  const queue = deadLetterQueue(stack, "AlarmsDlq", context, ALARMS_DLQ);
  allowSend(queue, "sns.amazonaws.com", [topicArn]);
  new CfnSubscription(stack, "AlertsSubscription", {
    protocol: "sqs",
    topicArn,
    endpoint: context.names.colonArn("sqs", undefined, ALERTS_QUEUE, stack),
    redrivePolicy: { deadLetterTargetArn: queue.queueArn },
  });
}

/** Regions that every account has. All that came later are switched on one by one, and SNS speaks for them by a name of their own. https://docs.aws.amazon.com/sns/latest/dg/sns-cross-region-delivery.html */
const EVERYWHERE =
  /^(us-(east|west)-[12]|ap-(northeast-[123]|southeast-[12]|south-1)|ca-central-1|eu-(central-1|north-1|west-[123])|sa-east-1|(us-gov|cn)-.*)$/;

/** Who brings what the alarm topics of some regions are told to the home region's queue: each principal of SNS with the ARNs of its topics. */
export function alarmSenders(
  stack: Stack,
  { deployment, names }: StackContext,
  regions: readonly string[],
): Map<string, string[]> {
  const home = deployment.region;
  const principalOf = (region: string): string => {
    if (region === home || (EVERYWHERE.test(region) && EVERYWHERE.test(home))) return "sns.amazonaws.com";
    return `sns.${EVERYWHERE.test(home) ? region : home}.amazonaws.com`;
  };
  const topicIn = (region: string): string =>
    Stack.of(stack).formatArn({
      service: "sns",
      region,
      resource: names.of(ALARM_TOPIC),
      arnFormat: ArnFormat.NO_RESOURCE_NAME,
    });
  const byPrincipal = Map.groupBy(regions, principalOf);
  return new Map([...byPrincipal].map(([principal, among]) => [principal, among.map(topicIn)]));
}
