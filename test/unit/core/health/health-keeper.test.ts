import type { Alert } from "@belfry/core/event/alert";
import { type HealthKeeper, healthKeeper } from "@belfry/core/health/health-keeper";
import { PAGE_DEADLINE_MS } from "@belfry/core/health/health-view";
import type { Table } from "@belfry/core/platform/table-client";
import { expect, it } from "vitest";
import { HEALTH_ARN, healthEvent } from "../../../support/health-events.ts";
import { memoryTable } from "../../../support/memory-table.ts";

const NOW = Date.UTC(2026, 10, 20, 10, 5);
const signal = new AbortController().signal;

interface World extends HealthKeeper {
  readonly delivered: Alert[];
  now: number;
}

function world(table: Table, fail: (alert: Alert) => boolean = () => false): World {
  const delivered: Alert[] = [];
  const it: { now: number } = { now: NOW };
  const deliver = async (alert: Alert): Promise<void> => {
    if (fail(alert)) throw new Error("not taken");
    delivered.push(alert);
  };
  const keeper = healthKeeper({ table, clock: { now: () => it.now }, deliver });
  return Object.assign(it, keeper, { delivered });
}

const page = (number: number, detail: object = {}) =>
  healthEvent({
    communicationId: `c-${number}`,
    page: String(number),
    totalPages: "2",
    affectedEntities: [{ entityValue: `db-${number}` }],
    ...detail,
  });

it("keeps pages in the table until the event is whole", async () => {
  const table = memoryTable();
  expect(await world(table).accept(page(2), signal)).toBe(NOW + PAGE_DEADLINE_MS);
  const later = world(table);
  expect(await later.accept(page(1), signal)).toBeUndefined();
  expect(later.delivered.map(({ description }) => description)).toEqual([
    "Connections fail.\nAccounts: 111122223333\nAffected: 2 affected: db-1, db-2",
  ]);
});

it("shows an incomplete event when it is asked to look again", async () => {
  const keeper = world(memoryTable());
  await keeper.accept(page(2), signal);
  keeper.now += PAGE_DEADLINE_MS;
  expect(await keeper.review(HEALTH_ARN, signal)).toBeUndefined();
  expect(keeper.delivered[0]?.description).toContain("Incomplete: 1 pages");
});

it("delivers what was not taken, as the same delivery, with the next copy", async () => {
  const table = memoryTable();
  const refused: Alert[] = [];
  const failing = world(table, (alert) => refused.push(alert) > 0);
  await expect(failing.accept(healthEvent(), signal)).rejects.toThrow("not taken");
  const keeper = world(table);
  await keeper.accept(healthEvent({ backupEvent: "true" }), signal);
  await keeper.accept(healthEvent(), signal);
  expect(keeper.delivered).toEqual(refused);
});

it("drops the pages of statements that are replaced, and lets all items expire", async () => {
  const table = memoryTable();
  const keeper = world(table);
  await keeper.accept(page(1), signal);
  await keeper.accept(page(2), signal);
  const entities = [{ entityValue: "db-9" }];
  await keeper.accept(
    healthEvent({
      communicationId: "d-1",
      lastUpdatedTime: "Fri, 20 Nov 2026 10:04:00 GMT",
      affectedEntities: entities,
    }),
    signal,
  );
  expect([...table.items.values()].map(({ sk }) => sk).sort()).toEqual(["head", "page#111122223333#d#1"]);
  expect([...table.items.values()].every(({ expires }) => Number(expires) > NOW / 1000)).toBe(true);
});

it("writes nothing for a copy of what is known", async () => {
  const table = memoryTable();
  const keeper = world(table);
  await keeper.accept(healthEvent(), signal);
  const before = structuredClone([...table.items]);
  await keeper.accept(healthEvent({ backupEvent: "true" }), signal);
  expect([...table.items]).toEqual(before);
});

it("keeps nothing of an event that it does not know", async () => {
  const table = memoryTable();
  expect(await world(table).review(HEALTH_ARN, signal)).toBeUndefined();
  expect(table.items.size).toBe(0);
});

it("gives up with a reason to try again when others always write first", async () => {
  const table = memoryTable();
  const keeper = world({
    ...table,
    put: async (item, condition, abort) => item.sk !== "head" && table.put(item, condition, abort),
  });
  await expect(keeper.accept(healthEvent(), signal)).rejects.toMatchObject({ code: "RETRY", retryable: true });
});
