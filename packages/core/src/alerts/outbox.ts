import type { DeliverySettings } from "../config/channels/delivery.ts";
import type { ChannelReference, Delivery, Notification } from "../event/notification.ts";
import type { Clock } from "../platform/clock.ts";
import { messageOf } from "../platform/errors.ts";
import type { Logger } from "../platform/logger.ts";
import { fullJitterMs, type Random, type Sleep } from "../platform/retry.ts";
import type { Table } from "../platform/table-client.ts";
import type { Channel } from "./channels/channel.ts";
import { type Claim, claimable, claimWrites, nextDue } from "./outbox-claim.ts";
import { type OutboxRow, openPartition, rowKey, rowOf, type Said, saidKey } from "./outbox-row.ts";
import { type Settlement, settle } from "./outbox-settle.ts";

export interface OutboxPorts {
  readonly table: Table;
  readonly clock: Clock;
  readonly random: Random;
  readonly sleep: Sleep;
  readonly logger: Logger;
  /** Gives a notification what is not stored with it, such as its signed links, before the channel of this name says it. */
  readonly complete?: (notification: Notification, channel: string) => Promise<Notification>;
}

/** That a channel's outbox is to be looked at, at a time in epoch milliseconds; to be brought about by a queue or a timer. */
export interface Wake {
  readonly channel: string;
  readonly atMs: number;
}

/** What a look at a channel's outbox came to: how many notifications ended how, and when to look again. */
export interface DrainResult {
  readonly counts: Readonly<Record<Settlement["state"], number>>;
  readonly wakes: readonly Wake[];
}

/** Far longer than an answer takes, and shorter than the hold on a row. */
const DELIVERY_TIMEOUT_MS = 60_000;

const SETTLE_TIMEOUT_MS = 10_000;

/** A look at a channel that does not work ends early, so that the sender is there for others: what is left is looked at again, behind them. */
const MAX_FAILURES_IN_A_ROW = 3;

const PAUSE = "outbox-pause";

/** For writes that say what came of an attempt: without them the attempt is of unknown outcome. */
const SETTLE_RETRY = { baseMs: 50, capMs: 1000, maxAttempts: 4 };

/**
 * Sends what a channel's outbox has to send now. Any number of senders may do so at the same time, and each may stop at any point: what it was at is taken up again
 * when its hold ends. Raises AwsCallError when the table does not answer, so that whoever called comes back.
 */
export async function drainOutbox(
  channel: Channel,
  settings: DeliverySettings,
  ports: OutboxPorts,
  signal: AbortSignal,
): Promise<DrainResult> {
  const { table, clock } = ports;
  const sender = { channel, settings, ports, signal };
  const tally: Tally = {
    counts: { delivered: 0, waiting: 0, unknown: 0, failed: 0 },
    toldInstead: new Set(),
    failuresInARow: 0,
    pausedUntilMs: await readPause(table, channel.name, signal),
  };
  let rows: readonly OutboxRow[];
  for (;;) {
    rows = (await table.query(openPartition(channel.name), "", signal)).map(rowOf);
    const claims = mayGoOn(tally, sender) ? claimable(rows, channel, clock.now()) : [];
    if (claims.length === 0) break;
    for (const claim of claims) {
      if (mayGoOn(tally, sender)) await send(claim, sender, tally);
    }
  }
  const others = [...tally.toldInstead].map((name) => ({ channel: name, atMs: clock.now() }));
  return { counts: tally.counts, wakes: [...wakesOf(rows, channel.name, tally.pausedUntilMs), ...others] };
}

function wakesOf(rows: readonly OutboxRow[], channel: string, pausedUntilMs: number): Wake[] {
  const dueMs = nextDue(rows);
  return dueMs === undefined ? [] : [{ channel, atMs: Math.max(dueMs, pausedUntilMs) }];
}

interface Sender {
  readonly channel: Channel;
  readonly settings: DeliverySettings;
  readonly ports: OutboxPorts;
  readonly signal: AbortSignal;
}

/** What has come of a look so far. */
interface Tally {
  readonly counts: Record<Settlement["state"], number>;
  readonly toldInstead: Set<string>;
  failuresInARow: number;
  pausedUntilMs: number;
}

function mayGoOn({ pausedUntilMs, failuresInARow }: Tally, { ports, signal }: Sender): boolean {
  return !signal.aborted && pausedUntilMs <= ports.clock.now() && failuresInARow < MAX_FAILURES_IN_A_ROW;
}

/** Claims, unless somebody else has, attempts, and concludes. */
async function send(claim: Claim, sender: Sender, tally: Tally): Promise<void> {
  const { ports, signal } = sender;
  // Between the claim and the attempt nothing else may fail: a claim that leads to no attempt leaves the outcome open.
  const said = await prepare(claim.claimed, ports, signal);
  if (!(await ports.table.transact(claimWrites(claim, ports.clock.now()), signal))) return;
  const delivery = await attempt(claim, said, sender);
  tally.failuresInARow = delivery.outcome === "delivered" ? 0 : tally.failuresInARow + 1;
  // What came of it is written also when there is no time for anything more.
  const concluding = { ...sender, signal: AbortSignal.timeout(SETTLE_TIMEOUT_MS) };
  tally.pausedUntilMs = Math.max(tally.pausedUntilMs, await pause(delivery, concluding));
  const { state, fallback } = await conclude(claim.claimed, delivery, concluding);
  tally.counts[state]++;
  if (fallback !== undefined) tally.toldInstead.add(fallback.channel);
}

