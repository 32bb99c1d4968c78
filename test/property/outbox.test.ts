// Whatever a channel answers, however many senders there are and wherever they stop: what was decided is told in its order, once, or lies among the dead letters.
import type { Channel } from "@belfry/core/alerts/channels/channel";
import { drainOutbox } from "@belfry/core/alerts/outbox";
import { deadLetters, receiptsOf } from "@belfry/core/alerts/outbox-dead";
import { outboxWrites } from "@belfry/core/alerts/outbox-row";
import { Channels } from "@belfry/core/config/channels/schema";
import type { Delivery, Notification } from "@belfry/core/event/notification";
import { createLogger } from "@belfry/core/platform/logger";
import type { Table } from "@belfry/core/platform/table-client";
import fc from "fast-check";
import { expect, it } from "vitest";
import { memoryTable } from "../support/memory-table.ts";
import { NOW_MS, notificationOf } from "../support/notifications.ts";
import { Turns } from "../support/turns.ts";

const logger = createLogger({ level: "off" });
const signal = new AbortController().signal;
const MAX_LOOKS = 60;

/** What the channel does, one after the other; then it works. */
type Mood =
  | "ok"
  | "throttled"
  | "error"
  | "refused"
  | "taken, no answer"
  | "not taken, no answer"
  | "crash before"
  | "crash after";

const mood = fc.constantFrom<Mood>(
  "ok",
  "throttled",
  "error",
  "refused",
  "taken, no answer",
  "not taken, no answer",
  "crash before",
  "crash after",
);

const world = fc.record({
  moods: fc.array(mood, { maxLength: 25 }),
  tableErrors: fc.array(fc.nat({ max: 150 }), { maxLength: 8 }),
  incidents: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
  senders: fc.integer({ min: 1, max: 3 }),
  canCheck: fc.boolean(),
  chances: fc.array(fc.integer({ min: 0, max: 999 }), { minLength: 20, maxLength: 60 }),
});

type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

class Crash extends Error {}

/** A channel that knows a notification again, or not, and keeps what people have seen. */
class MoodyChannel implements Channel {
  readonly name = "moody";
  readonly canCheck: boolean;
  readonly seen: Notification[] = [];
  readonly #moods: Mood[];
  readonly #turns: Turns;

  constructor({ canCheck, moods }: World, turns: Turns) {
    this.canCheck = canCheck;
    this.#moods = [...moods];
    this.#turns = turns;
  }

  deliver: Channel["deliver"] = async (notification, _previous, { attempt }): Promise<Delivery> => {
    await this.#turns.next();
    const now = this.#moods.shift() ?? "ok";
    if (now === "crash before") throw new Crash();
    if (now === "throttled") return { outcome: "retry", throttled: true, reason: now, afterMs: 3000 };
    if (now === "error") return { outcome: "retry", reason: now };
    if (now === "refused") return { outcome: "failed", reason: now };
    if (now === "not taken, no answer") return { outcome: "unknown", reason: now };
    const isThere = this.seen.some(({ id }) => id === notification.id);
    if (!(attempt === "check" && isThere)) this.seen.push(notification);
    await this.#turns.next();
    if (now === "crash after") throw new Crash();
    return now === "ok" ? { outcome: "delivered" } : { outcome: "unknown", reason: now };
  };
}

it("tells each notification once and in order, or keeps it among the dead letters", { timeout: 120_000 }, async () => {
  await fc.assert(fc.asyncProperty(world, play), { numRuns: 300 });
});

