import type { OnCallInput } from "@belfry/core/config/oncall/schema";
import { BelfryError } from "@belfry/core/platform/errors";
import type { Table, TableWrite } from "@belfry/core/platform/table-client";
import { expect, it } from "vitest";
import { DispatchWorld, START_MS } from "../../../../support/dispatch-world.ts";
import { alertAt, MINUTE_MS } from "../../../../support/group-run.ts";

const CONFIG: OnCallInput = {
  route: { receiver: "team", groupBy: ["service"], groupWait: "30s", groupInterval: "5m" },
  receivers: { team: { channels: ["slack"] } },
};

const alerts = Array.from({ length: 1000 }, (_, i) =>
  alertAt(START_MS, { key: `alert ${i}`, labels: { service: "db", host: `h${i}` } }),
);

/** Counts the transactions that write a group's state; each read takes a turn, so that others come in between. */
function counting(table: Table, counted: { writes: number; lost: number }): Table {
  return {
    ...table,
    query: async (...args) => {
      const items = await table.query(...args);
      await new Promise(setImmediate);
      return items;
    },
    transact: async (writes: readonly TableWrite[], signal) => {
      const isDone = await table.transact(writes, signal);
      const isGroup = writes.some((write) => "put" in write && write.put.pk.startsWith("group#"));
      if (isGroup) counted[isDone ? "writes" : "lost"]++;
      return isDone;
    },
  };
}

it("makes one decision and one message of a thousand alerts of one call", async () => {
  const counted = { writes: 0, lost: 0 };
  const world = new DispatchWorld(CONFIG, { before: (table) => counting(table, counted) });
  await world.dispatcher.take(alerts, world.signal);
  expect(counted).toEqual({ writes: 1, lost: 0 });
  await world.until(START_MS + MINUTE_MS);
  expect(world.said.map(({ alerts: { total }, kind }) => [kind, total])).toEqual([["opened", 1000]]);
});

it("loses none of a thousand alerts that twenty calls bring at once", async () => {
  const counted = { writes: 0, lost: 0 };
  const world = new DispatchWorld(CONFIG, { before: (table) => counting(table, counted) });
  const parts = Array.from({ length: 20 }, (_, i) => alerts.slice(i * 50, (i + 1) * 50));
  await Promise.all(parts.map((part) => world.dispatcher.take(part, world.signal)));
  expect(counted.writes).toBe(20);
  expect(counted.lost).toBeGreaterThan(0);
  await world.until(START_MS + MINUTE_MS);
  expect(world.said.map(({ alerts: { total }, kind }) => [kind, total])).toEqual([["opened", 1000]]);
});

it("writes a thousand timers of one group though no transaction has room for them", async () => {
  const world = new DispatchWorld(CONFIG);
  const until = START_MS + 10 * MINUTE_MS;
  const muted = alerts.map((alert) => ({ ...alert, suppression: { by: "mute-rule", reason: "r", until } as const }));
  await world.dispatcher.take(muted, world.signal);
  const timers = [...world.memory.items.values()].filter(({ pk }) => pk.startsWith("timers#"));
  expect(timers).toHaveLength(1001);
});

it("takes the alerts of other groups when one fails, and says how many did", async () => {
  const world = new DispatchWorld({
    route: { receiver: "team", groupBy: ["service"], routes: [{ receiver: "bad", matchers: ["service=bad"] }] },
    receivers: { team: { channels: ["slack"] }, bad: { channels: Array.from({ length: 120 }, (_, i) => `c${i}`) } },
  });
  const old = { startsAt: START_MS - MINUTE_MS * 10 };
  const bad = alertAt(START_MS, { key: "bad", labels: { service: "bad" }, ...old });
  const good = alertAt(START_MS, { key: "good", labels: { service: "good" }, ...old });
  const taken = world.dispatcher.take([bad, good], world.signal);
  await expect(taken).rejects.toThrow("0 of 2 alerts and 1 groups could not be written: try again");
  await expect(taken).rejects.toMatchObject({ retryable: true, cause: { code: "TOO_LARGE" } });
  await world.until(START_MS + MINUTE_MS);
  expect(world.said.map(({ title }) => title)).toEqual(["alarm good"]);
});

it("goes on after a transaction that was in another's way", async () => {
  let conflicts = 3;
  const world = new DispatchWorld(CONFIG, {
    before: (table) => ({
      ...table,
      transact: async (writes, signal) => {
        if (conflicts-- > 0) throw new BelfryError("UNAVAILABLE", "TransactionConflict", { retryable: true });
        return table.transact(writes, signal);
      },
    }),
  });
  await world.dispatcher.take(alerts.slice(0, 1), world.signal);
  await world.until(START_MS + MINUTE_MS);
  expect(world.said).toHaveLength(1);
});
