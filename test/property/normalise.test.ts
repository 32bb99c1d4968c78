import { normalise } from "@belfry/core/alerts/normalise/normalise";
import type { Alert } from "@belfry/core/event/alert";
import fc from "fast-check";
import { expect, test } from "vitest";

const RUNS = 2000;
const NOW = Date.UTC(2026, 10, 22);

/** Names that the sources look for, so that what is random meets what reads it. */
const names = `alarmName|state|value|timestamp|reasonData|configuration|metrics|alarmTags|alarmContributor|muteDetail|
  eventArn|eventTypeCode|affectedEntities|page|totalPages|endTime|canary-name|canary-run-timeline|completed|
  check-item-detail|additional-information|phases|object|bucket|findings|Severity|severity|service|detail|
  userIdentity|instance-id|status|message|updatedAt|resource_id|personas|eventDescription`
  .split("|")
  .map((name) => name.trim());

const member: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string(),
    fc.double(),
    fc.constantFrom(null, true, "", "null", "ALARM", "2026-11-22T10:00:00Z", 1e300, "-1"),
    fc.array(tie("value"), { maxLength: 3 }),
    tie("object"),
  ),
  object: fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), tie("value"), { maxKeys: 6 }),
})).object;

const types = `CloudWatch Alarm State Change|CloudWatch Alarm Configuration Change|AWS Health Event|
  Synthetics Canary Status Change|Synthetics Canary TestRun Failure|
  Trusted Advisor Check Item Refresh Notification|CodeBuild Build State Change|
  EC2 Instance State-change Notification|Object Created|GuardDuty Finding|Security Hub Findings - Imported|
  EC2 Instance Launch Unsuccessful|AWS API Call via CloudTrail|Scheduled Event|Something Else`
  .split("|")
  .map((name) => name.trim());

const event = fc.record(
  {
    id: fc.oneof(fc.uuid(), fc.anything()),
    "detail-type": fc.constantFrom(...types),
    source: fc.constantFrom("aws.s3", "aws.health", "shop", ""),
    account: fc.oneof(fc.constant("111122223333"), fc.anything()),
    region: fc.constantFrom("eu-west-1", "us-gov-west-1", "nowhere", ""),
    time: fc.oneof(fc.constant("2026-11-22T10:00:00Z"), fc.anything()),
    resources: fc.oneof(fc.array(fc.string()), fc.anything()),
    detail: member,
  },
  { requiredKeys: ["detail-type", "detail"] },
);

function expectUsable(alert: Alert): void {
  expect(alert.title.trim()).not.toBe("");
  expect(alert.key).not.toBe("");
  expect(alert.deliveryId).not.toBe("");
  expect(Number.isFinite(alert.version)).toBe(true);
  expect(Number.isFinite(alert.startsAt)).toBe(true);
  expect(alert.labels.source).toBeTruthy();
  expect(alert.labels.severity).toBe(alert.severity);
  for (const [name, value] of Object.entries(alert.labels)) {
    expect(name).toMatch(/^[a-zA-Z_][a-zA-Z0-9_]*$/);
    expect(value).not.toBe("");
  }
}

test("an event of any source, however broken, becomes usable alerts that are the same each time", () => {
  fc.assert(
    fc.property(event, fc.integer({ min: 1, max: 1e9 }), (given, laterMs) => {
      const first = normalise(given, { now: NOW });
      const second = normalise(given, { now: NOW + laterMs });
      if ("reason" in first || "reason" in second) throw new Error("an event is an event");
      for (const alert of first.alerts) expectUsable(alert);
      const identity = ({ key, deliveryId }: Alert): string => `${key} ${deliveryId}`;
      expect(second.alerts.map(identity)).toEqual(first.alerts.map(identity));
    }),
    { numRuns: RUNS },
  );
});

test("anything at all becomes usable alerts or has a reason", () => {
  const records = fc.record({ Records: fc.array(fc.record({ Sns: member, body: fc.json() }, { requiredKeys: [] })) });
  fc.assert(
    fc.property(fc.oneof(fc.anything(), fc.jsonValue(), member, records), (given) => {
      const result = normalise(given, { now: NOW });
      if ("reason" in result) expect(result.reason).not.toBe("");
      else for (const alert of result.alerts) expectUsable(alert);
    }),
    { numRuns: RUNS },
  );
});
