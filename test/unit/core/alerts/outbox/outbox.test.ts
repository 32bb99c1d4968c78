import type { Channel } from "@belfry/core/alerts/channels/channel";
import { drainOutbox } from "@belfry/core/alerts/outbox";
import { claimable, LEASE_MS, nextDue } from "@belfry/core/alerts/outbox-claim";
import { deadLetters, receiptsOf, redrive } from "@belfry/core/alerts/outbox-dead";
import { newRow, type OutboxRow, outboxWrites } from "@belfry/core/alerts/outbox-row";
import { settle } from "@belfry/core/alerts/outbox-settle";
import { Channels } from "@belfry/core/config/channels/schema";
import type { Delivery, Notification } from "@belfry/core/event/notification";
import { createLogger } from "@belfry/core/platform/logger";
import { beforeEach, describe, expect, it } from "vitest";
import { type MemoryTable, memoryTable } from "../../../../support/memory-table.ts";
import { NOW_MS, notificationOf } from "../../../../support/notifications.ts";

const signal = new AbortController().signal;
const MINUTE_MS = 60_000;

function channelThat(canCheck: boolean, deliver: Channel["deliver"] = async () => ({ outcome: "delivered" })): Channel {
  return { name: "ops", canCheck, deliver };
}

function settings(changes: object = {}) {
  const channels = Channels.parse({ ops: { type: "inbox", ...changes }, mail: { type: "inbox" } });
  if (channels.ops === undefined) throw new Error("no settings");
  return channels.ops;
}

const rowOf = (sequence: number, changes: Parameters<typeof notificationOf>[0] = {}, row: Partial<OutboxRow> = {}) => ({
  ...newRow(
    notificationOf({ kind: sequence === 0 ? "opened" : "updated", ...changes }, sequence),
    "ops",
    ["ops"],
    NOW_MS,
  ),
  ...row,
});

describe("what can be sent", () => {
  const channel = channelThat(true);
  const claims = (...rows: OutboxRow[]) => claimable(rows, channel, NOW_MS);

  it("is one message for all that waits of an incident, the last with what it is for", () => {
    const [claim] = claims(rowOf(0), rowOf(1), rowOf(2, { status: "acknowledged" }));
    expect(claim?.rows).toHaveLength(3);
    expect(claim?.claimed).toMatchObject({
      opens: true,
      notification: { sequence: 2, kind: "opened", status: "acknowledged" },
    });
    expect(claim?.claimed.dueMs).toBe(NOW_MS + LEASE_MS);
  });

  it("is an end and no more of what has ended before it was told", () => {
    const [claim] = claims(rowOf(0), rowOf(1, { kind: "resolved", status: "resolved" }), rowOf(2, { kind: "opened" }));
    expect(claim?.rows).toHaveLength(2);
    expect(claim?.claimed).toMatchObject({ opens: true, notification: { kind: "resolved" } });
  });

  it("does not put a new beginning into the message of what was before", () => {
    const [claim] = claims(rowOf(3), rowOf(4, { kind: "opened" }));
    expect(claim?.rows).toHaveLength(1);
  });

  it("keeps to the order of an incident: nothing passes what is under way, waits, or may have arrived", () => {
    const later = { dueMs: NOW_MS + 1 };
    expect(claims(rowOf(0, {}, { state: "claimed", ...later }), rowOf(1))).toEqual([]);
    expect(claims(rowOf(0, {}, later), rowOf(1))).toEqual([]);
    expect(claims(rowOf(0, {}, { attempt: "check" }), rowOf(1))[0]?.rows).toHaveLength(1);
    expect(nextDue([rowOf(0, {}, later), rowOf(1)])).toBe(NOW_MS + 1);
    expect(nextDue([])).toBeUndefined();
  });

  it("takes up again what somebody left, to check it and alone", () => {
    const left = rowOf(0, {}, { state: "claimed", attempts: 1 });
    expect(claims(left, rowOf(1))).toMatchObject([{ abandoned: true, claimed: { attempt: "check", attempts: 2 } }]);
  });

  it("is the oldest first", () => {
    const young = rowOf(0, { key: "young" }, { createdMs: NOW_MS });
    const old = rowOf(0, { key: "old" }, { createdMs: NOW_MS - 1 });
    expect(claims(young, old).map(({ claimed }) => claimed.notification.incidentKey)).toEqual(["old", "young"]);
  });
});

