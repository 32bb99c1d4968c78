import { mkdirSync } from "node:fs";
import path from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { BelfryError, messageOf } from "@belfry/core/platform/errors";
import {
  MAX_TABLE_WRITES,
  type Table,
  type TableCondition,
  type TableItem,
  type TableKey,
  type TableWrite,
} from "@belfry/core/platform/table-client";

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-items
const MAX_ITEM_BYTES = 400 * 1024;

/** How long one process waits for another's write, which takes milliseconds. */
const BUSY_TIMEOUT_MS = 5000;

// No text that anybody writes has the last code point, so that it comes after all that begin alike.
const LAST = "\u{10ffff}";

// Sort keys are compared by the bytes of their UTF-8, as in DynamoDB.
const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS items (
    pk TEXT NOT NULL, sk TEXT NOT NULL, item TEXT NOT NULL, expires INTEGER, PRIMARY KEY (pk, sk)
  ) WITHOUT ROWID;`;

/** A table in a file of this machine. */
export interface SqliteTable extends Table {
  /** Closes the file; nothing can be asked after that. */
  close(): void;
}

/**
 * A table with DynamoDB's rules in one SQLite file, which several processes may use at the same time. Items whose `expires` has passed are deleted when it is opened. Raises UNAVAILABLE
 * when the file cannot be used, and BAD_ARGUMENT for what DynamoDB would refuse.
 */
export function openSqliteTable(file: string, nowMs: number): SqliteTable {
  const rows = opened(file, nowMs);
  const conditional = (write: TableWrite): boolean => rows.together(() => rows.holds(write) && rows.apply(write));
  const ask = async <T>(signal: AbortSignal, work: () => T): Promise<T> => {
    if (signal.aborted) throw unavailable(file, signal.reason);
    try {
      return work();
    } catch (cause) {
      if (cause instanceof BelfryError) throw cause;
      throw unavailable(file, cause);
    }
  };
  return {
    get: (key, signal) => ask(signal, () => rows.read(key)),
    query: (pk, skPrefix, signal) => ask(signal, () => rows.range(pk, skPrefix, skPrefix + LAST)),
    queryTo: (pk, lastSk, limit, signal) => ask(signal, () => rows.rangeTo(pk, lastSk, limit)),
    put: (put, condition, signal) => ask(signal, () => conditional({ put, condition })),
    update: (update, set, condition, signal) => ask(signal, () => conditional({ update, set, condition })),
    delete: (key, condition, signal) => ask(signal, () => conditional({ delete: key, condition })),
    transact: (writes, signal) =>
      ask(signal, () => {
        checkWrites(writes);
        return rows.together(() => {
          if (!writes.every((write) => rows.holds(write))) return false;
          for (const write of writes) rows.apply(write);
          return true;
        });
      }),
    close: () => rows.close(),
  };
}

function opened(file: string, nowMs: number): Rows {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    return new Rows(file, nowMs);
  } catch (cause) {
    throw unavailable(file, cause);
  }
}

/** The items of the file, as statements of SQL. */
class Rows {
  readonly #database: DatabaseSync;
  readonly #get: StatementSync;
  readonly #range: StatementSync;
  readonly #rangeTo: StatementSync;
  readonly #put: StatementSync;
  readonly #delete: StatementSync;

  constructor(file: string, nowMs: number) {
    this.#database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    this.#database.exec(SCHEMA);
    this.#database.prepare("DELETE FROM items WHERE expires < ?").run(Math.floor(nowMs / 1000));
    this.#get = this.#database.prepare("SELECT item FROM items WHERE pk = ? AND sk = ?");
    this.#range = this.#database.prepare("SELECT item FROM items WHERE pk = ? AND sk >= ? AND sk < ? ORDER BY sk");
    this.#rangeTo = this.#database.prepare("SELECT item FROM items WHERE pk = ? AND sk <= ? ORDER BY sk LIMIT ?");
    this.#put = this.#database.prepare("INSERT OR REPLACE INTO items (pk, sk, item, expires) VALUES (?, ?, ?, ?)");
    this.#delete = this.#database.prepare("DELETE FROM items WHERE pk = ? AND sk = ?");
  }

  /** Runs the work as one write that nobody else's comes between. */
  together<T>(work: () => T): T {
    // Immediate: what is read is what the write is decided by, so nobody may write after the read.
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.#database.exec("COMMIT");
      return result;
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  read({ pk, sk }: TableKey): TableItem | undefined {
    const row = this.#get.get(pk, sk);
    return row === undefined ? undefined : itemOf(row);
  }

  /** From a sort key on up to another one, which is not in it. */
  range(pk: string, from: string, to: string): TableItem[] {
    return this.#range.all(pk, from, to).map(itemOf);
  }

  /** At most so many, up to a sort key and with it. */
  rangeTo(pk: string, last: string, limit: number): TableItem[] {
    return this.#rangeTo.all(pk, last, limit).map(itemOf);
  }

  holds(write: TableWrite): boolean {
    const { exists, equals = {} }: TableCondition = write.condition ?? {};
    const item = this.read(keyOf(write));
    if (exists !== undefined && exists !== (item !== undefined)) return false;
    return Object.entries(equals).every(([name, value]) => item?.[name] === value);
  }

  apply(write: TableWrite): true {
    if ("put" in write) this.#write(write.put);
    else if ("update" in write) this.#write({ ...this.read(write.update), ...write.set, ...keyOf(write) });
    else if ("delete" in write) this.#delete.run(write.delete.pk, write.delete.sk);
    return true;
  }

  #write(item: TableItem): void {
    const { pk, sk, expires } = item;
    if (pk === "" || sk === "") throw new BelfryError("BAD_ARGUMENT", "an item's pk and sk cannot be empty");
    const text = textOf(item);
    const seconds: SQLInputValue = typeof expires === "number" ? expires : null;
    this.#put.run(pk, sk, text, seconds);
  }

  close(): void {
    this.#database.close();
  }
}

function itemOf({ item }: Record<string, unknown>): TableItem {
  return JSON.parse(String(item)) as TableItem;
}

function textOf(item: TableItem): string {
  const text = JSON.stringify(item, (name, value: unknown) => {
    const isValue = value !== undefined && (typeof value !== "number" || Number.isFinite(value));
    if (!isValue) throw new BelfryError("BAD_ARGUMENT", `an item cannot hold ${String(value)}, which its ${name} is`);
    return value;
  });
  if (text.length > MAX_ITEM_BYTES / 3 && Buffer.byteLength(text) > MAX_ITEM_BYTES) {
    throw new BelfryError("TOO_LARGE", `an item of ${Buffer.byteLength(text)} bytes; at most ${MAX_ITEM_BYTES} fit`);
  }
  return text;
}

function checkWrites(writes: readonly TableWrite[]): void {
  if (writes.length === 0 || writes.length > MAX_TABLE_WRITES) {
    throw new BelfryError("BAD_ARGUMENT", `1 to ${MAX_TABLE_WRITES} writes can happen together, got ${writes.length}`);
  }
  const keys = new Set(writes.map((write) => JSON.stringify(keyOf(write))));
  if (keys.size < writes.length) throw new BelfryError("BAD_ARGUMENT", "two of the writes are to one item");
}

function keyOf(write: TableWrite): TableKey {
  const { pk, sk } =
    "put" in write ? write.put : "update" in write ? write.update : "delete" in write ? write.delete : write.check;
  return { pk, sk };
}

function unavailable(file: string, cause: unknown): BelfryError {
  return new BelfryError("UNAVAILABLE", `${file} cannot be used: ${messageOf(cause)}`, { cause, retryable: true });
}
