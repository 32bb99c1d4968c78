import { datasetId } from "@belfry/core/event/dataset";
import { DocumentEncoder } from "@belfry/core/event/document-encoder";
import { pathId } from "@belfry/core/event/field-path";
import { literal } from "@belfry/core/event/literals";
import { payloadOf } from "@belfry/core/event/payload";
import { readFields } from "@belfry/core/event/read-field";
import { RecordBatch } from "@belfry/core/event/record-batch";
import { keyOf } from "@belfry/core/event/record-id";
import { Stream } from "@belfry/core/event/stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const ITEM = { id: "1", origin: "test" };
const RESOURCE = {
  account: "111122223333",
  region: "eu-central-1",
  regionAssumed: false,
  logGroup: "/g",
  logStream: "s",
};

/** A batch of one record whose message is the text. */
function batchOf(text: string, time = Date.UTC(2026, 10, 22)): { batch: RecordBatch; record: number } {
  const batch = new RecordBatch();
  const bytes = Buffer.from(text);
  const place = {
    payload: batch.addPayload(payloadOf(bytes, ITEM)),
    stream: batch.addStream(new Stream(RESOURCE)),
    start: 0,
    end: bytes.length,
  };
  const record = batch.append(place, time, false, keyOf("1"), 0, 1);
  batch.dataset[record] = datasetId("app.text");
  return { batch, record };
}

const decode = (batch: RecordBatch, record: number): Record<string, unknown> =>
  JSON.parse(new DocumentEncoder().encodeRecord(batch, record)) as Record<string, unknown>;

/** Reads a dotted path of a document. */
function at(document: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document);
}

describe("the document encoder", () => {
  it("writes any text so that JSON reads it back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const { batch, record } = batchOf(text);
        batch.addText(record, pathId("message"), 0, batch.end[record]);
        expect(decode(batch, record)["message"]).toBe(text.toWellFormed());
      }),
      { numRuns: 1000 },
    );
  });

  it("nests fields in whatever order they were added, and the last of one path wins", () => {
    const name = fc.constantFrom("a", "b", "c", "d");
    const path = fc.array(name, { minLength: 2, maxLength: 3 }).map((keys) => keys.join("."));
    fc.assert(
      fc.property(fc.array(fc.tuple(path, fc.integer({ min: -1000, max: 1000 })), { maxLength: 12 }), (fields) => {
        const paths = new Set(fields.map(([field]) => field));
        const tops = fields.filter(([field]) => ![...paths].some((other) => field.startsWith(`${other}.`)));
        const { batch, record } = batchOf("x");
        for (const [field, value] of fields) batch.addInteger(record, pathId(field), value);
        const document = decode(batch, record);
        const last = new Map(tops);
        for (const [field, value] of last) expect(at(document, field)).toBe(value);
      }),
      { numRuns: 1000 },
    );
  });

  it("writes each kind of value", () => {
    const { batch, record } = batchOf('plain "quoted" {"k":[1,2]} 42');
    batch.addString(record, pathId("s"), 0, 5);
    batch.addText(record, pathId("t"), 6, 14);
    batch.addRaw(record, pathId("r"), 15, 26);
    batch.addInteger(record, pathId("i"), -7);
    batch.addTime(record, pathId("at"), 1);
    batch.addLiteral(record, pathId("l"), literal(["iam"]));
    batch.addDerived(record, pathId("d"), { x: null });
    expect(decode(batch, record)).toMatchObject({
      "@timestamp": "2026-11-22T00:00:00.000Z",
      s: "plain",
      t: '"quoted"',
      r: { k: [1, 2] },
      i: -7,
      at: "1970-01-01T00:00:00.001Z",
      l: ["iam"],
      d: { x: null },
      belfry: { id: batch.idOf(record) },
      cloud: { provider: "aws", region: "eu-central-1", account: { id: "111122223333" } },
      aws: { cloudwatch: { log_group: "/g", log_stream: "s" } },
      event: { dataset: "app.text" },
    });
  });

  it("agrees with what rules read", () => {
    const { batch, record } = batchOf('a "b" c');
    batch.addText(record, pathId("message"), 0, 7);
    batch.addDerived(record, pathId("x.y"), ["z"]);
    const document = decode(batch, record);
    for (const [path, value] of readFields(batch, record)) expect(at(document, path)).toEqual(value);
  });

  it("leaves out the time when none is known or it is no date", () => {
    for (const time of [Number.NaN, 9e15, -9e15, Number.POSITIVE_INFINITY]) {
      const { batch, record } = batchOf("x", time);
      expect(decode(batch, record)).not.toHaveProperty("@timestamp");
    }
  });

  it("keeps the original of what was masked", () => {
    const { batch, record } = batchOf("key=secret");
    batch.mask(record, 4, Buffer.from("******"));
    expect(batch.messageOf(record)).toBe("key=******");
    expect(batch.originalOf(record).toString()).toBe("key=secret");
  });

  it("lets a later stage add to any record", () => {
    const { batch } = batchOf("first");
    const place = { payload: 0, stream: 0, start: 0, end: 5 };
    const second = batch.append(place, Number.NaN, true, keyOf("2"), 0, 1);
    batch.addInteger(0, pathId("n"), 1);
    batch.addInteger(second, pathId("n"), 2);
    batch.addInteger(0, pathId("m"), 3);
    expect(decode(batch, 0)).toMatchObject({ n: 1, m: 3 });
    expect(decode(batch, second)).toMatchObject({ n: 2 });
  });
});
