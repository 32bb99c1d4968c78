import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DocumentEncoder } from "@belfry/core/event/document-encoder";
import { payloadOf } from "@belfry/core/event/payload";
import { RecordBatch } from "@belfry/core/event/record-batch";
import { NO_MARKS } from "@belfry/core/event/text-marks";
import { createParse, createParseAs } from "@belfry/core/parsers/choose";
import { JsonScanner } from "@belfry/core/parsers/json-scan";
import { JsonShape } from "@belfry/core/parsers/json-shape";
import { EnvelopeReader } from "@belfry/core/sources/envelope";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchOf, type Origin, streamOf } from "../support/batch.ts";
import { type Document, fieldOf } from "../support/parse.ts";

const RUNS = 2000;
const FIXTURES = join(import.meta.dirname, "../fixtures");

/** Valid messages of every parser. */
const SEEDS = ["vpcflow", "cloudtrail", "lambda", "json", "text"].flatMap((service) =>
  readdirSync(join(FIXTURES, service)).flatMap((file) => {
    const { cases } = JSON.parse(readFileSync(join(FIXTURES, service, file), "utf8")) as {
      cases: { message: string }[];
    };
    return cases.map(({ message }) => message);
  }),
);

const bytes = fc.uint8Array({ maxLength: 80 });
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  bytes.map((array) => Buffer.from(array).toString("utf8")),
  fc.json({ maxDepth: 5 }),
);

/** A valid message in which some bytes are cut out, doubled, or others put in their place. */
const mutated = fc
  .tuple(
    fc.constantFrom(...SEEDS),
    fc.array(
      fc.record({
        at: fc.nat(),
        length: fc.integer({ min: 0, max: 12 }),
        insert: fc.oneof(
          fc.constantFrom('"', "\\", "{", "}", "[", "]", ",", ":", " ", "\t", "\n", "-", "0", "\u0000", "é"),
          anyText,
        ),
        doubled: fc.boolean(),
      }),
      { maxLength: 4 },
    ),
  )
  .map(([seed, edits]) => edits.reduce((text, edit) => applyEdit(text, edit), seed));

function applyEdit(
  text: string,
  { at, length, insert, doubled }: { at: number; length: number; insert: string; doubled: boolean },
): string {
  const start = text.length === 0 ? 0 : at % text.length;
  const rest = text.slice(doubled ? Math.max(0, start - length) : start + length);
  return text.slice(0, start) + insert + rest;
}

const message = fc.oneof(anyText, mutated).map((text) => Buffer.from(text).toString("utf8"));

const origin: fc.Arbitrary<Origin> = fc.record({
  time: fc.constantFrom(Number.NaN, Date.UTC(2026, 10, 22)),
  resource: fc.constantFrom(
    {},
    { logGroup: "/aws/lambda/orders" },
    { logGroup: "vpc-flow-logs" },
    { logGroup: "aws-cloudtrail-logs-1" },
    { object: { bucket: "b", key: "AWSLogs/1/vpcflowlogs/x.gz", version: "v" } },
  ),
});

describe("parsers", () => {
  it("take any text whatever and make documents of one line of valid JSON that hold the message", () => {
    const stages = [
      createParse([], { keepOriginal: true }),
      ...["aws.vpcflow", "aws.cloudtrail", "aws.lambda", "app.json"].map((dataset) =>
        createParseAs(dataset, { keepOriginal: true }),
      ),
    ];
    const encoder = new DocumentEncoder();
    fc.assert(
      fc.property(
        fc.array(message, { minLength: 1, maxLength: 4 }),
        origin,
        fc.nat(stages.length - 1),
        (messages, from, stage) => {
          const batch = batchOf(messages, from);
          stages[stage](batch);
          for (let record = 0; record < batch.count; record++) {
            expect(batch.dataset[record]).toBeGreaterThan(0);
            if (!batch.fates.isOpen(record)) continue;
            const line = encoder.encodeRecord(batch, record);
            expect(line).not.toMatch(/[\n\r]/);
            checkDocument(JSON.parse(line), messages[record]);
          }
        },
      ),
      { numRuns: RUNS },
    );
  });

  it("make of a record the same document whatever stands around it", () => {
    const encoder = new DocumentEncoder();
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 4 }), (messages) => {
        // Lines that name columns are meant to say something of the lines after them.
        fc.pre(!messages.some((text) => /^\s*[a-z-]+\s+[a-z-]+/.test(text)));
        const parse = createParse([]);
        const together = batchOf(messages);
        parse(together);
        for (const [record, text] of messages.entries()) {
          const alone = batchOf([text]);
          alone.setId(0, together.idOf(record));
          parse(alone);
          expect(JSON.parse(encoder.encodeRecord(together, record))).toEqual(
            JSON.parse(encoder.encodeRecord(alone, 0)),
          );
        }
      }),
      { numRuns: RUNS },
    );
  });
});

function checkDocument(document: Document, text: string): void {
  const dataset = fieldOf(document, "event.dataset");
  if (dataset === "app.text") expect(document.message).toBe(text.replace(/[\r\n]+$/, ""));
  else expect(fieldOf(document, "event.original")).toBe(text);
  if (dataset === "app.json" && Object.keys(JSON.parse(text)).length > 0)
    expect(document.app).toEqual(JSON.parse(text));
  const timestamp = document["@timestamp"];
  if (timestamp !== undefined) expect(new Date(String(timestamp)).toISOString()).toBe(timestamp);
}

