import { CfnOutput, type Stack } from "aws-cdk-lib";
import { CfnSink } from "aws-cdk-lib/aws-oam";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { subscribeAlerts } from "./alarm-topic-subscription.ts";
import { alarmsReachAlerting } from "./alerting-names.ts";
import { addAlarmTopic } from "./constructs/alarm-topic.ts";
import { addDestination } from "./edge-destination.ts";
import { addForwardingRules } from "./events-forward.ts";
import { sendersOf } from "./senders.ts";
import type { StackContext } from "./stack-context.ts";

/** The parameter in which each region's edge publishes the ARN of its sink, which ends with an id that AWS makes. */
export const SINK_PARAMETER = "sink-arn";

/** What members share by a link to the sink. https://docs.aws.amazon.com/OAM/latest/APIReference/API_CreateLink.html */
export const SHARED_TYPES: readonly string[] = ["AWS::CloudWatch::Metric", "AWS::Logs::LogGroup", "AWS::XRay::Trace"];

/**
 * Where a region's logs and events enter: the Destination that subscriptions send to, for the stream in the home region; the sink that members link their metrics
 * to; and rules that bring what happens to the Belfry bus. A region in which nothing runs, but into which AWS puts events of global services and copies of AWS
 * Health's, has the rules alone.
 */
export function edge(stack: Stack, context: StackContext): void {
  const { deployment, region } = context;
  // In the home region the foundation makes the topic, and the stack of the Belfry bus the rules.
  if (region !== deployment.region) {
    addAlarmTopic(stack, context);
    if (alarmsReachAlerting(deployment)) subscribeAlerts(stack, context);
    addForwardingRules(stack, context);
  }
  if (!deployment.central || !deployment.allRegions.includes(region)) return;
  addDestination(stack, context);
  if (deployment.sharedMetrics) addSink(stack, context);
}

/** An account has one sink a region. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Unified-Cross-Account-Setup.html */
function addSink(stack: Stack, context: StackContext): void {
  const { names } = context;
  const senders = sendersOf(stack, context);
  if (senders.length === 0) return;
  const sink = new CfnSink(stack, "Sink", {
    name: names.of("sink"),
    policy: {
      Version: "2012-10-17",
      Statement: senders.map(({ principal, conditions }) => ({
        Effect: "Allow",
        Principal: principal,
        Action: ["oam:CreateLink", "oam:UpdateLink"],
        Resource: "*",
        Condition: { ...conditions, "ForAllValues:StringEquals": { "oam:ResourceTypes": SHARED_TYPES } },
      })),
    },
  });
  new StringParameter(stack, "SinkArn", { parameterName: names.parameter(SINK_PARAMETER), stringValue: sink.attrArn });
  new CfnOutput(stack, "Sink-Arn", {
    value: sink.attrArn,
    description: "The parameter SinkArn of the collector, where it is deployed by hand",
  });
}
