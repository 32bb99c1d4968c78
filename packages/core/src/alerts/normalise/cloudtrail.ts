import type { Alert, Severity } from "../../event/alert.ts";
import { consoleLink } from "../../event/console-link.ts";
import type { EventEnvelope } from "../../event/event-envelope.ts";
import { eventTime } from "../../event/event-time.ts";
import { textAt } from "../../event/json-member.ts";
import { alertOf, line, MOMENT_MS } from "./statement.ts";

/** True for what CloudTrail says, whichever service it is about. */
export function isCloudTrailEvent({ detailType }: EventEnvelope): boolean {
  return detailType.endsWith("via CloudTrail");
}

/**
 * A call, a sign-in or a service's own event, as CloudTrail has it. The key is the account, what was called, and by whom; nothing resolves it, and it
 * is over after an hour. What the root user does is an error, what was refused a warning.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
 */
export function cloudTrailAlert(event: EventEnvelope): Alert {
  const { detail, account } = event;
  const region = textAt(detail, "awsRegion") ?? event.region;
  const name = textAt(detail, "eventName") ?? event.detailType;
  const service = (textAt(detail, "eventSource") ?? event.source)
    .replace(/\.amazonaws\.com$/, "")
    .replace(/^aws\./, "");
  const principal = textAt(detail, "userIdentity", "arn") ?? textAt(detail, "userIdentity", "principalId") ?? "";
  const isRoot = textAt(detail, "userIdentity", "type") === "Root";
  const refusal = textAt(detail, "errorCode") ?? signInFailure(textAt(detail, "responseElements", "ConsoleLogin"));
  const id = textAt(detail, "eventID");
  const severity: Severity = isRoot ? "error" : refusal === undefined ? "info" : "warning";
  const from = textAt(detail, "sourceIPAddress");
  const who = isRoot ? "root" : principal.split(/[:/]/).at(-1) || "somebody";
  return alertOf(event, {
    key: ["cloudtrail", account, service, name, principal].join("#"),
    ...(id === undefined ? {} : { deliveryId: `cloudtrail#${id}` }),
    version: eventTime(detail.eventTime) ?? event.timeMs,
    status: "firing",
    severity,
    title: `${who} called ${name} of ${service}${refusal === undefined ? "" : `: ${refusal}`}`,
    description: [textAt(detail, "errorMessage"), line("By", principal), line("From", from)],
    labels: { region, service, event_name: name, principal, error_code: refusal, root: isRoot ? "true" : undefined },
    links:
      id === undefined
        ? []
        : consoleLink("CloudTrail event", region, `cloudtrailv2/home#/events/${encodeURIComponent(id)}`),
    expiresAfterMs: MOMENT_MS,
  });
}

function signInFailure(result: string | undefined): string | undefined {
  return result === undefined || result === "Success" ? undefined : result;
}
