import type { Table, TableItem } from "../platform/table-client.ts";
import {
  deadPartition,
  insertRow,
  type OutboxRow,
  orderOf,
  putReceipt,
  RECEIPT,
  type Receipt,
  rowKey,
  rowOf,
  type Said,
  saidKey,
  saidPartition,
} from "./outbox-row.ts";

/** What a channel could not deliver, or may not have; the fall-back, where there is one, has it. */
export interface DeadLetter {
  readonly row: OutboxRow;
  readonly end: "failed" | "unknown";
}

/** A channel's dead letters, those of one incident in their order. */
export async function deadLetters(table: Table, channel: string, signal: AbortSignal): Promise<readonly DeadLetter[]> {
  return (await table.query(deadPartition(channel), "", signal)).map(letterOf);
}

/**
 * Puts a channel's dead letters back into its outbox, and tells how many: to be sent though that may double one whose outcome is not known. Left out, and deleted, are those of
 * incidents of which the channel has said something later by now.
 */
export async function redrive(table: Table, channel: string, nowMs: number, signal: AbortSignal): Promise<number> {
  let count = 0;
  for (const { row, end } of await deadLetters(table, channel, signal)) {
    const said = (await table.get(saidKey(row.notification.dedupKey, channel), signal)) as unknown as Said | undefined;
    const isOld = said !== undefined && said.order > orderOf(row.notification);
    const again: OutboxRow = {
      ...row,
      state: "pending",
      attempt: end === "unknown" ? "force" : "first",
      attempts: 0,
      dueMs: nowMs,
      createdMs: nowMs,
      version: 0,
    };
    const next = isOld ? putReceipt(row, "superseded", "a later one was said", nowMs) : insertRow(again);
    const remove = { delete: { pk: deadPartition(channel), sk: rowKey(row).sk }, condition: { exists: true } };
    if ((await table.transact([remove, next], signal)) && !isOld) count++;
  }
  return count;
}

/** What became of an incident's notifications by a route, on all channels, in their order. */
export async function receiptsOf(table: Table, dedupKey: string, signal: AbortSignal): Promise<readonly Receipt[]> {
  return (await table.query(saidPartition(dedupKey), RECEIPT, signal)) as unknown as readonly Receipt[];
}

function letterOf(item: TableItem): DeadLetter {
  const { end, expires: _, ...rest } = item;
  return { row: rowOf(rest as TableItem), end: end === "unknown" ? "unknown" : "failed" };
}
