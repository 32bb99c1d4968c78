import type { Due } from "@belfry/core/event/due";
import { dueSender, readDue } from "@belfry/core/platform/due-queues";
import type { QueueMessage } from "@belfry/core/platform/queue-client";
import { beforeEach, expect, it } from "vitest";

const NOW = Date.UTC(2026, 10, 22, 12);
const { signal } = new AbortController();

let sent: [queue: string, message: QueueMessage][];
let answers: (readonly (string | undefined)[] | Error)[];
let slept: number;
const send = dueSender({
  queue: (name) => async (messages) => {
    const answer = answers.shift() ?? messages.map(() => undefined);
    if (answer instanceof Error) throw answer;
    sent.push(
      ...messages.filter((_, i) => answer[i] === undefined).map((message) => [name, message] as (typeof sent)[0]),
    );
    return answer;
  },
  clock: { now: () => NOW },
  random: () => 0.5,
  sleep: async () => void slept++,
});

beforeEach(() => {
  sent = [];
  answers = [];
  slept = 0;
});

const due = (over: Partial<Due> = {}): Due => ({ kind: "group", key: "g", at: NOW, ...over });

it("sends each kind to its queue, delayed until its time or as long as a queue can", async () => {
  const dues = [
    due({ at: NOW - 5000 }),
    due({ kind: "outbox", key: "ops", at: NOW + 1500 }),
    due({ kind: "correction", key: "c" }),
    due({ kind: "incident", key: "i", version: 3, at: NOW + 3_600_000 }),
  ];
  await send(dues, signal);
  expect(sent.map(([queue, { delayS }]) => [queue, delayS])).toEqual([
    ["timers", 0],
    ["timers", 900],
    ["outbox", 2],
    ["corrections", 0],
  ]);
  expect(sent.map(([, { body }]) => readDue(JSON.parse(body)))).toEqual([dues[0], dues[3], dues[1], dues[2]]);
});

it("sends again what a queue did not take, and nothing else", async () => {
  answers = [[undefined, "InternalError"], new Error("no route")];
  await send([due({ key: "a" }), due({ key: "b" })], signal);
  expect(sent.map(([, { body }]) => JSON.parse(body).key)).toEqual(["a", "b"]);
  expect(slept).toBe(2);
});

it("gives up after some attempts, and says why", async () => {
  answers = Array.from({ length: 3 }, () => ["InternalError"]);
  await expect(send([due()], signal)).rejects.toMatchObject({ code: "RETRY", retryable: true });
});

it("keeps nothing from a queue because another cannot be reached", async () => {
  const one = dueSender({
    queue: (name) => async (messages) => {
      if (name === "corrections") throw new Error("denied");
      sent.push(...messages.map((message) => [name, message] as (typeof sent)[0]));
      return messages.map(() => undefined);
    },
    ...{ clock: { now: () => NOW }, random: () => 0.5, sleep: async () => undefined },
  });
  await expect(one([due({ kind: "correction" }), due(), due({ kind: "outbox" })], signal)).rejects.toThrow("denied");
  expect(sent.map(([name]) => name)).toEqual(["timers", "outbox"]);
});

it("sends any number, ten at a time", async () => {
  await send(
    Array.from({ length: 23 }, (_, i) => due({ key: String(i) })),
    signal,
  );
  expect(sent).toHaveLength(23);
});

it("refuses a message of nothing that can be due", () => {
  expect(() => readDue({ kind: "other", key: "a", at: 1 })).toThrow('nothing that can be due: {"kind":"other"');
  expect(() => readDue(undefined)).toThrow("no JSON");
  expect(() => readDue({ ...due(), at: "soon" })).toThrow(/nothing that can be due/);
});
