// Whatever stops a process between the receipt of an alert and its delivery, each channel tells it once.
import type { Channel } from "@belfry/core/alerts/channels/channel";
import { inboxChannel, readInbox } from "@belfry/core/alerts/channels/inbox";
import { openChannel } from "@belfry/core/alerts/channels/open-channel";
import { drainOutbox, type OutboxPorts } from "@belfry/core/alerts/outbox";
import { deadLetters, receiptsOf, redrive } from "@belfry/core/alerts/outbox-dead";
import { outboxWrites } from "@belfry/core/alerts/outbox-row";
import { type ChannelConfig, Channels } from "@belfry/core/config/channels/schema";
import type { Notification } from "@belfry/core/event/notification";
import { httpSender, type SendHttp } from "@belfry/core/platform/http";
import { createLogger } from "@belfry/core/platform/logger";
import { cachedSecrets } from "@belfry/core/platform/secrets-client";
import type { Table } from "@belfry/core/platform/table-client";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type FakePagerDuty,
  type FakeReceiver,
  type FakeSlack,
  fakePagerDuty,
  fakeReceiver,
  fakeSlack,
  ROUTING_KEY,
  SIGNING_SECRET,
  SLACK_TOKEN,
} from "../support/fake-channels.ts";
import { type MemoryTable, memoryTable } from "../support/memory-table.ts";
import { NOW_MS, notificationOf } from "../support/notifications.ts";

const signal = new AbortController().signal;
const logger = createLogger({ level: "off" });
const LEASE_AND_MORE_MS = 10 * 60_000;

let slack: FakeSlack;
let pagerDuty: FakePagerDuty;
let receiver: FakeReceiver;
let table: MemoryTable;
let nowMs: number;

beforeAll(async () => {
  [slack, pagerDuty, receiver] = await Promise.all([fakeSlack(), fakePagerDuty(), fakeReceiver()]);
});
afterAll(() => Promise.all([slack, pagerDuty, receiver].map((service) => service.close())));
beforeEach(() => {
  table = memoryTable();
  nowMs = NOW_MS;
});
afterEach(() => {
  for (const list of [slack.posts, slack.requests, pagerDuty.log, receiver.taken]) list.length = 0;
  slack.errors.clear();
});

class Killed extends Error {}

/** Counts the calls of a process's ports, and stops it for good before, or right after, one of them. */
class Process {
  readonly calls: string[] = [];
  readonly #at: number;
  readonly #after: boolean;
  #dead = false;

  constructor(at = Number.POSITIVE_INFINITY, after = false) {
    this.#at = at;
    this.#after = after;
  }

