import { type DeadMessage, LocalQueue, type QueueOptions } from "@belfry/local/queue/local-queue";
import type { SQSEvent } from "aws-lambda";
import { beforeEach, describe, expect, it } from "vitest";
import { VirtualScheduler } from "../stream/virtual-scheduler.ts";

const T0 = Date.parse("2026-11-22T10:00:00Z");

let scheduler: VirtualScheduler;
let events: { readonly atMs: number; readonly bodies: string[]; readonly traceHeader: string | undefined }[];
let dead: DeadMessage[];

beforeEach(() => {
  scheduler = new VirtualScheduler(T0);
  events = [];
  dead = [];
});

function queueOf(answer: (event: SQSEvent) => string[] = () => [], options: Partial<QueueOptions> = {}): LocalQueue {
  return new LocalQueue({
    name: "belfry-timers",
    account: "111122223333",
    region: "eu-central-1",
    scheduler,
    invoke: async (event, traceHeader) => {
      events.push({ atMs: scheduler.now() - T0, bodies: event.Records.map(({ body }) => body), traceHeader });
      return { batchItemFailures: answer(event).map((itemIdentifier) => ({ itemIdentifier })) };
    },
    visibilityTimeoutMs: 5000,
    maxReceiveCount: 3,
    concurrency: 2,
    onDead: (message) => dead.push(message),
    ...options,
  });
}

describe("a local queue", () => {
  it("gives what was sent, ten at a time, in the form of SQS", async () => {
    let record: SQSEvent["Records"][number] | undefined;
    const queue = queueOf(({ Records }) => {
      record ??= Records[0];
      return [];
    });
    for (let n = 1; n <= 12; n++) queue.send(`m${n}`);
    await scheduler.advance(0);
    expect(events.map(({ bodies }) => bodies.length)).toEqual([10, 2]);
    expect(record).toMatchObject({
      body: "m1",
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:eu-central-1:111122223333:belfry-timers",
      attributes: { ApproximateReceiveCount: "1", SentTimestamp: String(T0) },
    });
  });

  it("holds what is delayed back, for at most a quarter of an hour", async () => {
    const queue = queueOf();
    queue.send("later", { delayMs: 900_000 });
    queue.send("now");
    expect(() => queue.send("too late", { delayMs: 900_001 })).toThrow("at most 900000");
    await scheduler.advance(899_999);
    expect(events).toMatchObject([{ atMs: 0, bodies: ["now"] }]);
    await scheduler.advance(1);
    expect(events[1]).toMatchObject({ atMs: 900_000, bodies: ["later"] });
  });

  it("gives what failed again after a while, and that alone", async () => {
    const queue = queueOf(({ Records }) => Records.filter(({ body }) => body === "bad").map((each) => each.messageId));
    queue.send("good");
    queue.send("bad");
    await scheduler.advance(60_000);
    expect(events.map(({ atMs, bodies }) => [atMs, ...bodies])).toEqual([
      [0, "good", "bad"],
      [5000, "bad"],
      [10_000, "bad"],
    ]);
    expect(dead).toEqual([
      { queue: "belfry-timers", id: expect.any(String), body: "bad", reason: "its function named it as failed" },
    ]);
  });

  it("gives all of a batch again when its function raises an error", async () => {
    const queue = queueOf(() => {
      throw new Error("no table");
    });
    queue.send("one");
    queue.send("two");
    await scheduler.advance(60_000);
    expect(events).toHaveLength(3);
    expect(dead.map(({ body, reason }) => [body, reason])).toEqual([
      ["one", "no table"],
      ["two", "no table"],
    ]);
  });

  it("puts messages of different traces into different events", async () => {
    const queue = queueOf();
    queue.send("a1", { traceHeader: "Root=1-a" });
    queue.send("b1", { traceHeader: "Root=1-b" });
    queue.send("a2", { traceHeader: "Root=1-a" });
    await scheduler.advance(0);
    expect(events).toMatchObject([
      { bodies: ["a1", "a2"], traceHeader: "Root=1-a" },
      { bodies: ["b1"], traceHeader: "Root=1-b" },
    ]);
  });

  it("invokes no more functions at a time than it may", async () => {
    const ends: (() => void)[] = [];
    let running = 0;
    let most = 0;
    const queue = queueOf(undefined, {
      invoke: async () => {
        most = Math.max(most, ++running);
        await new Promise<void>((resolve) => ends.push(resolve));
        running--;
        return { batchItemFailures: [] };
      },
    });
    for (let n = 1; n <= 30; n++) queue.send(`m${n}`);
    await scheduler.advance(0);
    expect(ends).toHaveLength(2);
    ends.shift()?.();
    await scheduler.advance(0);
    expect({ most, left: ends.length }).toEqual({ most: 2, left: 2 });
  });

  it("is settled when nothing can be received and nothing is under way, and stopped for good", async () => {
    const queue: LocalQueue = queueOf(({ Records }) => {
      if (Records[0]?.body === "first") queue.send("second");
      return [];
    });
    queue.send("first");
    queue.send("much later", { delayMs: 60_000 });
    await scheduler.settle(queue.settled(10_000));
    expect(events.map(({ bodies }) => bodies)).toEqual([["first"], ["second"]]);
    await queue.stop();
    await scheduler.advance(120_000);
    expect(events).toHaveLength(2);
  });
});
