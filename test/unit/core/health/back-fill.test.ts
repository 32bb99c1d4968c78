import type { HealthEvent } from "@belfry/core/event/health-event";
import { acceptHealthEvent } from "@belfry/core/health/accept-health-event";
import { healthBackFill } from "@belfry/core/health/back-fill";
import { AwsCallError } from "@belfry/core/platform/aws-call";
import type { HealthApiEvent, HealthReads } from "@belfry/core/platform/health-client";
import { createLogger } from "@belfry/core/platform/logger";
import { expect, it } from "vitest";
import { HEALTH_ARN, healthEvent } from "../../../support/health-events.ts";

const signal = new AbortController().signal;
const NOW = Date.UTC(2026, 10, 20, 10, 5);

const listed: HealthApiEvent = {
  arn: HEALTH_ARN,
  service: "RDS",
  typeCode: "AWS_RDS_OPERATIONAL_ISSUE",
  category: "issue",
  scope: "ACCOUNT_SPECIFIC",
  region: "eu-west-1",
  status: "open",
  actionability: "",
  personas: ["OPERATIONS"],
  startMs: Date.UTC(2026, 10, 20, 9, 50),
  updatedMs: Date.UTC(2026, 10, 20, 10, 0, 0, 417),
};

function reads(over: Partial<HealthReads> = {}): HealthReads {
  return {
    events: async () => [listed],
    accounts: async () => [],
    description: async () => "Connections fail.",
    entities: async ({ account }) => [{ value: `db-${account}`, status: "IMPAIRED" }],
    ...over,
  };
}

async function fill(over: Partial<HealthReads>, lines: string[] = []): Promise<() => Promise<HealthEvent[]>> {
  const logger = createLogger({ level: "info", write: (line) => void lines.push(line) });
  const backFill = healthBackFill({ reads: reads(over), account: "111122223333", logger });
  return async () => {
    const events: HealthEvent[] = [];
    for await (const event of backFill(0, signal)) events.push(event);
    return events;
  };
}

it("makes of the account's own event what EventBridge would have brought", async () => {
  const [event] = await (await fill({}))();
  const { communication, ...brought } = healthEvent({
    affectedEntities: [{ entityValue: "db-111122223333", status: "IMPAIRED" }],
  });
  expect(event).toMatchObject(brought);
  expect(event?.communication).not.toBe(communication);
});

it("fetches each account of the organization, and what is public once", async () => {
  const accounts = async () => ["111111111111", "222222222222"];
  const own = await (await fill({ accounts }))();
  expect(own.map(({ account, entities }) => [account, entities[0]?.value])).toEqual([
    ["111111111111", "db-111111111111"],
    ["222222222222", "db-222222222222"],
  ]);
  const shared = await (await fill({ accounts, events: async () => [{ ...listed, scope: "PUBLIC" }] }))();
  expect(shared).toMatchObject([{ account: "", scope: "PUBLIC", entities: [] }]);
});

it("changes nothing when EventBridge has brought the same", async () => {
  const brought = healthEvent({ affectedEntities: [{ entityValue: "db-111122223333", status: "IMPAIRED" }] });
  const { state } = acceptHealthEvent(undefined, brought, NOW);
  const [event] = await (await fill({}))();
  if (event === undefined) throw new Error("nothing fetched");
  expect(acceptHealthEvent(state, event, NOW).alert).toBeUndefined();
});

it("completes an event of which a page was lost", async () => {
  const lost = healthEvent({ page: "1", totalPages: "2", affectedEntities: [{ entityValue: "db-1" }] });
  const { state } = acceptHealthEvent(undefined, lost, NOW);
  const [event] = await (await fill({}))();
  if (event === undefined) throw new Error("nothing fetched");
  expect(acceptHealthEvent(state, event, NOW).alert?.description).toContain("db-111122223333");
});

it("is off without the support plan, and says so once", async () => {
  const lines: string[] = [];
  let calls = 0;
  const events = async (): Promise<never> => {
    calls++;
    throw new AwsCallError(
      "health:DescribeEvents",
      Object.assign(new Error("no"), { name: "SubscriptionRequiredException" }),
    );
  };
  const run = await fill({ events }, lines);
  expect([await run(), await run()]).toEqual([[], []]);
  expect(calls).toBe(1);
  expect(lines.map((line) => JSON.parse(line).message)).toEqual([
    "the support plan has no AWS Health API: events come by EventBridge only, nothing is back-filled",
  ]);
});

it("raises what else goes wrong", async () => {
  const events = async (): Promise<never> => {
    throw new AwsCallError("health:DescribeEvents", new Error("refused"));
  };
  await expect((await fill({ events }))()).rejects.toThrow("health:DescribeEvents failed");
});