  async call<T>(name: string, work: () => Promise<T>): Promise<T> {
    const number = this.calls.push(name);
    if (number === this.#at && !this.#after) this.#dead = true;
    if (this.#dead) throw new Killed(name);
    const answer = await work();
    if (number === this.#at) this.#dead = true;
    if (this.#dead) throw new Killed(name);
    return answer;
  }

  table(): Table {
    return {
      get: (...args) => this.call("get", () => table.get(...args)),
      query: (...args) => this.call("query", () => table.query(...args)),
      queryTo: (...args) => this.call("queryTo", () => table.queryTo(...args)),
      put: (...args) => this.call("put", () => table.put(...args)),
      update: (...args) => this.call("update", () => table.update(...args)),
      delete: (...args) => this.call("delete", () => table.delete(...args)),
      transact: (...args) => this.call("transact", () => table.transact(...args)),
    };
  }

  sendTo = (origin: URL): SendHttp => {
    const send = httpSender(origin, { timeoutMs: 2000 });
    return (request, to) => this.call(`send ${request.path}`, () => send(request, to));
  };
}

const CONFIG = () => ({
  slack: { type: "slack", token: "env:SLACK", channel: "C024BE91L", endpoint: slack.url },
  pager: { type: "pagerduty", routingKey: "env:PD", endpoint: pagerDuty.url },
  hook: { type: "webhook", url: receiver.url, signingSecret: "env:SIGN" },
  inbox: { type: "inbox" },
});

const SECRETS: Readonly<Record<string, string>> = {
  "env:SLACK": SLACK_TOKEN,
  "env:PD": ROUTING_KEY,
  "env:SIGN": SIGNING_SECRET,
};

function portsOf(process: Process): OutboxPorts {
  return {
    table: process.table(),
    clock: { now: () => nowMs },
    random: () => 0.5,
    sleep: async () => undefined,
    logger,
  };
}

function channelOf(process: Process, name: string, config: ChannelConfig): Channel {
  const clock = { now: () => nowMs };
  const none = () => async () => "";
  return openChannel(name, config, {
    clock,
    table: process.table(),
    sendTo: process.sendTo,
    secrets: cachedSecrets((reference) => process.call("secret", async () => SECRETS[reference] ?? ""), clock),
    mailer: none,
    publisher: none,
  });
}

/** What stands for the engine: the state says that the alert is known, and the rows are written with it. */
async function receive(notification: Notification, process: Process): Promise<void> {
  const ports = process.table();
  const state = { pk: "incident", sk: notification.id, known: true };
  if ((await ports.get(state, signal)) !== undefined) return;
  const rows = outboxWrites(notification, Object.keys(CONFIG()), nowMs);
  await ports.transact([{ put: state, condition: { exists: false } }, ...rows], signal);
}

/** One process from the receipt to the delivery on all channels. */
async function run(notifications: readonly Notification[], process: Process): Promise<number> {
  for (const notification of notifications) await receive(notification, process);
  const config = Channels.parse(CONFIG());
  const wakes: number[] = [];
  for (const [name, settings] of Object.entries(config)) {
    const channel = channelOf(process, name, settings);
    const result = await drainOutbox(channel, settings, portsOf(process), signal);
    wakes.push(...result.wakes.map(({ atMs }) => atMs));
  }
  return wakes.length === 0 ? 0 : Math.min(...wakes);
}

/** A process that may be killed, and then, as the queue brings the alert again, others until nothing is left to do. */
async function survive(notifications: readonly Notification[], first: Process): Promise<boolean> {
  const killed = await run(notifications, first).then(
    () => false,
    (thrown) => {
      if (!(thrown instanceof Killed)) throw thrown;
      return true;
    },
  );
  for (let turn = 0; turn < 20; turn++) {
    nowMs += LEASE_AND_MORE_MS;
    if ((await run(notifications, new Process())) === 0) return killed;
  }
  throw new Error("the outbox never gets empty");
}

const opened = notificationOf();
const resolved = notificationOf({ kind: "resolved", status: "resolved" }, 1);

async function callsOf(notifications: readonly Notification[]): Promise<string[]> {
  const process = new Process();
  await run(notifications, process);
  return process.calls;
}

function expectOneOfEach(): void {
  expect(slack.posts.map(({ thread_ts }) => thread_ts === undefined)).toEqual([true]);
  expect(pagerDuty.log.map(({ what }) => what)).toEqual(["opened"]);
  expect(receiver.taken).toHaveLength(1);
  pagerDuty.log.length = 0;
}

describe("a process that is killed", () => {
  it("at every call, before it or right after it, from the receipt on: each channel tells the page once", async () => {
    // Another key for each run: PagerDuty goes on knowing the incidents.
    const one = (at: string) => notificationOf({ key: `kill ${at}` });
    const calls = await callsOf([one("none")]);
    expectOneOfEach();
    expect(calls.filter((name) => name === "transact").length).toBeGreaterThan(8);
    expect(calls).toEqual(expect.arrayContaining(["send /chat.postMessage", "send /v2/enqueue", "send /", "secret"]));
    for (const after of [false, true]) {
      for (let at = 1; at <= calls.length; at++) {
        table.items.clear();
        slack.posts.length = 0;
        receiver.taken.length = 0;
        nowMs = NOW_MS;
        const notification = one(`${at} ${after}`);
        expect(await survive([notification], new Process(at, after)), `${at} ${calls[at - 1]}`).toBe(true);
        expectOneOfEach();
        expect(await readInbox(table, "", signal)).toHaveLength(1);
        const receipts = await receiptsOf(table, notification.dedupKey, signal);
        expect(receipts.map(({ state }) => state)).toEqual(["delivered", "delivered", "delivered", "delivered"]);
      }
    }
  });

  it("while an end is told: the message is edited, and each reply is there once", async () => {
    await run([opened], new Process());
    const before = new Map(table.items);
    const posts = structuredClone(slack.posts);
    const calls = await callsOf([resolved]);
    for (const after of [false, true]) {
      for (let at = 1; at <= calls.length; at++) {
        table.items.clear();
        for (const [key, item] of before) table.items.set(key, item);
        slack.posts.splice(0, slack.posts.length, ...structuredClone(posts));
        nowMs = NOW_MS;
        await survive([resolved], new Process(at, after));
        expect(slack.posts, `${at} ${calls[at - 1]}`).toHaveLength(2);
        expect(slack.posts[0]?.text).toMatch(/Resolved/);
        expect(slack.posts[1]).toMatchObject({
          thread_ts: slack.posts[0]?.ts,
          text: expect.stringMatching(/^Resolved/),
        });
      }
    }
    expect(pagerDuty.log.map(({ what }) => what)).toEqual(["opened", "resolved"]);
  });
});

it("tells a channel that cannot look at most once, and its fall-back where that may have been not at all", async () => {
  const settings = Channels.parse({
    teams: { type: "teams", url: "env:T", fallback: "inbox" },
    inbox: { type: "inbox" },
  });
  const ends: string[] = [];
  const drain = async (process: Process) => {
    const tell = async () => {
      ends.push("teams");
      return { outcome: "delivered" } as const;
    };
    const teams = { name: "teams", canCheck: false, deliver: () => process.call("deliver", tell) };
    await drainOutbox(teams, settings.teams as ChannelConfig, portsOf(process), signal);
    const inbox = channelOf(process, "inbox", settings.inbox as ChannelConfig);
    await drainOutbox(inbox, settings.inbox as ChannelConfig, portsOf(process), signal);
  };
  const counting = new Process();
  await table.transact(outboxWrites(opened, ["teams"], nowMs), signal);
  await drain(counting);
  for (const after of [false, true]) {
    for (let at = 1; at <= counting.calls.length; at++) {
      table.items.clear();
      ends.length = 0;
      await table.transact(outboxWrites(opened, ["teams"], nowMs), signal);
      await expect(drain(new Process(at, after))).rejects.toBeInstanceOf(Killed);
      nowMs += LEASE_AND_MORE_MS;
      await drain(new Process());
      const told = ends.length + (await readInbox(table, "", signal)).length;
      expect(ends.length, `${at}`).toBeLessThanOrEqual(1);
      expect(told, `${at}`).toBeGreaterThanOrEqual(1);
    }
  }
});

describe("an outbox", () => {
  it("makes one message of a thousand notifications of a group in a second, and edits it", async () => {
    const process = new Process();
    for (let sequence = 0; sequence < 1000; sequence++) {
      const kind = sequence === 0 ? "opened" : "updated";
      nowMs = NOW_MS + sequence;
      await receive(notificationOf({ key: "group of a thousand", kind }, sequence), process);
      if (sequence === 0) await run([], process);
    }
    await run([], process);
    const messages = slack.posts.filter(({ thread_ts }) => thread_ts === undefined);
    expect(messages).toHaveLength(1);
    // A reply for each forty that were merged.
    expect(slack.posts.length).toBeLessThan(30);
    expect(pagerDuty.log.map(({ what }) => what)).toEqual(["opened"]);
    const receipts = await receiptsOf(table, notificationOf({ key: "group of a thousand" }).dedupKey, signal);
    expect(receipts).toHaveLength(4000);
    expect(receipts.filter(({ state }) => state !== "superseded" && state !== "delivered")).toEqual([]);
  });

  it("loses nothing of many incidents to a channel that is slowed down again and again", async () => {
    const many = Array.from({ length: 30 }, (_, at) => notificationOf({ key: `throttled ${at}` }));
    const process = new Process();
    for (const notification of many) await receive(notification, process);
    for (let turn = 0; turn < 100; turn++) {
      // Two messages pass, the third is refused.
      slack.faults.length = 0;
      for (let at = 0; at < 60; at++) slack.faults.push(...([undefined, undefined, "429"] as never[]));
      const next = await run([], process);
      if (next === 0) break;
      nowMs = Math.max(nowMs, next);
    }
    slack.faults.length = 0;
    expect(new Set(slack.posts.map(({ text }) => text)).size).toBe(1);
    expect(slack.posts).toHaveLength(30);
    expect(await deadLetters(table, "slack", signal)).toEqual([]);
    // Who was told to wait has waited: a refusal for every two that passed, and no more.
    expect(slack.requests.length).toBeLessThanOrEqual(46);
  });

  it("gives dead letters another chance, but not those that are out of date", async () => {
    slack.errors.set("chat.postMessage", { error: "not_in_channel" });
    const process = new Process();
    const [early, late] = [notificationOf({ key: "early" }), notificationOf({ key: "late" })];
    await run([early, late], process);
    expect(await deadLetters(table, "slack", signal)).toHaveLength(2);
    slack.errors.clear();
    await run([notificationOf({ key: "early", kind: "resolved", status: "resolved" }, 1)], process);
    expect(slack.posts).toHaveLength(1);
    expect(await redrive(table, "slack", nowMs, signal)).toBe(1);
    await run([], process);
    expect(slack.posts).toHaveLength(2);
    expect(await deadLetters(table, "slack", signal)).toEqual([]);
    expect((await receiptsOf(table, early.dedupKey, signal)).find(({ channel }) => channel === "slack")).toMatchObject({
      state: "superseded",
    });
  });

  it("keeps an inbox that can be read by day", async () => {
    const inbox = inboxChannel("inbox", table);
    await inbox.deliver(opened, undefined, { attempt: "first", signal });
    await inbox.deliver(opened, undefined, { attempt: "check", signal });
    expect(await readInbox(table, "2026-11-22", signal)).toEqual([opened]);
    expect(await readInbox(table, "2026-11-23", signal)).toEqual([]);
  });
});
