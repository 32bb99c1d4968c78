import type { ChannelReference, Notification, NotificationKind } from "../event/notification.ts";
import type { TableCondition, TableItem, TableKey, TableWrite } from "../platform/table-client.ts";
import type { Attempt } from "./channels/channel.ts";

/** A notification that one channel still has to say. */
export interface OutboxRow {
  readonly channel: string;
  readonly notification: Notification;
  /** Begins anew on the channel, whatever was said there of the incident before. */
  readonly opens: boolean;
  readonly state: "pending" | "claimed";
  /** What the next attempt has to mind. */
  readonly attempt: Attempt;
  /** Failures so far; being told to slow down is none. */
  readonly attempts: number;
  /** Epoch milliseconds: not before it, while it is pending; the end of the hold on it, while it is claimed. */
  readonly dueMs: number;
  readonly createdMs: number;
  /** Grows with every write; a write by someone who has missed one does not happen. */
  readonly version: number;
  /** The channels that say this notification too, and those that could not: none of them is its fall-back. */
  readonly told: readonly string[];
  /** Why the last attempt did not succeed; empty before. */
  readonly reason: string;
}

/** How a notification ended on a channel; superseded by a later one that said its part too. */
export type ReceiptState = "delivered" | "unknown" | "failed" | "superseded";

/** What became of a notification on a channel. */
export interface Receipt {
  readonly channel: string;
  /** The notification's id and sequence. */
  readonly id: string;
  readonly sequence: number;
  /** As it was said: what stands for several says the most of them. */
  readonly kind: NotificationKind;
  readonly state: ReceiptState;
  readonly reason: string;
  readonly atMs: number;
}

/** What a channel said last of an incident. */
export interface Said {
  /** Empty where the channel gave none. */
  readonly reference: ChannelReference;
  /** `orderOf` the notification. */
  readonly order: string;
}

const DAY_S = 86_400;

/** What is over is kept so long, for people and for updates of incidents that last. */
const KEPT_DAYS = 90;

// So many digits that the order of sort keys is that of the numbers.
const DIGITS = 15;

/** What is to be written together with the state from which the notification follows: a row for each channel. All of them are refused if one is there already. */
export function outboxWrites(notification: Notification, channels: readonly string[], nowMs: number): TableWrite[] {
  const told = [...new Set(channels)];
  return told.map((channel) => insertRow(newRow(notification, channel, told, nowMs)));
}

/** A row before its first attempt. */
export function newRow(
  notification: Notification,
  channel: string,
  told: readonly string[],
  nowMs: number,
  opens = notification.kind === "opened",
): OutboxRow {
  return {
    channel,
    notification,
    opens,
    state: "pending",
    attempt: "first",
    attempts: 0,
    dueMs: nowMs,
    createdMs: nowMs,
    version: 0,
    told,
    reason: "",
  };
}

/** Puts a row that is not there yet. */
export function insertRow(row: OutboxRow): TableWrite {
  return { put: itemOf(row, rowKey(row)), condition: { exists: false } };
}

/** Replaces a row, if it still is as it was read. */
export function replaceRow(row: OutboxRow, next: OutboxRow): TableWrite {
  return { put: itemOf({ ...next, version: row.version + 1 }, rowKey(row)), condition: unchanged(row) };
}

/** Deletes a row, if it still is as it was read. */
export function deleteRow(row: OutboxRow): TableWrite {
  return { delete: rowKey(row), condition: unchanged(row) };
}

/** The partition of a channel's open rows: in order, those of one `dedupKey` side by side. */
export function openPartition(channel: string): string {
  return `outbox#${channel}`;
}

/** The partition of what a channel could not deliver. */
export function deadPartition(channel: string): string {
  return `outbox-dead#${channel}`;
}

/** The partition of what was said of an incident by a route: receipts, and a reference for each channel. */
export function saidPartition(dedupKey: string): string {
  return `outbox-said#${dedupKey}`;
}

export const RECEIPT = "receipt#";

/** Where a channel's reference of an incident is. */
export function saidKey(dedupKey: string, channel: string): TableKey {
  return { pk: saidPartition(dedupKey), sk: `reference#${channel}` };
}

/** Where the receipt of a notification on a channel is. */
export function receiptKey(notification: Notification, channel: string): TableKey {
  return { pk: saidPartition(notification.dedupKey), sk: `${RECEIPT}${orderOf(notification)}#${channel}` };
}

/** Where the open row of a notification on a channel is. */
export function rowKey({ channel, notification }: Pick<OutboxRow, "channel" | "notification">): TableKey {
  return { pk: openPartition(channel), sk: `${notification.dedupKey}#${orderOf(notification)}` };
}

/** A text by which the notifications of one `dedupKey` are in their order. */
export function orderOf({ at, sequence }: Notification): string {
  return `${padded(at)}#${padded(sequence)}`;
}

/** Puts what became of a row. */
export function putReceipt(
  { channel, notification }: OutboxRow,
  state: ReceiptState,
  reason: string,
  nowMs: number,
): TableWrite {
  const receipt: Receipt = {
    channel,
    id: notification.id,
    sequence: notification.sequence,
    kind: notification.kind,
    state,
    reason,
    atMs: nowMs,
  };
  return { put: { ...receipt, ...receiptKey(notification, channel), expires: keptUntil(nowMs) } };
}

/** The second at which DynamoDB may delete what was written now. */
export function keptUntil(nowMs: number): number {
  return Math.floor(nowMs / 1000) + KEPT_DAYS * DAY_S;
}

/** A row as an item: the notification is plain data. */
export function itemOf(row: OutboxRow, key: TableKey): TableItem {
  return { ...(row as unknown as TableItem), ...key };
}

/** The row that `itemOf` has made an item of. */
export function rowOf(item: TableItem): OutboxRow {
  const { pk: _, sk: __, ...row } = item;
  return row as unknown as OutboxRow;
}

function unchanged({ version }: OutboxRow): TableCondition {
  return { equals: { version } };
}

function padded(whole: number): string {
  return String(whole).padStart(DIGITS, "0");
}