interface Prepared {
  readonly notification: Notification;
  readonly previous: ChannelReference | undefined;
}

async function prepare(row: OutboxRow, ports: OutboxPorts, signal: AbortSignal): Promise<Prepared> {
  const previous = row.opens ? undefined : await readReference(row, ports.table, signal);
  const notification = (await ports.complete?.(row.notification, row.channel)) ?? row.notification;
  return { previous, notification: row.attempt === "force" ? repeated(notification) : notification };
}

/** One attempt; none at all where the sender before has left the outcome open, and another attempt could double it. */
async function attempt(
  { claimed, abandoned }: Claim,
  { notification, previous }: Prepared,
  { channel, ports, signal }: Sender,
): Promise<Delivery> {
  if (abandoned && !channel.canCheck) {
    return { outcome: "unknown", reason: "the sender stopped before it said what came of it" };
  }
  // Whoever comes next may be at it already.
  if (ports.clock.now() + DELIVERY_TIMEOUT_MS > claimed.dueMs) {
    return { outcome: "retry", reason: "the hold on the row had nearly ended" };
  }
  const timeout = AbortSignal.any([signal, AbortSignal.timeout(DELIVERY_TIMEOUT_MS)]);
  try {
    const delivery = await channel.deliver(notification, previous, { attempt: claimed.attempt, signal: timeout });
    // What has nothing new to be known by goes on being known as before.
    const keeps = delivery.outcome === "delivered" && delivery.reference === undefined && previous !== undefined;
    return keeps ? { ...delivery, reference: previous } : delivery;
  } catch (thrown) {
    ports.logger.error("a channel raised an error", { channel: channel.name, error: thrown });
    return { outcome: "unknown", reason: messageOf(thrown) };
  }
}

/** Writes what came of an attempt, and tells what that was. */
async function conclude(
  row: OutboxRow,
  delivery: Delivery,
  { channel, settings, ports, signal }: Sender,
): Promise<Settlement> {
  const { table, clock, random, logger } = ports;
  const settlement = settle(row, delivery, { channel, settings, random, nowMs: clock.now() });
  const { state, writes, fallback } = settlement;
  if (delivery.outcome !== "delivered") {
    const { id, incidentKey } = row.notification;
    const fields = { channel: channel.name, notification: id, incident: incidentKey, reason: delivery.reason };
    logger.warn(`a notification is ${state}`, { ...fields, fallback: fallback?.channel });
  }
  await persistently(ports, signal, async () => {
    if (await table.transact([...writes, ...(fallback?.writes ?? [])], signal)) return;
    // The fall-back has it already, from another channel. If that is not why, then the row is not ours any more, and this changes nothing either.
    if (fallback !== undefined && (await isStillThere(row, table, signal))) await table.transact(writes, signal);
  });
  return settlement;
}

async function isStillThere(row: OutboxRow, table: Table, signal: AbortSignal): Promise<boolean> {
  return (await table.get(rowKey(row), signal))?.version === row.version;
}

async function persistently(ports: OutboxPorts, signal: AbortSignal, write: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await write();
    } catch (thrown) {
      if (tries === SETTLE_RETRY.maxAttempts || signal.aborted) throw thrown;
      await ports.sleep(fullJitterMs(tries, SETTLE_RETRY, ports.random), signal);
    }
  }
}

async function readReference(
  { notification, channel }: OutboxRow,
  table: Table,
  signal: AbortSignal,
): Promise<ChannelReference | undefined> {
  const said = (await table.get(saidKey(notification.dedupKey, channel), signal)) as unknown as Said | undefined;
  return said === undefined || Object.keys(said.reference).length === 0 ? undefined : said.reference;
}

/** A channel that says when to come back is left alone until then, by all senders; epoch milliseconds, 0 when it has not said so. */
async function pause(delivery: Delivery, { channel, ports: { table, clock }, signal }: Sender): Promise<number> {
  if (delivery.outcome !== "retry" || delivery.throttled !== true || delivery.afterMs === undefined) return 0;
  const untilMs = clock.now() + delivery.afterMs;
  await table.put({ pk: PAUSE, sk: channel.name, untilMs }, {}, signal);
  return untilMs;
}

async function readPause(table: Table, channel: string, signal: AbortSignal): Promise<number> {
  const item = await table.get({ pk: PAUSE, sk: channel }, signal);
  return typeof item?.untilMs === "number" ? item.untilMs : 0;
}

function repeated(notification: Notification): Notification {
  const note = "This may be a repeat: it is not known whether an earlier message arrived.";
  return { ...notification, lines: [note, ...notification.lines] };
}
