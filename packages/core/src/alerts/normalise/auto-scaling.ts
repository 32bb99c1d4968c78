import type { Alert } from "../../event/alert.ts";
import { consoleLink } from "../../event/console-link.ts";
import type { EventEnvelope } from "../../event/event-envelope.ts";
import { textAt } from "../../event/json-member.ts";
import { alertOf, DAY_MS, localKey } from "./statement.ts";

/**
 * A group launches or terminates an instance, or cannot. The key is the group and which of both; the next that succeeds resolves. Lifecycle actions
 * say neither. https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-event-reference.html
 */
export function autoScalingAlert(event: EventEnvelope): Alert {
  const { detail, detailType, region } = event;
  const group = textAt(detail, "AutoScalingGroupName") ?? event.resources[0] ?? "group";
  const kind = /terminat/i.test(detailType) ? "terminate" : "launch";
  const hasFailed = /unsuccessful/i.test(detailType);
  const hasSucceeded = !hasFailed && /successful/i.test(detailType);
  return alertOf(event, {
    key: localKey(event, group, kind),
    status: hasFailed ? "firing" : hasSucceeded ? "resolved" : "unknown",
    severity: hasFailed || hasSucceeded ? "error" : "info",
    title: `Auto Scaling group ${group}: ${detailType.replace(/^EC2 /, "").toLowerCase()}`,
    description: [textAt(detail, "StatusMessage"), textAt(detail, "Description"), textAt(detail, "Cause")],
    labels: { group, instance: textAt(detail, "EC2InstanceId"), resource: group },
    links: consoleLink(
      "Group",
      region,
      `ec2/home#AutoScalingGroupDetails:id=${encodeURIComponent(group)};view=activity`,
    ),
    expiresAfterMs: DAY_MS,
  });
}
