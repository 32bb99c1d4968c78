import { readIntake } from "@belfry/core/alerts/intake";
import { expect, it } from "vitest";
import { eventOf, NOW, snsEvent } from "../../../support/alert-events.ts";

const accounts = { "111122223333": { name: "orders" } };
const read = (input: unknown) => readIntake(input, { now: NOW, accounts });

const HEALTH = {
  eventArn: "arn:aws:health:eu-west-1::event/RDS/X/X_1",
  eventTypeCode: "AWS_RDS_OPERATIONAL_ISSUE",
  statusCode: "open",
};

it("gives alerts the name of their account, where it has one", () => {
  const alarm = eventOf("aws.cloudwatch", "CloudWatch Alarm State Change", {
    alarmName: "a",
    state: { value: "ALARM" },
  });
  expect(read(alarm)).toMatchObject({ alerts: [{ labels: { account: "111122223333", account_name: "orders" } }] });
  expect(read({ ...alarm, account: "444455556666" })).toMatchObject({
    alerts: [{ labels: { account: "444455556666" } }],
  });
  expect(JSON.stringify(read({ ...alarm, account: "constructor" }))).not.toContain("account_name");
});

it("hands on events of AWS Health as they are, whichever way they came by", () => {
  const event = eventOf("aws.health", "AWS Health Event", HEALTH);
  const { Records } = snsEvent(event) as { Records: { Sns: object }[] };
  for (const input of [event, Records[0]?.Sns, HEALTH, { ...event, source: "aha" }]) {
    expect(read(input)).toMatchObject({ health: { eventArn: HEALTH.eventArn, status: "open" } });
  }
});

it("makes an alert of a Health event that names no type", () => {
  expect(read(eventOf("aws.health", "AWS Health Event", { eventArn: "x" }))).toMatchObject({ alerts: [{}] });
});

it("says why something is no event", () => {
  expect(read(undefined)).toEqual({ reason: "no JSON object" });
  expect(read({ a: 1 })).toMatchObject({ reason: expect.stringContaining("neither an event") });
});
