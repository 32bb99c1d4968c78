import type { Alert } from "../../event/alert.ts";
import type { EventEnvelope } from "../../event/event-envelope.ts";
import { alertOf, localKey, MOMENT_MS } from "./statement.ts";

/**
 * A schedule's event, which says nothing but that it is time: of use as a reminder to people. The key is the rule or schedule; it is over after an hour.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html
 */
export function scheduleAlert(event: EventEnvelope): Alert {
  const rule = event.resources[0];
  const name = rule?.split("/").at(-1);
  return alertOf(event, {
    key: rule ?? localKey(event, event.detailType),
    status: "firing",
    severity: "info",
    title: name === undefined ? "A schedule is due" : `Schedule ${name} is due`,
    description: Object.entries(event.detail).map(([name, value]) =>
      typeof value === "string" ? `${name}: ${value}` : "",
    ),
    labels: { rule: name, resource: rule },
    expiresAfterMs: MOMENT_MS,
  });
}
