import { datasetId } from "@belfry/core/event/dataset";
import { DocumentEncoder } from "@belfry/core/event/document-encoder";
import { pathId } from "@belfry/core/event/field-path";
import { literal } from "@belfry/core/event/literals";
import { readField } from "@belfry/core/event/read-field";
import type { RecordBatch } from "@belfry/core/event/record-batch";
import { RecordPattern } from "@belfry/core/event/record-pattern";
import { compilePattern } from "@belfry/core/patterns/event-pattern";
import { createRouter } from "@belfry/core/routing/router";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchOf } from "../support/batch.ts";
import { spell, spelling } from "../support/json-text.ts";

const RUNS = { numRuns: 3000 };

// Few names and values, so that patterns often match and paths often lie in one another.
const NAMES = ["a", "b", "c"];
const TEXTS = ["x", "xy", "é", 'q"\\', "10.0.0.1", ""];
const PATHS = [
  "a",
  "b",
  "a.b",
  "a.c",
  "b.c",
  "a.b.c",
  "b.c.a",
  "event.dataset",
  "event.kind",
  "cloud.region",
  "ecs.version",
];
// What all records of a stream have stands at the end of paths: no parser's field lies below it.
const CONSTANTS = ["a.c", "b.c.a", "labels.a"];

const text = fc.constantFrom(...TEXTS);
const scalar = fc.oneof(text, fc.integer({ min: -2, max: 3 }), fc.constantFrom(null, true, false, 1.5));
const { nested } = fc.letrec<{ nested: unknown }>((tie) => ({
  nested: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie("nested"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES, "b.c"), tie("nested"), { maxKeys: 3 }),
  ),
}));

// As loggers write it: with blanks, escapes in keys, and now and then a key twice.
const json = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(nested, spelling).map(([value, how]) => spell(value, how)) },
  fc.constantFrom('{"a":{"b":1},"a":{"c":"x"}}', '{"b":"x","b":["xy"],"c":{"a":1,"a":2}}'),
);

type Row =
  | { readonly kind: "raw"; readonly path: string; readonly value: string }
  | { readonly kind: "derived"; readonly path: string; readonly value: object }
  | { readonly kind: "string"; readonly path: string; readonly value: string }
  | { readonly kind: "text"; readonly path: string; readonly value: string }
  | { readonly kind: "literal"; readonly path: string; readonly value: string }
  | { readonly kind: "number"; readonly path: string; readonly value: number }
  | { readonly kind: "time"; readonly path: string; readonly value: number };

// The data set, the id and the time are not parsers' to add, nor anything above them.
const path = fc.constantFrom(...PATHS.filter((name) => !/^(?:event\.dataset|ecs\.version)$/.test(name)));
const kind = <Kind extends Row["kind"]>(name: Kind) => fc.constant<Kind>(name);
const row: fc.Arbitrary<Row> = fc.oneof(
  fc.record({ kind: kind("raw"), path, value: json }),
  fc.record({ kind: kind("derived"), path, value: nested as fc.Arbitrary<object> }),
  fc.record({ kind: kind("string"), path, value: text }),
  fc.record({ kind: kind("text"), path, value: text }),
  fc.record({ kind: kind("literal"), path, value: text }),
  fc.record({ kind: kind("number"), path, value: fc.nat(3) }),
  fc.record({ kind: kind("time"), path, value: fc.nat(3) }),
);
const record = fc.record({
  rows: fc.array(row, { maxLength: 6 }),
  constants: fc.dictionary(fc.constantFrom(...CONSTANTS), text, { maxKeys: 2 }),
  dataset: fc.constantFrom("app.json", "app.text", "aws.vpcflow"),
});
type GivenRecord = typeof record extends fc.Arbitrary<infer Given> ? Given : never;

const condition = fc.oneof(
  { weight: 4, arbitrary: scalar as fc.Arbitrary<unknown> },
  fc.constantFrom<unknown>(
    { exists: true },
    { exists: false },
    { prefix: "x" },
    { suffix: "y" },
    { "anything-but": ["x"] },
    { "anything-but": { prefix: "x" } },
    { numeric: [">=", 0, "<", 2] },
    { cidr: "10.0.0.0/8" },
    { wildcard: "x*" },
    { "equals-ignore-case": "XY" },
    { prefix: "aws." },
  ),
);
const fieldPattern = fc.tuple(
  fc.constantFrom(...PATHS, "labels.a"),
  fc.array(condition, { minLength: 1, maxLength: 3 }),
);
const pattern = fc
  .tuple(
    fc.array(fieldPattern, { minLength: 1, maxLength: 3 }),
    fc.option(fc.tuple(fieldPattern, fieldPattern), { freq: 2 }),
    fc.option(fieldPattern, { freq: 4 }),
  )
  .map(([fields, or, dotted]) => ({
    ...Object.assign({}, ...fields.map(asObject)),
    ...(dotted === null ? {} : { [dotted[0]]: dotted[1] }),
    ...(or === null ? {} : { $or: or.map(asObject) }),
  }))
  .filter(isValid);

