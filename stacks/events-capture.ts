import type { Stack } from "aws-cdk-lib";
import { addDeliveryStream } from "./archive-stream.ts";
import { addEventRule } from "./constructs/event-rule.ts";
import { targetRole } from "./constructs/event-target.ts";
import { EVENT_BUS, ruleArn } from "./event-bus.ts";
import { withoutReplays } from "./rules/shipped-rule.ts";
import type { StackContext } from "./stack-context.ts";

const CAPTURE = "events-capture";

/**
 * Stores all that comes to the Belfry bus in the archive's bucket as it came, one event a line, below `events/`. A delivery stream of its own, because EventBridge ends
 * no event with a line feed, and because these are no ECS documents, as the lines of `logs/` are.
 */
export function addCapture(stack: Stack, context: StackContext): void {
  const stream = addDeliveryStream(stack, "CaptureStream", context, {
    name: CAPTURE,
    prefix: "events/",
    processors: [
      { type: "AppendDelimiterToRecord", parameters: [{ parameterName: "Delimiter", parameterValue: "\\n" }] },
    ],
  });
  const bus = context.names.of(EVENT_BUS);
  const role = targetRole(stack, "CaptureRole", context, {
    name: CAPTURE,
    service: "events.amazonaws.com",
    usedBy: [ruleArn(stack, context, CAPTURE, bus)],
    account: stack.account,
    targets: [
      stack.formatArn({ service: "firehose", resource: "deliverystream", resourceName: context.names.of(CAPTURE) }),
    ],
  });
  const rule = addEventRule(stack, "Capture", context, {
    name: CAPTURE,
    description: "All events of the Belfry bus, to the archive's bucket",
    pattern: withoutReplays({ source: [{ prefix: "" }] }),
    bus,
    targets: [{ id: "archive", arn: stream.attrArn, roleArn: role.roleArn }],
  });
  rule.node.addDependency(stack.node.findChild("Bus"));
}
