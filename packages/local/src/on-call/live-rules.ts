import type { OnCallConfig } from "@belfry/core/config/oncall/schema";
import type { Config } from "@belfry/core/config/schema";
import type { Table, TableItem } from "@belfry/core/platform/table-client";

/** By what rules the local runtime pages people, and whether it is running: for commands of other processes that go on with its incidents. */
export interface LiveRules {
  readonly oncall: OnCallConfig;
  readonly channels: Config["channels"];
  /** Epoch milliseconds: until then it may be taken for running. */
  readonly aliveUntilMs: number;
}

const KEY = { pk: "local", sk: "rules" } as const;

/** A runtime that has not said for so long that it is there is not. */
const ALIVE_MS = 10_000;

/** Says that a runtime with these rules is there now. */
export async function keepLive(
  table: Table,
  { oncall, channels }: Config,
  nowMs: number,
  signal: AbortSignal,
): Promise<void> {
  // As JSON, since the table takes no members that are undefined.
  const item: TableItem = { ...KEY, rules: JSON.stringify({ oncall, channels }), aliveUntilMs: nowMs + ALIVE_MS };
  await table.put(item, {}, signal);
}

/** Says that it has ended. */
export async function endLive(table: Table, signal: AbortSignal): Promise<void> {
  await table.update(KEY, { aliveUntilMs: 0 }, { exists: true }, signal);
}

/** The rules of the runtime that is running, or ran last; undefined when there was none. */
export async function readLive(table: Table, signal: AbortSignal): Promise<LiveRules | undefined> {
  const item = await table.get(KEY, signal);
  if (item === undefined) return undefined;
  return { ...JSON.parse(String(item.rules)), aliveUntilMs: Number(item.aliveUntilMs) };
}
