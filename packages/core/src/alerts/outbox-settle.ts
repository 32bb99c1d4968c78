import type { DeliverySettings } from "../config/channels/delivery.ts";
import type { Delivery, Notification } from "../event/notification.ts";
import { fullJitterMs, type Random } from "../platform/retry.ts";
import type { TableWrite } from "../platform/table-client.ts";
import type { Channel } from "./channels/channel.ts";
import {
  deadPartition,
  deleteRow,
  insertRow,
  itemOf,
  keptUntil,
  newRow,
  type OutboxRow,
  orderOf,
  putReceipt,
  receiptKey,
  replaceRow,
  rowKey,
  saidKey,
} from "./outbox-row.ts";

/** What an attempt ends in. */
export interface Settlement {
  readonly state: "delivered" | "waiting" | "unknown" | "failed";
  /** All of them happen, or the row was not ours any more. */
  readonly writes: readonly TableWrite[];
  /** The fall-back's row; left out when the fall-back has, or had, it already. */
  readonly fallback?: { readonly channel: string; readonly writes: readonly TableWrite[] };
  /** When the row is due again; absent when it is over. */
  readonly dueMs?: number;
}

/** What an attempt's end is decided by. */
export interface SettleContext {
  readonly channel: Channel;
  readonly settings: DeliverySettings;
  readonly random: Random;
  readonly nowMs: number;
}

const BACKOFF = { baseMs: 2000, capMs: 300_000 };

/** A message that has arrived late is in a channel's history by then. */
const CHECK_AFTER_MS = 5000;

const MINUTE_MS = 60_000;

/** Decides what follows from an attempt: the row ends, waits for another attempt, or goes to the fall-back and to the dead letters. */
export function settle(row: OutboxRow, delivery: Delivery, context: SettleContext): Settlement {
  const { channel, settings, nowMs } = context;
  if (delivery.outcome === "delivered") return delivered(row, delivery.reference ?? {}, nowMs);
  const isThrottled = delivery.outcome === "retry" && delivery.throttled === true;
  const tried = { ...row, attempts: row.attempts + (isThrottled ? 0 : 1), reason: delivery.reason };
  const isOver =
    tried.attempts >= settings.maxAttempts || nowMs - row.createdMs >= settings.giveUpAfterMinutes * MINUTE_MS;
  switch (delivery.outcome) {
    case "failed":
      return giveUp(row, tried, "failed", context);
    case "unknown":
      if (isOver || !channel.canCheck || row.attempt === "force") return giveUp(row, tried, "unknown", context);
      return again(row, { ...tried, attempt: "check" }, CHECK_AFTER_MS, context);
    case "retry":
      if (isOver) return giveUp(row, tried, row.attempt === "check" ? "unknown" : "failed", context);
      return again(row, tried, delivery.afterMs ?? 0, context);
  }
}

function delivered(row: OutboxRow, reference: Readonly<Record<string, string>>, nowMs: number): Settlement {
  const { channel, notification } = row;
  const key = saidKey(notification.dedupKey, channel);
  const said = { put: { ...key, reference, order: orderOf(notification), expires: keptUntil(nowMs) } };
  return { state: "delivered", writes: [deleteRow(row), said, putReceipt(row, "delivered", "", nowMs)] };
}

function again(row: OutboxRow, next: OutboxRow, atLeastMs: number, { random, nowMs }: SettleContext): Settlement {
  const backoffMs = BACKOFF.baseMs + fullJitterMs(next.attempts, BACKOFF, random);
  const dueMs = nowMs + Math.max(atLeastMs, backoffMs);
  return { state: "waiting", writes: [replaceRow(row, { ...next, state: "pending", dueMs })], dueMs };
}

function giveUp(row: OutboxRow, tried: OutboxRow, state: "failed" | "unknown", context: SettleContext): Settlement {
  const { settings, nowMs } = context;
  const { fallback } = settings;
  const hasFallback = fallback !== undefined && !row.told.includes(fallback);
  // Without a fall-back a page too many is better than none: once, and it says so.
  if (state === "unknown" && !hasFallback && settings.onUnknown === "resend" && row.attempt !== "force") {
    return again(row, { ...tried, attempt: "force", attempts: 0, createdMs: nowMs }, 0, context);
  }
  const dead = {
    ...itemOf(tried, rowKey(row)),
    pk: deadPartition(row.channel),
    expires: keptUntil(nowMs),
    end: state,
  };
  const writes = [deleteRow(row), { put: dead }, putReceipt(row, state, tried.reason, nowMs)];
  return hasFallback
    ? { state, writes, fallback: { channel: fallback, writes: fallbackWrites(tried, fallback, state, nowMs) } }
    : { state, writes };
}

function fallbackWrites(row: OutboxRow, fallback: string, state: "failed" | "unknown", nowMs: number): TableWrite[] {
  const told = state === "failed" ? "could not be told" : "may not have been told";
  const notification: Notification = {
    ...row.notification,
    lines: [`The channel ${row.channel} ${told}: ${row.reason}`, ...row.notification.lines],
  };
  return [
    insertRow(newRow(notification, fallback, [...row.told, fallback], nowMs, row.opens)),
    { check: receiptKey(notification, fallback), condition: { exists: false } },
  ];
}