describe("what follows", () => {
  const context = (canCheck: boolean, changes: object = {}) => ({
    channel: channelThat(canCheck),
    settings: settings(changes),
    random: () => 0,
    nowMs: NOW_MS + MINUTE_MS,
  });
  const unknown: Delivery = { outcome: "unknown", reason: "no answer" };
  const put = (settlement: ReturnType<typeof settle>) =>
    settlement.writes.flatMap((write) => ("put" in write ? [write.put] : []));

  it("from being told to slow down: a later attempt that does not count", () => {
    const delivery: Delivery = { outcome: "retry", throttled: true, reason: "429", afterMs: 90_000 };
    const settlement = settle(rowOf(0), delivery, context(true));
    expect(settlement).toMatchObject({ state: "waiting", dueMs: NOW_MS + MINUTE_MS + 90_000 });
    expect(put(settlement)).toMatchObject([{ state: "pending", attempts: 0, attempt: "first", version: 1 }]);
  });

  it("from the last failure: the fall-back, which says why", () => {
    const row = rowOf(0, {}, { attempts: 5 });
    const settlement = settle(row, { outcome: "retry", reason: "503" }, context(true, { fallback: "mail" }));
    expect(settlement).toMatchObject({ state: "failed", fallback: { channel: "mail" } });
    expect(settlement.fallback?.writes[0]).toMatchObject({
      put: {
        pk: "outbox#mail",
        told: ["ops", "mail"],
        notification: { lines: ["The channel ops could not be told: 503", expect.any(String)] },
      },
    });
  });

  it("from failing for long, however seldom", () => {
    const row = rowOf(0, {}, { createdMs: NOW_MS - 60 * MINUTE_MS });
    expect(settle(row, { outcome: "retry", throttled: true, reason: "429" }, context(true)).state).toBe("failed");
  });

  it("no fall-back that says it already", () => {
    const row = rowOf(0, {}, { told: ["ops", "mail"] });
    const settlement = settle(row, { outcome: "failed", reason: "404" }, context(true, { fallback: "mail" }));
    expect(settlement).toMatchObject({ state: "failed" });
    expect(settlement.fallback).toBeUndefined();
    expect(put(settlement)[0]).toMatchObject({ pk: "outbox-dead#ops", end: "failed" });
  });

  it("from an outcome that is not known: a look, a fall-back, a repeat, or nothing", () => {
    expect(put(settle(rowOf(0), unknown, context(true)))).toMatchObject([{ attempt: "check" }]);
    expect(settle(rowOf(0), unknown, context(false, { fallback: "mail" }))).toMatchObject({
      fallback: { channel: "mail" },
    });
    expect(put(settle(rowOf(0), unknown, context(false)))).toMatchObject([{ attempt: "force", state: "pending" }]);
    expect(settle(rowOf(0), unknown, context(false, { onUnknown: "hold" })).state).toBe("unknown");
    expect(settle(rowOf(0, {}, { attempt: "force" }), unknown, context(false)).state).toBe("unknown");
  });
});

