import { fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Table, TableItem } from "@belfry/core/platform/table-client";
import { openSqliteTable, type SqliteTable } from "@belfry/local/on-call/sqlite-table";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { memoryTable } from "../support/memory-table.ts";

/** What is the same for every table. */
interface Member {
  readonly name: string;
  readonly open: () => Table;
}

const signal = new AbortController().signal;
const NOW_MS = Date.parse("2026-11-22T10:00:00Z");

let folder: string;
let files = 0;
const open = new Set<SqliteTable>();

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "belfry-table-"));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => {
  for (const table of open) table.close();
  open.clear();
});

function sqlite(file = path.join(folder, `${files++}`, "state.sqlite"), nowMs = NOW_MS): SqliteTable {
  const table = openSqliteTable(file, nowMs);
  open.add(table);
  return table;
}

const MEMBERS: readonly Member[] = [
  { name: "memory", open: memoryTable },
  { name: "SQLite", open: sqlite },
];

const key = { pk: "group#1", sk: "state" };
const item: TableItem = {
  ...key,
  version: 1,
  text: "a “text” – 鐘楼 🔔",
  empty: "",
  fraction: 0.1,
  off: false,
  none: null,
  list: [1, "two", { three: [] }],
  map: { a: { b: 1 } },
};

describe.each(MEMBERS)("a table: $name", ({ open: openTable }) => {
  let table: Table;
  beforeEach(() => {
    table = openTable();
  });

  it("gives back what was put, and nothing where nothing is", async () => {
    expect(await table.get(key, signal)).toBeUndefined();
    expect(await table.put(item, {}, signal)).toBe(true);
    expect(await table.get(key, signal)).toEqual(item);
    expect(await table.put({ ...key, version: 2 }, {}, signal)).toBe(true);
    expect(await table.get(key, signal)).toEqual({ ...key, version: 2 });
  });

  it("writes when the condition is true, and not when it is not", async () => {
    expect(await table.put(item, { exists: true }, signal)).toBe(false);
    expect(await table.put(item, { equals: { version: 1 } }, signal)).toBe(false);
    expect(await table.put(item, { exists: false }, signal)).toBe(true);
    expect(await table.put(item, { exists: false }, signal)).toBe(false);
    expect(await table.put({ ...item, version: 2 }, { equals: { version: "1" } }, signal)).toBe(false);
    expect(await table.put({ ...item, version: 2 }, { equals: { version: 1, off: true } }, signal)).toBe(false);
    expect(await table.get(key, signal)).toEqual(item);
    expect(await table.put({ ...item, version: 2 }, { exists: true, equals: { version: 1, off: false } }, signal)).toBe(
      true,
    );
    expect(await table.get(key, signal)).toMatchObject({ version: 2 });
  });

  it("sets attributes and leaves the others, and makes an item of them where there is none", async () => {
    expect(await table.update(key, { version: 1 }, { exists: true }, signal)).toBe(false);
    expect(await table.update(key, { version: 1, text: "one" }, {}, signal)).toBe(true);
    expect(await table.update(key, { version: 2 }, { equals: { version: 1 } }, signal)).toBe(true);
    expect(await table.get(key, signal)).toEqual({ ...key, version: 2, text: "one" });
  });

  it("deletes, also what is not there", async () => {
    expect(await table.delete(key, {}, signal)).toBe(true);
    await table.put(item, {}, signal);
    expect(await table.delete(key, { equals: { version: 7 } }, signal)).toBe(false);
    expect(await table.delete(key, { exists: true }, signal)).toBe(true);
    expect(await table.get(key, signal)).toBeUndefined();
  });

  it("lists the items of a partition by the beginning of their sort keys, in order", async () => {
    const keys = ["b#2", "a", "b#10", "b#1", "b", "c", "b$", "b#é"];
    for (const sk of keys) await table.put({ pk: "p", sk, n: 1 }, {}, signal);
    await table.put({ pk: "p2", sk: "b#0" }, {}, signal);
    const listed = async (prefix: string) => (await table.query("p", prefix, signal)).map(({ sk }) => sk);
    expect(await listed("b#")).toEqual(["b#1", "b#10", "b#2", "b#é"]);
    expect(await listed("")).toEqual([...keys].sort());
    expect(await listed("none")).toEqual([]);
    expect(await table.query("nothing", "", signal)).toEqual([]);
  });

  it("lists the first items of a partition up to a sort key, and with it", async () => {
    for (const sk of ["3", "1", "20", "2", "4"]) await table.put({ pk: "p", sk }, {}, signal);
    await table.put({ pk: "o", sk: "1" }, {}, signal);
    const listed = async (last: string, limit: number) =>
      (await table.queryTo("p", last, limit, signal)).map(({ sk }) => sk);
    expect(await listed("3", 9)).toEqual(["1", "2", "20", "3"]);
    expect(await listed("3", 2)).toEqual(["1", "2"]);
    expect(await listed("0", 2)).toEqual([]);
  });

  it("writes together, or not at all", async () => {
    await table.put(item, {}, signal);
    const other = { pk: "group#2", sk: "state" };
    const writes = [
      { update: key, set: { version: 2 }, condition: { equals: { version: 1 } } },
      { put: { ...other, version: 1 }, condition: { exists: false } },
    ] as const;
    const absent = { check: { pk: "group#3", sk: "state" }, condition: { exists: true } } as const;
    expect(await table.transact([...writes, absent], signal)).toBe(false);
    expect(await table.get(key, signal)).toEqual(item);
    expect(await table.get(other, signal)).toBeUndefined();
    expect(await table.transact(writes, signal)).toBe(true);
    expect(await table.get(key, signal)).toMatchObject({ version: 2, text: item.text });
    expect(await table.transact(writes, signal)).toBe(false);
    expect(await table.transact([{ delete: key }, { delete: other, condition: { exists: true } }], signal)).toBe(true);
    expect(await table.query("group#1", "", signal)).toEqual([]);
  });

  it("refuses two writes to one item, none, and too many", async () => {
    await expect(table.transact([{ put: item }, { delete: key }], signal)).rejects.toThrow();
    await expect(table.transact([], signal)).rejects.toThrow();
    const many = Array.from({ length: 101 }, (_, at) => ({ put: { pk: "many", sk: String(at) } }));
    await expect(table.transact(many, signal)).rejects.toThrow();
    expect(await table.transact(many.slice(1), signal)).toBe(true);
  });

  it("refuses what it could not give back", async () => {
    await expect(table.put({ ...key, bad: undefined as never }, {}, signal)).rejects.toThrow(/bad/);
    expect(await table.get(key, signal)).toBeUndefined();
  });

  it("keeps what it was given, whatever becomes of that afterwards", async () => {
    const given = { ...key, list: [1] };
    await table.put(given, {}, signal);
    given.list.push(2);
    const read = (await table.get(key, signal)) as unknown as { list: number[] };
    read.list.push(3);
    expect(await table.get(key, signal)).toEqual({ ...key, list: [1] });
  });

  it("lets one of many that write at the same time be the first", async () => {
    const writers = Array.from({ length: 20 }, (_, by) => table.put({ ...key, by }, { exists: false }, signal));
    expect((await Promise.all(writers)).filter((isFirst) => isFirst)).toHaveLength(1);
  });
});