/** `a.b: […]` as objects in one another. A pattern may also have the dots in the name, which means the same. */
function asObject([name, conditions]: [string, unknown[]]): object {
  return name.split(".").reduceRight<unknown>((below, key) => ({ [key]: below }), conditions) as object;
}

function isValid(candidate: object): boolean {
  try {
    compilePattern(candidate);
    return true;
  } catch {
    return false;
  }
}

/** A batch of one record with the fields given, and a stream with the constants. */
function batchWith({ rows, constants, dataset }: GivenRecord): RecordBatch {
  const spelt = rows.map((field) => {
    if (field.kind === "text" || field.kind === "raw") return field.value;
    return field.kind === "string" ? JSON.stringify(field.value).slice(1, -1) : JSON.stringify(field.value);
  });
  const batch = batchOf([spelt.join("\n")], { time: 1_764_000_000_000 });
  let at = batch.start[0];
  batch.clean[0] = 0;
  batch.dataset[0] = datasetId(dataset);
  for (const [i, field] of rows.entries()) {
    addRow(batch, field, at, at + Buffer.byteLength(spelt[i]));
    at += Buffer.byteLength(spelt[i]) + 1;
  }
  for (const [name, value] of Object.entries(constants)) batch.streams[0].set(pathId(name), value);
  return batch;
}

/** Adds a field whose text, where it is a span, stands at [from, to). */
function addRow(batch: RecordBatch, field: Row, from: number, to: number): void {
  const id = pathId(field.path);
  if (field.kind === "raw") batch.addRaw(0, id, from, to);
  else if (field.kind === "string") batch.addString(0, id, from, to);
  else if (field.kind === "text") batch.addText(0, id, from, to);
  else if (field.kind === "derived") batch.addDerived(0, id, field.value);
  else if (field.kind === "literal") batch.addLiteral(0, id, literal(field.value));
  else if (field.kind === "number") batch.addInteger(0, id, field.value);
  else batch.addTime(0, id, field.value);
}

function documentOf(batch: RecordBatch): Record<string, unknown> {
  return JSON.parse(new DocumentEncoder().encodeRecord(batch, 0));
}

function valueAt(document: unknown, name: string): unknown {
  return name.split(".").reduce<unknown>((value, key) => {
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  }, document);
}

describe("patterns over records", () => {
  it("say what they say of the finished document", () => {
    fc.assert(
      fc.property(record, pattern, (given, rules) => {
        const batch = batchWith(given);
        expect(new RecordPattern(rules).matches(batch, 0)).toBe(compilePattern(rules).matches(documentOf(batch)));
      }),
      { numRuns: 10_000 },
    );
  });

  it("read fields as the document has them", () => {
    fc.assert(
      fc.property(record, (given) => {
        const batch = batchWith(given);
        const document = documentOf(batch);
        for (const name of PATHS) {
          const value = readField(batch, 0, pathId(name));
          const written = valueAt(document, name);
          // Fields with a common beginning are one object in the document; arrays and dotted keys are looked through when fields are read.
          if (typeof written !== "object" && written !== undefined && !Array.isArray(value))
            expect(value).toEqual(written);
          if (value === undefined) expect(typeof written === "object" || written === undefined).toBe(true);
        }
      }),
      RUNS,
    );
  });
});

describe("routing", () => {
  const sinks = ["one", "two", "three"];
  const route = fc.record({
    pattern,
    sinks: fc.uniqueArray(fc.constantFrom(...sinks), { minLength: 1 }),
    continue: fc.boolean(),
  });

  it("sends each record where the routes' patterns say of its document, and explains the same", () => {
    fc.assert(
      fc.property(record, fc.array(route, { maxLength: 4 }), (given, anonymous) => {
        const routes = anonymous.map((rules, i) => ({ ...rules, name: `route-${i}` }));
        const batch = batchWith(given);
        const document = documentOf(batch);
        const taking = routes.filter((rules) => compilePattern(rules.pattern).matches(document));
        const stop = taking.findIndex((rules) => !rules.continue);
        const taken = stop < 0 ? taking : taking.slice(0, stop + 1);
        const expected = taken.length === 0 ? ["other"] : taken.flatMap((rules) => rules.sinks);
        const router = createRouter(routes, ["other"]);
        const explained = router.explain(batch, 0);
        router.route(batch);
        expect(new Set(explained.sinks)).toEqual(new Set(expected));
        expect(explained.route).toBe(taken.length === 0 ? "default" : taken.map(({ name }) => name).join(", "));
        expect(new Set([...batch.fates.sinks].map(({ sink }) => sink))).toEqual(new Set(expected));
        expect([...batch.fates.sinks].every(({ routed }) => routed === 1)).toBe(true);
      }),
      RUNS,
    );
  });
});
