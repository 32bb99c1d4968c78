import type { Alert, Severity } from "../../event/alert.ts";
import { consoleLink } from "../../event/console-link.ts";
import type { EventEnvelope } from "../../event/event-envelope.ts";
import { eventTime } from "../../event/event-time.ts";
import { isObject, type JsonObject, listOf, memberAt, textAt } from "../../event/json-member.ts";
import { severityNamed } from "./state-words.ts";
import { alertOf, saidLink } from "./statement.ts";

/** Where a finding has a number alone. https://docs.aws.amazon.com/securityhub/latest/userguide/asff-required-attributes.html#Severity */
const NORMALIZED: readonly [from: number, Severity][] = [
  [90, "critical"],
  [70, "error"],
  [40, "warning"],
];

const OVER = new Set(["RESOLVED", "SUPPRESSED"]);

/**
 * An alert for each finding of an event, be it imported or sent by a custom action. The key is the finding's id, the version the time of its update;
 * it is resolved when it is archived, its workflow is RESOLVED or SUPPRESSED, or the check that it is of passes.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html
 */
export function securityHubAlerts(event: EventEnvelope): readonly Alert[] {
  return listOf(event.detail.findings)
    .filter(isObject)
    .map((finding, position) => findingAlert(event, finding, position));
}

function findingAlert(event: EventEnvelope, finding: JsonObject, position: number): Alert {
  const id = textAt(finding, "Id") ?? `${event.id}#${position}`;
  const updated = eventTime(finding.UpdatedAt);
  // Findings of before 2021 have no region of their own; the product's ARN has it.
  const region = textAt(finding, "Region") ?? (textAt(finding, "ProductArn")?.split(":")[3] || event.region);
  const resource = textAt(listOf(finding.Resources)[0], "Id");
  const compliance = textAt(finding, "Compliance", "Status");
  const isOver =
    textAt(finding, "RecordState") === "ARCHIVED" ||
    OVER.has(textAt(finding, "Workflow", "Status") ?? "") ||
    compliance === "PASSED";
  const advice = textAt(finding, "Remediation", "Recommendation", "Url");
  return alertOf(event, {
    key: id,
    // A custom action is somebody's own word, also about what is known already.
    deliveryId:
      updated === undefined || event.detailType.endsWith("Custom Action")
        ? `${event.id}#${position}`
        : `${id}#${updated}#${isOver ? "over" : "active"}`,
    ...(updated === undefined ? {} : { version: updated }),
    status: isOver ? "resolved" : "firing",
    severity: severityOf(finding),
    title: textAt(finding, "Title") ?? id,
    description: [textAt(finding, "Description"), ...listOf(finding.Resources).map((one) => textAt(one, "Id"))],
    labels: {
      account: textAt(finding, "AwsAccountId") ?? event.account,
      region,
      product: textAt(finding, "ProductName") ?? textAt(finding, "ProductFields", "aws/securityhub/ProductName"),
      resource,
      compliance,
      action: textAt(event.detail, "actionName"),
    },
    links: [
      ...saidLink("What to do", advice),
      ...consoleLink(
        "Finding",
        region,
        `securityhub/home#/findings?search=Id%3D%255Coperator%255C%253AEQUALS%255C%253A${encodeURIComponent(id)}`,
      ),
    ],
  });
}

function severityOf(finding: JsonObject): Severity {
  const label = severityNamed(textAt(finding, "Severity", "Label") ?? "");
  if (label !== undefined) return label;
  const normalized = Number(memberAt(finding, "Severity", "Normalized") ?? 0);
  return NORMALIZED.find(([from]) => normalized >= from)?.[1] ?? "info";
}