describe("a table in a file", () => {
  it("holds what any plain values are", async () => {
    const table = sqlite();
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ noUnicodeString: false }), async (value) => {
        const stored = { ...key, value } as TableItem;
        await table.put(stored, {}, signal);
        // DynamoDB and JSON know no negative zero.
        expect(await table.get(key, signal)).toEqual(JSON.parse(JSON.stringify(stored)));
      }),
    );
  });

  it("is there when it is opened again, without what has expired by then", async () => {
    const file = path.join(folder, "again", "state.sqlite");
    const first = sqlite(file);
    const second = NOW_MS / 1000;
    await first.put({ ...key, expires: second + 60 }, {}, signal);
    await first.put({ pk: "other", sk: "1" }, {}, signal);
    first.close();
    open.delete(first);
    expect(await sqlite(file, NOW_MS + 59_000).get(key, signal)).toBeDefined();
    const later = sqlite(file, NOW_MS + 61_000);
    expect(await later.get(key, signal)).toBeUndefined();
    expect(await later.get({ pk: "other", sk: "1" }, signal)).toBeDefined();
  });

  it("refuses what DynamoDB would: items over 400 KB, empty keys, numbers that are none", async () => {
    const table = sqlite();
    await expect(table.put({ ...key, text: "x".repeat(410_000) }, {}, signal)).rejects.toThrow(
      /item of 410\d{3} bytes/,
    );
    await expect(table.put({ pk: "p", sk: "" }, {}, signal)).rejects.toThrow("cannot be empty");
    await expect(table.put({ ...key, n: Number.NaN }, {}, signal)).rejects.toThrow("cannot hold NaN");
  });

  it("says what is wrong with the file, and that an aborted call was not made", async () => {
    expect(() => sqlite(path.join(folder))).toThrow(expect.objectContaining({ code: "UNAVAILABLE" }));
    await expect(sqlite().get(key, AbortSignal.abort())).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  it("loses no write of several processes at the same time", async () => {
    const file = path.join(folder, "shared", "state.sqlite");
    const table = sqlite(file);
    await table.put({ ...key, count: 0 }, {}, signal);
    const ends = await Promise.all(Array.from({ length: 3 }, () => counting(file, 200)));
    expect(ends).toEqual([0, 0, 0]);
    expect(await table.get(key, signal)).toMatchObject({ count: 600 });
  });
});

function counting(file: string, times: number): Promise<number | null> {
  const child = fork("test/support/count-in-table.ts", [file, String(times)], { execArgv: [] });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", resolve);
  });
}
