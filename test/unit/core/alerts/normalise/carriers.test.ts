import { readFileSync } from "node:fs";
import { normalise } from "@belfry/core/alerts/normalise/normalise";
import { describe, expect, it } from "vitest";
import { alertOf, alertsOf, eventOf, NOW, snsEvent } from "../../../../support/alert-events.ts";

const { eventBridge, snsMessage, lambdaAction } = JSON.parse(
  readFileSync(new URL("../../../../fixtures/alerts/one-alarm.json", import.meta.url), "utf8"),
);

describe("one alarm", () => {
  const carriers: readonly [string, unknown][] = [
    ["an event of EventBridge", eventBridge],
    ["a message of SNS", snsEvent(snsMessage)],
    ["an event of EventBridge in a message of SNS", snsEvent(eventBridge)],
    ["a message of SNS in a record of SQS", { Records: [{ body: JSON.stringify(messageOf(snsEvent(snsMessage))) }] }],
    ["its message alone", snsMessage],
    ["its Lambda action", lambdaAction],
  ];

  it.each(carriers)("is the same as %s", (_, input) => {
    const { event, ...alert } = alertOf(input);
    const { event: expected, ...same } = alertOf(eventBridge);
    expect(alert).toEqual(same);
    const state = { value: "ALARM", timestamp: "2026-11-22T10:00:00.417+0000" };
    expect(event).toMatchObject({ source: "aws.cloudwatch", region: "eu-west-1", detail: { state } });
    expect(expected).toBe(eventBridge);
  });

  it("has the ARN as its key and the state's time as its version", () => {
    const arn = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders-errors";
    const version = Date.UTC(2026, 10, 22, 10, 0, 0, 417);
    expect(alertOf(eventBridge)).toMatchObject({ key: arn, version, deliveryId: `${arn}#${version}#ALARM` });
  });
});

it.each([
  ["EU - Ireland", "eu-west-1"],
  ["EU (Ireland)", "eu-west-1"],
  ["US East (N. Virginia)", "us-east-1"],
  ["Asia Pacific (Tokyo)", "ap-northeast-1"],
])("makes the ARN of an old message without one, of the region that is called %s", (Region, region) => {
  const { AlarmArn, ...old } = snsMessage;
  expect(alertOf({ ...old, Region }).key).toBe(`arn:aws:cloudwatch:${region}:111122223333:alarm:orders-errors`);
});

it("takes the region of an old message from the topic", () => {
  const { AlarmArn, ...old } = snsMessage;
  const event = snsEvent({ ...old, Region: "Somewhere" }, { TopicArn: "arn:aws-cn:sns:cn-north-1:1:pages" });
  expect(alertOf(event).key).toBe("arn:aws-cn:cloudwatch:cn-north-1:111122223333:alarm:orders-errors");
});

it("makes an alert of each record", () => {
  const other = { ...snsMessage, AlarmArn: `${snsMessage.AlarmArn}-2` };
  const both = { Records: [recordOf(snsEvent(snsMessage)), recordOf(snsEvent(other))] };
  expect(alertsOf(both).map(({ key }) => key)).toEqual([snsMessage.AlarmArn, other.AlarmArn]);
});

it("says of a replayed event that it is one", () => {
  expect(alertOf({ ...eventBridge, "replay-name": "again" }).replayed).toBe(true);
});

it("makes an alert of a message that is text, never JSON", () => {
  const backup = "An AWS Backup job failed. Resource ARN : arn:aws:ec2:eu-west-1:1:volume/vol-1. BackupJob ID : 9";
  const attributes = { State: { Type: "String", Value: "FAILED" } };
  expect(alertOf(snsEvent(backup, { Subject: "From AWS Backup", MessageAttributes: attributes }))).toMatchObject({
    key: "arn:aws:sns:eu-west-1:111122223333:pages#arn:aws:ec2:eu-west-1:1:volume/vol-1",
    status: "firing",
    severity: "error",
    description: backup,
    labels: { source: "aws.sns", topic: "pages", state: "FAILED" },
  });
  const migration = { "Event Source": "replication-task", SourceId: "hello", "Event Message": "Task has stopped." };
  expect(alertOf(snsEvent(migration, { Subject: "DMS" }))).toMatchObject({
    key: "arn:aws:sns:eu-west-1:111122223333:pages#hello",
    title: "DMS: Task has stopped.",
    description: "Event Source: replication-task\nSourceId: hello\nEvent Message: Task has stopped.",
  });
});

it.each([
  ["null", null, "no JSON object"],
  ["a list", [1], "no JSON object"],
  ["a text", "ALARM", "no JSON object"],
  ["an empty object", {}, "neither an event of EventBridge"],
  ["the test event of the Lambda console", { key1: "value1" }, "neither an event of EventBridge"],
  ["no records", { Records: [] }, "no records"],
  ["an S3 notification", { Records: [{ eventSource: "aws:s3", s3: {} }] }, "neither SNS nor SQS"],
  [
    "a subscription's confirmation",
    messageOf(snsEvent("x", { Type: "SubscriptionConfirmation" })),
    "about the subscription",
  ],
])("says why %s is no event", (_, input, reason) => {
  expect(normalise(input, { now: NOW })).toEqual({ reason: expect.stringContaining(reason) });
});

it("says in words what an unknown event is", () => {
  const detail = { orderId: "o-1", paymentName: "card", outcome: { status: "DECLINED", tries: 3 }, items: [{ id: 1 }] };
  const alert = alertOf(eventOf("shop", "PaymentDeclined", detail));
  expect(alert).toMatchObject({
    key: "shop#111122223333#eu-west-1#PaymentDeclined#card",
    status: "firing",
    severity: "info",
    title: "PaymentDeclined: card",
    description: "orderId: o-1\npaymentName: card\noutcome.status: DECLINED\noutcome.tries: 3",
    expiresAfterMs: 86_400_000,
  });
  expect(alert.labels).toMatchObject({ source: "shop", service: "shop", account: "111122223333", resource: "card" });
});

it.each([
  ["FAILED", "firing", "error"],
  ["TIMED_OUT", "firing", "error"],
  ["CANCELLED", "firing", "warning"],
  ["SUCCEEDED", "resolved", "info"],
  ["RUNNING", "unknown", "info"],
])("resolves a state machine's failed execution by its next: %s", (status, expected, severity) => {
  const detail = {
    executionArn: `arn:aws:states:eu-west-1:1:execution:bill:${status}`,
    stateMachineArn: "arn:aws:states:eu-west-1:1:stateMachine:bill",
    status,
  };
  const event = eventOf("aws.states", "Step Functions Execution Status Change", detail, {
    resources: [detail.executionArn],
  });
  expect(alertOf(event)).toMatchObject({ status: expected, severity });
  expect(alertOf(event).key).toMatch(/#arn:aws:states:eu-west-1:1:stateMachine:bill$/);
});

it("gives an event without an id the same delivery id each time, and another where its content is another", () => {
  const { id, ...event } = eventOf("shop", "Stock", { left: 1 }) as Record<string, unknown>;
  const again = Object.fromEntries(Object.entries(event).reverse());
  expect(alertOf(again).deliveryId).toBe(alertOf(event).deliveryId);
  expect(alertOf({ ...event, detail: { left: 2 } }).deliveryId).not.toBe(alertOf(event).deliveryId);
});

function recordOf(event: object): { readonly Sns: object } {
  const [record] = (event as { Records: { Sns: object }[] }).Records;
  if (record === undefined) throw new Error("no record");
  return record;
}

function messageOf(event: object): object {
  return recordOf(event).Sns;
}
