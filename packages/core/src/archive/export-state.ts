import type { Table, TableItem, TableKey } from "../platform/table-client.ts";
import type { ExportWindow } from "./export-plan.ts";

/**
 * How long a lease holds when its owner says nothing. A step renews it, waits at most some minutes for the next, and creates a task only in the first
 * part of it: whoever takes over after it has run out competes with nobody.
 */
export const LEASE_MS = 20 * 60_000;

/** A task, from before it is created: what happened to it can be found out at any time by its name. */
export interface IntendedTask extends ExportWindow {
  readonly name: string;
  readonly intendedMs: number;
  readonly attempt: number;
  /** Absent until it is known. */
  readonly id?: string;
}

/** The one item of an account and region that says who exports, and what: the lease and the task change together. */
export interface ExporterState {
  /** The run that holds the lease; empty when nobody does. */
  readonly owner: string;
  readonly leaseUntilMs: number;
  /** Grows with every write; a write by someone who has missed one does not happen. */
  readonly version: number;
  /** Steps and windows of this run so far. */
  readonly steps: number;
  readonly exported: number;
  /** The log group that had its turn last. */
  readonly lastGroup: string;
  readonly task?: IntendedTask;
}

/** How far a log group is exported, and what went wrong with the window that comes next. */
export interface Checkpoint {
  /** Everything before it is exported; epoch milliseconds. */
  readonly exportedToMs: number;
  /** Failed attempts at the next window, in the run `run`. */
  readonly attempts: number;
  readonly run: string;
  readonly reason: string;
}

/** The export's state in the table. */
export interface ExportStore {
  read(signal: AbortSignal): Promise<ExporterState | undefined>;
  /** Writes what follows `previous`; false when that is not what is stored any more. */
  write(previous: ExporterState | undefined, next: ExporterState, signal: AbortSignal): Promise<boolean>;
  /** By log group. */
  checkpoints(signal: AbortSignal): Promise<ReadonlyMap<string, Checkpoint>>;
  /** Moves a log group on, or notes a failure; false when its checkpoint is not at `fromMs` any more, which means that this was done already. */
  checkpoint(window: ExportWindow, next: Checkpoint, signal: AbortSignal): Promise<boolean>;
}

const GROUP = "log-group#";

/** Keeps the state of one region's export in a table: `export#<region>` is the partition of all its items. */
export function exportStore(table: Table, region: string): ExportStore {
  const pk = `export#${region}`;
  const key: TableKey = { pk, sk: "exporter" };
  return {
    read: async (signal) => (await table.get(key, signal)) as ExporterState | undefined,
    write: (previous, next, signal) => {
      const condition = previous === undefined ? { exists: false } : { equals: { version: previous.version } };
      return table.put({ ...(next as unknown as TableItem), ...key }, condition, signal);
    },
    checkpoints: async (signal) => {
      const items = await table.query(pk, GROUP, signal);
      return new Map(items.map((item) => [item.sk.slice(GROUP.length), item as unknown as Checkpoint]));
    },
    checkpoint: async ({ logGroup, fromMs }, next, signal) => {
      const item = { ...next, pk, sk: GROUP + logGroup };
      if (await table.put(item, { equals: { exportedToMs: fromMs } }, signal)) return true;
      return table.put(item, { exists: false }, signal);
    },
  };
}