describe("a look at the outbox", () => {
  let table: MemoryTable;
  let entries: string[];
  let nowMs: number;
  beforeEach(() => {
    table = memoryTable();
    entries = [];
    nowMs = NOW_MS;
  });
  const ports = () => ({
    table,
    clock: { now: () => nowMs },
    random: () => 0,
    sleep: async () => undefined,
    logger: createLogger({ write: (line) => void entries.push(line) }),
  });
  const write = (notification: Notification) => table.transact(outboxWrites(notification, ["ops"], nowMs), signal);

  it("is refused for a notification that is there already", async () => {
    expect(await write(notificationOf())).toBe(true);
    expect(await write(notificationOf())).toBe(false);
  });

  it("completes a notification before it is said, and stores nothing of that", async () => {
    const said: Notification[] = [];
    const channel = channelThat(true, async (notification) => {
      said.push(notification);
      return { outcome: "delivered", reference: { ts: "1" } };
    });
    await write(notificationOf());
    const complete = async (notification: Notification, name: string) => ({
      ...notification,
      lines: [`signed for ${name}`],
    });
    const result = await drainOutbox(channel, settings(), { ...ports(), complete }, signal);
    expect(said[0]?.lines).toEqual(["signed for ops"]);
    expect(result).toEqual({ counts: { delivered: 1, waiting: 0, unknown: 0, failed: 0 }, wakes: [] });
    expect(JSON.stringify([...table.items.values()])).not.toContain("signed for");
  });

  it("gives the reference of the last delivery, but none to a new beginning", async () => {
    const previous: unknown[] = [];
    const channel = channelThat(true, async (_, reference) => {
      previous.push(reference);
      return { outcome: "delivered", reference: { ts: String(previous.length) } };
    });
    for (const [sequence, kind] of (["opened", "updated", "resolved", "opened"] as const).entries()) {
      await write(notificationOf({ kind }, sequence));
      await drainOutbox(channel, settings(), ports(), signal);
    }
    expect(previous).toEqual([undefined, { ts: "1" }, { ts: "2" }, undefined]);
    const receipts = await receiptsOf(table, notificationOf().dedupKey, signal);
    expect(receipts.map(({ sequence, state }) => [sequence, state])).toEqual(
      [0, 1, 2, 3].map((at) => [at, "delivered"]),
    );
  });

  it("leaves a channel that does not work after three failures, and what waits is looked at again at once", async () => {
    let tried = 0;
    const channel = channelThat(false, async () => {
      tried++;
      return { outcome: "retry", reason: "503" };
    });
    for (let incident = 0; incident < 5; incident++) {
      await write({ ...notificationOf({ kind: "opened" }), dedupKey: `incident-${incident}`, id: `n-${incident}` });
    }
    const { counts, wakes } = await drainOutbox(channel, settings(), ports(), signal);
    expect([tried, counts.waiting]).toEqual([3, 3]);
    expect(wakes).toEqual([{ channel: "ops", atMs: NOW_MS }]);
    expect((await drainOutbox(channel, settings(), ports(), signal)).counts.waiting).toBe(2);
  });

  it("goes on from the reference before where a delivery gives none", async () => {
    const previous: unknown[] = [];
    const channel = channelThat(true, async ({ sequence }, reference) => {
      previous.push(reference);
      return { outcome: "delivered", ...(sequence === 0 ? { reference: { ts: "1" } } : {}) };
    });
    for (const sequence of [0, 1, 2]) {
      await write(notificationOf({ kind: sequence === 0 ? "opened" : "updated" }, sequence));
      await drainOutbox(channel, settings(), ports(), signal);
    }
    expect(previous).toEqual([undefined, { ts: "1" }, { ts: "1" }]);
  });

  it("tells apart an incident and the same one come back, whose sequence begins again", async () => {
    const ids: string[] = [];
    const channel = channelThat(true, async ({ id }) => {
      ids.push(id);
      return { outcome: "delivered" };
    });
    await write(notificationOf({ kind: "resolved", status: "resolved" }, 7));
    expect(await write(notificationOf({ at: NOW_MS + 1 }, 0))).toBe(true);
    await drainOutbox(channel, settings(), ports(), signal);
    expect(ids).toEqual([notificationOf({}, 7).id, notificationOf({ at: NOW_MS + 1 }, 0).id]);
    expect(new Set(ids).size).toBe(2);
  });

  it("leaves a channel alone as long as it wants, whoever looks", async () => {
    let calls = 0;
    const channel = channelThat(true, async () => {
      calls++;
      return { outcome: "retry", throttled: true, reason: "429", afterMs: 30_000 };
    });
    await write(notificationOf());
    await write(notificationOf({ key: "other" }));
    const { wakes } = await drainOutbox(channel, settings(), ports(), signal);
    expect(wakes).toEqual([{ channel: "ops", atMs: NOW_MS + 30_000 }]);
    nowMs += 29_999;
    await drainOutbox(channel, settings(), ports(), signal);
    expect(calls).toBe(1);
    nowMs++;
    await drainOutbox(channel, settings(), ports(), signal);
    expect(calls).toBe(2);
  });

  it("tells the fall-back once what two channels could not say", async () => {
    const told = { fallback: "mail" };
    await table.transact(outboxWrites(notificationOf(), ["ops", "chat"], nowMs), signal);
    const broken = async (): Promise<Delivery> => ({ outcome: "failed", reason: "gone" });
    const first = await drainOutbox(channelThat(true, broken), settings(told), ports(), signal);
    expect(first.wakes).toEqual([{ channel: "mail", atMs: NOW_MS }]);
    await drainOutbox({ ...channelThat(true, broken), name: "chat" }, settings(told), ports(), signal);
    expect([...table.items.values()].filter(({ pk }) => pk === "outbox#mail")).toHaveLength(1);
    expect([...table.items.values()].filter(({ pk }) => String(pk).startsWith("outbox-dead#"))).toHaveLength(2);
  });

  it("survives a channel that raises an error, and takes the outcome for unknown", async () => {
    const channel = channelThat(false, async () => {
      throw new TypeError("a mistake");
    });
    await write(notificationOf());
    const { counts } = await drainOutbox(channel, settings({ onUnknown: "hold" }), ports(), signal);
    expect(counts.unknown).toBe(1);
    expect(entries.join()).toContain("a mistake");
    expect(await deadLetters(table, "ops", signal)).toMatchObject([{ end: "unknown", row: { reason: "a mistake" } }]);
    expect(await redrive(table, "ops", nowMs, signal)).toBe(1);
    const attempts: string[] = [];
    const works = channelThat(false, async (_, __, { attempt }) => {
      attempts.push(attempt);
      return { outcome: "delivered" };
    });
    await drainOutbox(works, settings(), ports(), signal);
    expect(attempts).toEqual(["force"]);
  });

  it("starts nothing when there is no time left", async () => {
    await write(notificationOf());
    const aborted = AbortSignal.abort();
    const { counts, wakes } = await drainOutbox(channelThat(true), settings(), ports(), aborted);
    expect(counts.delivered).toBe(0);
    expect(wakes).toEqual([{ channel: "ops", atMs: NOW_MS }]);
  });

  it("writes what came of an attempt though the table does not answer at once", async () => {
    await write(notificationOf());
    let failures = 0;
    const flaky = {
      ...table,
      transact: async (...args: Parameters<typeof table.transact>) => {
        if (args[0].length === 3 && failures++ < 2) throw new Error("no answer");
        return table.transact(...args);
      },
    };
    const { counts } = await drainOutbox(channelThat(false), settings(), { ...ports(), table: flaky }, signal);
    expect([counts.delivered, failures]).toEqual([1, 3]);
    expect(await table.query("outbox#ops", "", signal)).toEqual([]);
  });
});
