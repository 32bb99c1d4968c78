import { readEventEnvelope } from "@belfry/core/event/event-envelope";
import { type HealthEvent, readHealthEvent } from "@belfry/core/event/health-event";
import { expect, it } from "vitest";
import { healthEvent } from "../../../support/health-events.ts";

it.each([
  ["4f2a90c1-3", "3", "10", "4f2a90c1"],
  ["4f2a90c1-1", "3", "10", "4f2a90c1"],
  ["4f2a90c1", "1", "1", "4f2a90c1"],
  ["0e6d1f7c-0000-4000-8000-426614174000", "1", "1", "0e6d1f7c-0000-4000-8000-426614174000"],
])("takes the page off the communication id %s of page %s of %s", (communicationId, page, totalPages, expected) => {
  expect(healthEvent({ communicationId, page, totalPages }).communication).toBe(expected);
});

it("reads personas by either name, and entities of either spelling", () => {
  const { personas, entities } = healthEvent({
    personas: ["OPERATIONAL", "SECURITY", "OPERATIONS"],
    affectedEntities: [{ entityValue: "i-1", status: "pending" }, "i-2", { status: "PENDING" }],
  });
  expect(personas).toEqual(["operations", "security"]);
  expect(entities).toEqual([
    { value: "i-1", status: "PENDING" },
    { value: "i-2", status: "" },
  ]);
});

it("reads dates with a wrong week-day and a day of one digit", () => {
  const { version, startMs } = healthEvent({
    lastUpdatedTime: "Thu, 3 Nov 2026 13:44:13 GMT",
    startTime: "2022-06-25 10:00:48.868000+00:00",
  });
  expect(version).toBe(Date.UTC(2026, 10, 3, 13, 44, 13));
  expect(startMs).toBe(Date.UTC(2022, 5, 25, 10, 0, 48, 868));
});

it("takes the version from the envelope when the event has none", () => {
  expect(healthEvent({ lastUpdatedTime: undefined }).version).toBe(Date.UTC(2026, 10, 20, 10, 0, 9));
});

it("reads an event of 2016, which has little", () => {
  const event = read({
    "detail-type": "AWS Health Event",
    source: "aws.health",
    account: "111122223333",
    time: "2016-06-05T06:27:57Z",
    region: "us-west-2",
    detail: {
      eventArn: "arn:aws:health:us-west-2::event/AWS_EC2_INSTANCE_STORE_DRIVE_PERFORMANCE_DEGRADED_1",
      service: "AWS_EC2",
      eventTypeCode: "AWS_EC2_INSTANCE_STORE_DRIVE_PERFORMANCE_DEGRADED",
      eventDescription: { latestDescription: "A drive is slow." },
    },
  });
  expect(event).toMatchObject({
    service: "EC2",
    scope: "ACCOUNT_SPECIFIC",
    status: "open",
    region: "us-west-2",
    account: "111122223333",
    description: "A drive is slow.",
    page: 1,
    totalPages: 1,
  });
});

it("says that an event without a type is none", () => {
  expect(read({ source: "aws.health", "detail-type": "AWS Health Event", detail: { service: "EC2" } })).toBeUndefined();
});

function read(event: object): HealthEvent | undefined {
  const envelope = readEventEnvelope(event, 0);
  return envelope === undefined ? undefined : readHealthEvent(envelope);
}
