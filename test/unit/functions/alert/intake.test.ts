import { intakeHandler } from "@belfry/functions/alert/intake";
import type { SQSEvent } from "aws-lambda";
import { beforeEach, expect, it } from "vitest";
import { eventOf } from "../../../support/alert-events.ts";
import { LambdaWorld } from "../../../support/lambda-world.ts";
import { lambdaContext } from "../../../support/memory-runtime.ts";

const ALARM = eventOf("aws.cloudwatch", "CloudWatch Alarm State Change", { alarmName: "a", state: { value: "ALARM" } });
const HEALTH = eventOf("aws.health", "AWS Health Event", {
  eventArn: "arn:aws:health:eu-west-1::event/RDS/X/X_1",
  eventTypeCode: "AWS_RDS_OPERATIONAL_ISSUE",
  eventTypeCategory: "issue",
  communicationId: "c-1",
  lastUpdatedTime: "Sun, 22 Nov 2026 11:59:00 GMT",
  page: "1",
  totalPages: "2",
});

let failing: string | undefined;
let world: LambdaWorld;

beforeEach(() => {
  failing = undefined;
  world = new LambdaWorld({
    config: { accounts: { "111122223333": { name: "orders" } } },
    fault: (call) => (call === failing ? new Error("no table") : undefined),
  });
});

function batch(contents: readonly unknown[], receives = 1): SQSEvent {
  const records = contents.map((content, i) => ({
    messageId: `m${i}`,
    body: typeof content === "string" ? content : JSON.stringify(content),
    attributes: { ApproximateReceiveCount: String(receives) },
  }));
  return { Records: records } as unknown as SQSEvent;
}

async function failedOf(event: SQSEvent): Promise<string[]> {
  const { batchItemFailures } = await intakeHandler(world.runtime())(event, lambdaContext());
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

const stored = () => JSON.stringify([...world.table.items.values()]);

it("stores alerts with their account's name, and sends when to look at them", async () => {
  expect(await failedOf(batch([ALARM]))).toEqual([]);
  expect(stored()).toContain('\\"account_name\\":\\"orders\\"');
  expect(world.queues.timers).toHaveLength(1);
});

it("lets nothing be lost that is no event: it comes again, until people find it among the dead letters", async () => {
  expect(await failedOf(batch(["no JSON", ALARM, { a: 1 }]))).toEqual(["m0", "m2"]);
  expect(world.queues.timers).toHaveLength(1);
  expect(JSON.stringify(world.logged)).toContain("the message is no event: neither an event of EventBridge");
});

it("asks for those again that could not be stored", async () => {
  failing = "transact";
  expect(await failedOf(batch([ALARM, ALARM]))).toEqual(["m0", "m1"]);
  failing = undefined;
  expect(await failedOf(batch([ALARM], 2))).toEqual([]);
});

it("keeps pages of a Health event until all are there, and looks again at the deadline", async () => {
  expect(await failedOf(batch([HEALTH]))).toEqual([]);
  expect(stored()).not.toContain("AWS_RDS_OPERATIONAL_ISSUE_1 alert");
  expect(world.queues.timers.map(({ body }) => JSON.parse(body).kind)).toEqual(["health"]);
  expect([...world.table.items.values()].filter(({ pk }) => pk.startsWith("timers#"))).toHaveLength(1);
  await world.pass(60);
  expect([...world.table.items.values()].filter(({ pk }) => pk.startsWith("incident#"))).not.toEqual([]);
});

it("refuses what is no batch", async () => {
  await expect(failedOf({} as SQSEvent)).rejects.toMatchObject({ code: "BAD_EVENT" });
});