async function play(given: World): Promise<void> {
  let drawn = 0;
  const turns = new Turns(NOW_MS, () => (given.chances[drawn++ % given.chances.length] ?? 0) / 1000);
  // A sender may stop anywhere, but does not stand still for longer than its hold lasts and then go on.
  turns.isSteady = true;
  const memory = memoryTable();
  const channel = new MoodyChannel(given, turns);
  const notifications = given.incidents.flatMap((count, incident) =>
    Array.from({ length: count }, (_, sequence) => {
      const isLast = sequence === count - 1 && count > 1;
      const kind = sequence === 0 ? "opened" : isLast ? "resolved" : "updated";
      return notificationOf({ key: `incident ${incident}`, kind, status: isLast ? "resolved" : "open" }, sequence);
    }),
  );
  const settings = Channels.parse({ moody: { type: "inbox", onUnknown: "hold" } }).moody;
  if (settings === undefined) throw new Error("no settings");
  const sender = async (): Promise<void> => {
    const process = { crashed: false };
    const table = troubled(memory, process, given, turns);
    for (let look = 0; look < MAX_LOOKS; look++) {
      await turns.sleep(30_000);
      process.crashed = false;
      const ports = {
        table,
        clock: { now: () => turns.nowMs },
        random: () => 0.5,
        sleep: (ms: number) => turns.sleep(ms),
        logger,
      };
      await drainOutbox(crashing(channel, process), settings, ports, signal).catch(ignoreCrash);
    }
  };
  const writer = async (): Promise<void> => {
    for (const notification of notifications) {
      await turns.sleep(1000);
      await memory.transact(outboxWrites(notification, ["moody"], turns.nowMs), signal);
    }
  };
  await turns.run([writer(), ...Array.from({ length: given.senders }, sender)]);
  await judge(given, notifications, channel, memory);
}

async function judge(given: World, notifications: readonly Notification[], channel: MoodyChannel, table: Table) {
  expect(await table.query("outbox#moody", "", signal)).toEqual([]);
  const dead = (await deadLetters(table, "moody", signal)).map(({ row }) => row.notification.id);
  for (const incident of Map.groupBy(notifications, ({ dedupKey }) => dedupKey).values()) {
    const seen = channel.seen
      .filter(({ dedupKey }) => dedupKey === incident[0]?.dedupKey)
      .map(({ sequence }) => sequence);
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
    // The last word is said, or somebody can find that it was not.
    const last = incident.at(-1) as Notification;
    expect(seen.at(-1) === last.sequence || dead.includes(last.id)).toBe(true);
    const receipts = await receiptsOf(table, last.dedupKey, signal);
    expect(receipts.map(({ sequence }) => sequence)).toEqual(incident.map(({ sequence }) => sequence));
    expect(receipts.every(({ state, sequence }) => state !== "delivered" || seen.includes(sequence))).toBe(true);
  }
  if (given.moods.every((now) => now === "ok") && given.tableErrors.length === 0) expect(dead).toEqual([]);
}

interface Process {
  crashed: boolean;
}

/** A crash stops the sender where it is: it neither reads an answer nor writes one. */
function crashing(channel: MoodyChannel, process: Process): Channel {
  return {
    name: channel.name,
    canCheck: channel.canCheck,
    deliver: async (...args) => {
      try {
        return await channel.deliver(...args);
      } catch (thrown) {
        if (!(thrown instanceof Crash)) throw thrown;
        process.crashed = true;
        return { outcome: "unknown", reason: "nobody reads this" };
      }
    },
  };
}

function troubled(table: Table, process: Process, given: World, turns: Turns): Table {
  let calls = 0;
  const call = async <T>(work: () => Promise<T>): Promise<T> => {
    if (process.crashed) throw new Crash();
    await turns.next();
    // An answer that is lost on its way: what was asked for has happened.
    const answer = await work();
    if (given.tableErrors.includes(calls++)) throw new Error("no answer from the table");
    return answer;
  };
  return {
    get: (...args) => call(() => table.get(...args)),
    query: (...args) => call(() => table.query(...args)),
    queryTo: (...args) => call(() => table.queryTo(...args)),
    put: (...args) => call(() => table.put(...args)),
    update: (...args) => call(() => table.update(...args)),
    delete: (...args) => call(() => table.delete(...args)),
    transact: (...args) => call(() => table.transact(...args)),
  };
}

function ignoreCrash(thrown: unknown): void {
  const isExpected =
    thrown instanceof Crash || (thrown instanceof Error && thrown.message === "no answer from the table");
  if (!isExpected) throw thrown;
}
