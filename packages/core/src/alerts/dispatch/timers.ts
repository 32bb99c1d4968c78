import type { Due } from "../../event/due.ts";
import {
  MAX_TABLE_WRITES,
  type Table,
  type TableItem,
  type TableKey,
  type TableWrite,
} from "../../platform/table-client.ts";
import { ascending, digestOf, LAST } from "./sort-key.ts";

/** Timers of a thousand groups may come in one second, which is what one partition takes. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html */
const PARTITIONS = 8;

/** The writes that store timers, each once; the same timer again replaces itself. What is due in an outbox is stored there, and has no timer. */
export function timerWrites(dues: readonly Due[]): TableWrite[] {
  const items = dues.filter(({ kind }) => kind !== "outbox").map((due) => ({ ...timerKey(due), due: itemOf(due) }));
  return [...new Map(items.map((put) => [put.sk, { put }])).values()];
}

/** Stores timers by themselves, some at a time: for what may be looked at though nothing has come of it. */
export async function putTimers(table: Table, dues: readonly Due[], signal: AbortSignal): Promise<void> {
  const writes = timerWrites(dues);
  for (let from = 0; from < writes.length; from += MAX_TABLE_WRITES) {
    await table.transact(writes.slice(from, from + MAX_TABLE_WRITES), signal);
  }
}

/** Deletes a timer that was looked at. */
export async function deleteTimer(table: Table, due: Due, signal: AbortSignal): Promise<void> {
  await table.delete(timerKey(due), {}, signal);
}

/** The timers that are due until a time, some of each partition: the earliest, at most so many in each. */
export async function dueTimers(table: Table, untilMs: number, limit: number, signal: AbortSignal): Promise<Due[]> {
  const partitions = await Promise.all(
    Array.from({ length: PARTITIONS }, (_, i) =>
      table.queryTo(partition(i), `${ascending(Math.max(0, untilMs))}${LAST}`, limit, signal),
    ),
  );
  return partitions
    .flat()
    .map(({ due }) => due as unknown as Due)
    .sort((a, b) => a.at - b.at);
}

function timerKey({ kind, key, at, version = 0, alertKey = "" }: Due): TableKey {
  const digest = digestOf(JSON.stringify([kind, key, version, alertKey])).slice(0, 32);
  return {
    pk: partition(Number.parseInt(digest.slice(0, 8), 16) % PARTITIONS),
    sk: `${ascending(at)}#${kind}#${digest}`,
  };
}

function partition(number: number): string {
  return `timers#${number}`;
}

/** Without members that are undefined, which a table refuses. */
function itemOf({ kind, key, at, version, alertKey }: Due): TableItem[string] {
  return {
    kind,
    key,
    at,
    ...(version === undefined ? {} : { version }),
    ...(alertKey === undefined ? {} : { alertKey }),
  };
}
