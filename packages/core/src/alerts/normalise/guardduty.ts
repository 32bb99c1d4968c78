import type { Alert, Severity } from "../../event/alert.ts";
import { consoleLink } from "../../event/console-link.ts";
import type { EventEnvelope } from "../../event/event-envelope.ts";
import { eventTime } from "../../event/event-time.ts";
import { isObject, type JsonObject, memberAt, textAt } from "../../event/json-member.ts";
import { alertOf, DAY_MS, line, localKey } from "./statement.ts";

/** Findings' severities, from the highest. https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html */
const SEVERITIES: readonly [from: number, Severity][] = [
  [9, "critical"],
  [7, "error"],
  [4, "warning"],
];

/**
 * A finding, whose key is its ARN and whose version the time of its update. GuardDuty sends it again for new occurrences, after at most six hours,
 * and does not send that it was archived: without another for a day it is over. Some programs pass findings on with the API's capitals.
 * https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html
 */
export function guardDutyAlert(event: EventEnvelope): Alert {
  if (event.detail.scanResultDetails !== undefined) return malwareScanAlert(event);
  const finding = uncapitalised(event.detail);
  const region = textAt(finding, "region") ?? event.region;
  const account = textAt(finding, "accountId") ?? event.account;
  const type = textAt(finding, "type") ?? event.detailType;
  const id = textAt(finding, "id") ?? event.id;
  const key = textAt(finding, "arn") ?? ["aws.guardduty", account, region, id].join("#");
  const updated = eventTime(finding.updatedAt) ?? eventTime(memberAt(finding, "service", "eventLastSeen"));
  const number = Number(textAt(finding, "severity") ?? 0);
  const count = Number(textAt(finding, "service", "count") ?? 0);
  const instance = textAt(finding, "resource", "instanceDetails", "instanceId");
  return alertOf(event, {
    key,
    ...(updated === undefined ? {} : { version: updated, deliveryId: `${id}#${updated}` }),
    status: textAt(finding, "service", "archived") === "true" ? "resolved" : "firing",
    severity: SEVERITIES.find(([from]) => number >= from)?.[1] ?? "info",
    title: textAt(finding, "title") ?? type,
    description: [textAt(finding, "description"), `Type: ${type}, severity ${number}`, line("Seen:", timesSeen(count))],
    labels: {
      source: "aws.guardduty",
      service: "guardduty",
      account,
      region,
      type,
      resource_type: textAt(finding, "resource", "resourceType"),
      instance,
      resource: instance ?? textAt(finding, "resource", "accessKeyDetails", "userName"),
    },
    links: consoleLink("Finding", region, `guardduty/home#/findings?search=id%3D${encodeURIComponent(id)}`),
    expiresAfterMs: DAY_MS,
  });
}

/** In powers of ten: a finding is sent again and again while it goes on, and is news when it has become ten times as many. */
function timesSeen(count: number): string | undefined {
  if (!(count >= 1)) return undefined;
  return count < 10 ? "fewer than 10 times" : `${10 ** (String(Math.floor(count)).length - 1)} times or more`;
}

/**
 * What a scan of an object found; a scan that finds nothing resolves.
 * https://docs.aws.amazon.com/guardduty/latest/ug/monitor-with-eventbridge-s3-malware-protection.html
 */
function malwareScanAlert(event: EventEnvelope): Alert {
  const { detail, region } = event;
  const object = `s3://${textAt(detail, "s3ObjectDetails", "bucketName")}/${textAt(detail, "s3ObjectDetails", "objectKey")}`;
  const result = textAt(detail, "scanResultDetails", "scanResultStatus") ?? textAt(detail, "scanStatus") ?? "unknown";
  const threats = memberAt(detail, "scanResultDetails", "threats");
  const names = Array.isArray(threats) ? threats.map((threat) => textAt(threat, "name")) : [];
  const isFound = result === "THREATS_FOUND";
  return alertOf(event, {
    key: localKey(event, object, textAt(detail, "s3ObjectDetails", "versionId") ?? ""),
    status: isFound ? "firing" : result === "NO_THREATS_FOUND" ? "resolved" : "unknown",
    severity: isFound ? "critical" : "info",
    title: `Malware scan: ${result.toLowerCase().replaceAll("_", " ")} in ${object}`,
    description: names,
    labels: { resource: object },
    links: consoleLink("GuardDuty", region, "guardduty/home#/malware-scans"),
  });
}

/** With names that begin small, at each depth. */
function uncapitalised(value: JsonObject): JsonObject {
  const small = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [small(name), isObject(member) ? uncapitalised(member) : member]),
  );
}
