import { AwsCallError } from "@belfry/core/platform/aws-call";
import type { HealthReads } from "@belfry/core/platform/health-client";
import { backFillHandler } from "@belfry/functions/health/back-fill";
import { expect, it } from "vitest";
import { LambdaWorld } from "../../../support/lambda-world.ts";
import { lambdaContext } from "../../../support/memory-runtime.ts";

const EVENT = {
  arn: "arn:aws:health:eu-west-1::event/RDS/X/X_1",
  service: "RDS",
  typeCode: "AWS_RDS_OPERATIONAL_ISSUE",
  category: "issue",
  scope: "ACCOUNT_SPECIFIC",
  region: "eu-west-1",
  status: "open",
  actionability: "",
  personas: [],
};

it("fetches what EventBridge did not bring, which makes one incident however often", async () => {
  const world = new LambdaWorld({ config: {} });
  const asked: unknown[] = [];
  const reads: HealthReads = {
    events: async (sinceMs) => {
      asked.push(sinceMs);
      return [{ ...EVENT, updatedMs: world.nowMs - 60_000 }];
    },
    accounts: async () => [],
    description: async () => "Connections fail.",
    entities: async () => [{ value: "db-1", status: "IMPAIRED" }],
  };
  const readsOf = (options: object) => {
    asked.push(options);
    return reads;
  };
  const fetched = await backFillHandler(world.runtime(), readsOf)({ hours: 2, organization: true }, lambdaContext());
  expect(fetched).toEqual({ events: 1 });
  expect(asked).toEqual([{ organization: true, partition: "aws" }, world.nowMs - 2 * 3_600_000]);
  await backFillHandler(world.runtime(), readsOf)({}, lambdaContext());
  await world.pass(2);
  expect([...world.table.items.values()].filter(({ pk }) => pk === "inbox")).toHaveLength(1);
});

it("is quietly off without the support plan, and refuses a time that is none", async () => {
  const world = new LambdaWorld({ config: {} });
  const cause = Object.assign(new Error("no plan"), { name: "SubscriptionRequiredException" });
  const none = () => Promise.reject(new AwsCallError("health:DescribeEvents", cause));
  const reads: HealthReads = { events: none, accounts: none, description: none, entities: none };
  const handler = backFillHandler(world.runtime(), () => reads);
  expect(await handler({}, lambdaContext())).toEqual({ events: 0 });
  await expect(handler({ hours: -1 }, lambdaContext())).rejects.toMatchObject({ code: "BAD_EVENT" });
});