describe("JsonScanner", () => {
  const shape = new JsonShape(["a", "b", "b/c", "b/c/d", "e.f"]);
  const scanner = new JsonScanner(shape);
  const key = fc.oneof(fc.constantFrom("a", "b", "c", "d", "e.f"), fc.string({ maxLength: 3 }));
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.jsonValue({ maxDepth: 1 }),
      tie("object"),
      fc.array(tie("value"), { maxLength: 3 }),
    ),
    object: fc.dictionary(key, tie("value"), { maxKeys: 5 }),
  }));
  const space = fc.constantFrom("", " ", "\t", "\n ", "\r\n");

  it("agrees with JSON.parse on what is an object and on every member of its shape", () => {
    const object = fc
      .tuple(value.object, fc.constantFrom(0, 1, "\t"), space)
      .map(([json, indent, around]) => around + JSON.stringify(json, null, indent) + around);
    fc.assert(
      fc.property(
        fc.oneof(
          object,
          fc
            .tuple(object, fc.nat(), fc.nat(3), anyText)
            .map(([text, at, cut, put]) => applyEdit(text, { at, length: cut, insert: put, doubled: false })),
          anyText,
        ),
        (text) => {
          const buffer = Buffer.from(`${text}"]}`);
          const clean = buffer.toString("utf8", 0, buffer.length - 3);
          const expected = parsedObject(clean);
          expect(scanner.scan(buffer, 0, buffer.length - 3)).toBe(expected !== undefined);
          if (expected === undefined) return;
          for (const [path, keys] of [
            ["a", ["a"]],
            ["b/c", ["b", "c"]],
            ["b/c/d", ["b", "c", "d"]],
            ["e.f", ["e.f"]],
          ] as const) {
            const slot = shape.slot(path);
            const actual = scanner.from[slot] < 0 ? undefined : scanner.value(slot);
            expect(actual).toEqual(keys.reduce<unknown>((at, name) => memberOf(at, name), expected));
          }
        },
      ),
      { numRuns: RUNS },
    );
  });

  it("finds the same by the marks that unescaping left as by looking through the text", () => {
    let marked = 0;
    const message = fc
      .tuple(
        value.object,
        fc.constantFrom(0, 1, "\t"),
        fc.nat(),
        fc.nat(2),
        fc.constantFrom("", '"', "\\", '\\"', "\n", "x"),
      )
      .map(([json, indent, at, length, insert]) =>
        applyEdit(JSON.stringify(json, null, indent), { at, length, insert, doubled: false }),
      );
    // A control character that stands in the envelope as it is: what is no JSON must not pass for it.
    const control = fc.tuple(fc.nat(), fc.constantFrom("", "", "\n", "\u0001"));
    fc.assert(
      fc.property(fc.array(fc.tuple(message, control), { minLength: 1, maxLength: 3 }), (messages) => {
        const batch = batchFromEnvelope(
          messages.map(([text, [at, put]]) => {
            const escaped = JSON.stringify(text);
            return applyEdit(escaped, { at: 1 + (at % escaped.length), length: 0, insert: put, doubled: false });
          }),
        );
        for (let record = 0; record < batch.count; record++) {
          if (batch.marksFrom[record] !== NO_MARKS) marked++;
          const byMarks = scanner.scanRecord(batch, record);
          const found = [byMarks, scanner.verbatim, ...scanner.from, ...scanner.to];
          const bySight = scanner.scan(batch.bytesOf(record), batch.start[record], batch.end[record]);
          expect(found).toEqual([bySight, scanner.verbatim, ...scanner.from, ...scanner.to]);
        }
      }),
      { numRuns: RUNS },
    );
    expect(marked).toBeGreaterThan(RUNS / 10);
  });
});

describe("A text from an envelope", () => {
  const specials = fc.stringMatching(/^[ -~\n\t"\\é]{0,60}$/);

  it("is written as it was, whatever of it had to be escaped", () => {
    const encoder = new DocumentEncoder();
    const parse = createParseAs("app.text");
    let marked = 0;
    fc.assert(
      fc.property(fc.array(fc.oneof(specials, anyText), { minLength: 1, maxLength: 3 }), (texts) => {
        const batch = batchFromEnvelope(texts.map((text) => JSON.stringify(text)));
        parse(batch);
        for (const [record, text] of texts.entries()) {
          if (batch.marksFrom[record] !== NO_MARKS) marked++;
          const { message = "" } = JSON.parse(encoder.encodeRecord(batch, record)) as Document;
          expect(message).toBe(text.toWellFormed().replace(/[\r\n]+$/, ""));
        }
      }),
      { numRuns: RUNS },
    );
    expect(marked).toBeGreaterThan(RUNS / 10);
  });
});

/** The records of an envelope with messages that are JSON strings already; those up to the first that is none. */
function batchFromEnvelope(messages: readonly string[]): RecordBatch {
  const events = messages.map((text, i) => `{"id":"${i}","timestamp":${i},"message":${text}}`);
  const envelope = `{"messageType":"DATA_MESSAGE","logEvents":[${events.join()}]}`;
  const batch = new RecordBatch();
  const payload = payloadOf(Buffer.from(envelope), { id: "item", origin: "test" });
  const reader = new EnvelopeReader(
    payload,
    () => streamOf(),
    () => undefined,
  );
  try {
    reader.read(batch, Number.MAX_SAFE_INTEGER);
  } catch {
    // An edit broke the string; the records before it stand.
  }
  return batch;
}

function parsedObject(text: string): object | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null && !Array.isArray(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

function memberOf(value: unknown, name: string): unknown {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject && Object.hasOwn(value, name) ? (value as Document)[name] : undefined;
}
