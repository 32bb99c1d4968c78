import type { Alert, AlertStatus } from "../../event/alert.ts";
import { consoleLink } from "../../event/console-link.ts";
import type { EventEnvelope } from "../../event/event-envelope.ts";
import { textAt } from "../../event/json-member.ts";
import { alertOf, DAY_MS, localKey } from "./statement.ts";

/** An instance that comes up is well; the way there says nothing. */
const STATUS: Readonly<Record<string, AlertStatus>> = { running: "resolved", pending: "unknown" };

/**
 * An EC2 instance changes its state, or a Spot Instance is interrupted. The key is account, region and instance; `running` resolves. Whether a stop
 * was meant is not in the event: it is a warning, and a terminated instance, which never runs again, ends within a day.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-instance-state-changes.html
 */
export function ec2Alert(event: EventEnvelope): Alert {
  const { detail, region } = event;
  const instance = textAt(detail, "instance-id") ?? textAt(detail, "instance_id") ?? event.resources[0] ?? "";
  const action = textAt(detail, "instance-action");
  const state = textAt(detail, "state")?.toLowerCase() ?? (action === undefined ? "changed" : `about to ${action}`);
  return alertOf(event, {
    key: localKey(event, instance),
    status: STATUS[state] ?? "firing",
    severity: "warning",
    title: `Instance ${instance} is ${state}`,
    description: [event.detailType],
    labels: { instance, state, resource: instance },
    links: consoleLink("Instance", region, `ec2/home#InstanceDetails:instanceId=${encodeURIComponent(instance)}`),
    expiresAfterMs: DAY_MS,
  });
}
