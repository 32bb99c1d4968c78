import { deleteTimer, dueTimers, putTimers, timerWrites } from "@belfry/core/alerts/dispatch/timers";
import type { Due } from "@belfry/core/event/due";
import { expect, it } from "vitest";
import { memoryTable } from "../../../../support/memory-table.ts";

const signal = new AbortController().signal;

it("come in the order of their times, until a time, each once, and not those of outboxes", async () => {
  const table = memoryTable();
  const dues: Due[] = [
    { kind: "incident", key: "i", at: 30, version: 2 },
    { kind: "recheck", key: "g", at: 20, alertKey: "a" },
    { kind: "recheck", key: "g", at: 20, alertKey: "b" },
    { kind: "outbox", key: "slack", at: 10 },
    { kind: "group", key: "g", at: 1000 },
  ];
  await putTimers(table, [...dues, ...dues], signal);
  await putTimers(table, dues, signal);
  expect(await dueTimers(table, 999, 10, signal)).toHaveLength(3);
  expect((await dueTimers(table, 1000, 10, signal)).map(({ at }) => at)).toEqual([20, 20, 30, 1000]);
  await deleteTimer(table, { kind: "recheck", key: "g", at: 20, alertKey: "a" }, signal);
  expect(await dueTimers(table, 29, 10, signal)).toEqual([{ kind: "recheck", key: "g", at: 20, alertKey: "b" }]);
});

it("are more than one transaction has room for", async () => {
  const table = memoryTable();
  const dues = Array.from({ length: 250 }, (_, i): Due => ({ kind: "group", key: `g${i}`, at: i }));
  expect(timerWrites(dues)).toHaveLength(250);
  await putTimers(table, dues, signal);
  expect(await dueTimers(table, 250, 1000, signal)).toHaveLength(250);
});
