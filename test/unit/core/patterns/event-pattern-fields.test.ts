import { compilePattern } from "@belfry/core/patterns/event-pattern";
import { describe, expect, test } from "vitest";

/** A reader as records have it: fields by path; inside objects, and through arrays as a list of what the elements have. */
function readerOf(fields: Readonly<Record<string, unknown>>): (path: string) => unknown {
  return (path) => {
    if (Object.hasOwn(fields, path)) return fields[path];
    for (let dot = path.lastIndexOf("."); dot > 0; dot = path.lastIndexOf(".", dot - 1)) {
      const above = path.slice(0, dot);
      if (Object.hasOwn(fields, above)) return step(fields[above], path.slice(dot + 1).split("."));
    }
    return undefined;
  };
}

function step(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return value;
  if (Array.isArray(value)) {
    const found = value.map((element) => step(element, [name, ...rest])).filter((element) => element !== undefined);
    return found.length === 0 ? undefined : found.flat();
  }
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return step((value as Record<string, unknown>)[name], rest);
}

describe("a record's fields", () => {
  test("are read by path: scalars, null, absent", () => {
    const pattern = compilePattern({
      event: { dataset: ["aws.vpcflow"] },
      source: { ip: [{ cidr: "10.0.0.0/8" }] },
      error: [null],
      user: { name: [{ exists: false }] },
      destination: { port: [{ numeric: ["<", 1024] }] },
    });
    const record = { "event.dataset": "aws.vpcflow", "source.ip": "10.1.2.3", error: null, "destination.port": 443 };
    expect(pattern.matchesFields(readerOf(record))).toBe(true);
    expect(pattern.matchesFields(readerOf({ ...record, "source.ip": "11.1.2.3" }))).toBe(false);
    expect(pattern.matchesFields(readerOf({ ...record, "user.name": "root" }))).toBe(false);
    expect(pattern.matchesFields(readerOf({ ...record, error: undefined }))).toBe(false);
  });

  test("may be lists: one value that matches is enough, an empty list is no value", () => {
    const pattern = compilePattern({ host: { ip: ["10.0.0.1"] }, tags: [{ "anything-but": "x" }] });
    expect(pattern.matchesFields(readerOf({ "host.ip": ["::1", "10.0.0.1"], tags: ["x", "y"] }))).toBe(true);
    expect(pattern.matchesFields(readerOf({ "host.ip": ["::1"], tags: ["y"] }))).toBe(false);
    expect(pattern.matchesFields(readerOf({ "host.ip": ["10.0.0.1"], tags: [] }))).toBe(false);
    expect(compilePattern({ tags: [{ exists: false }] }).matchesFields(readerOf({ tags: [] }))).toBe(true);
  });

  test("may be objects: what is inside has paths of its own, the object is no value", () => {
    const record = { app: { user: { id: 7 }, ok: true } };
    expect(compilePattern({ app: { user: { id: [7] }, ok: [true] } }).matchesFields(readerOf(record))).toBe(true);
    expect(compilePattern({ app: { user: [{ exists: false }] } }).matchesFields(readerOf(record))).toBe(true);
    expect(compilePattern({ app: { user: [{ exists: true }] } }).matchesFields(readerOf(record))).toBe(false);
  });

  test("may be arrays of objects, whose elements are not mixed", () => {
    const record = {
      level: "error",
      spans: [
        { name: "a", ms: 1, tags: ["x"] },
        { name: "b", ms: 900 },
      ],
    };
    const pattern = (name: string, ms: number) =>
      compilePattern({ level: ["error"], spans: { name: [name], ms: [{ numeric: [">=", ms] }] } });
    expect(pattern("b", 500).matchesFields(readerOf(record))).toBe(true);
    expect(pattern("a", 500).matchesFields(readerOf(record))).toBe(false);
    expect(compilePattern({ spans: { name: ["b"], tags: ["x"] } }).matchesFields(readerOf(record))).toBe(false);
    expect(compilePattern({ spans: { ms: [900], tags: [{ exists: false }] } }).matchesFields(readerOf(record))).toBe(
      true,
    );
    expect(
      compilePattern({ $or: [{ none: [1] }, { "spans.ms": [1], "spans.name": ["b"] }] }).matchesFields(
        readerOf(record),
      ),
    ).toBe(false);
  });
});

describe("a bound pattern", () => {
  test("asks for the id of each path and of the paths above once, then reads by id alone", () => {
    const asked: string[] = [];
    const tree = { a: { b: { c: [1] } }, $or: [{ a: { d: [2] } }, { a: { d: [3] }, e: [4] }] };
    const bound = compilePattern(tree).bind((path) => asked.push(path) - 1);
    expect([...asked].sort()).toEqual(["a", "a.b", "a.b.c", "a.d", "e"]);
    const record: Record<string, unknown> = { "a.b.c": 1, "a.d": 3, e: 4 };
    const paths = asked.splice(0);
    expect(bound.matches((id) => record[paths[id]])).toBe(true);
    record.e = 5;
    expect(bound.matches((id) => record[paths[id]])).toBe(false);
    expect(asked).toEqual([]);
  });

  test("stops at the first field that does not match", () => {
    const read: string[] = [];
    const bound = compilePattern({ a: ["x"], b: ["y"] }).bind((path) => path);
    bound.matches((path) => read.push(path) > 0 && "other");
    expect(read).toEqual(["a"]);
  });
});
