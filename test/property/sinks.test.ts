import { Fate } from "@belfry/core/event/fates";
import type { PutRecords } from "@belfry/core/platform/clients";
import { FIREHOSE_LIMITS, firehoseSink } from "@belfry/core/sinks/firehose";
import { KINESIS_LIMITS, kinesisSink } from "@belfry/core/sinks/kinesis";
import { openSearchSink } from "@belfry/core/sinks/opensearch";
import { groupIntoCalls, packDocuments, unpackDocuments } from "@belfry/core/sinks/packing";
import type { Sink } from "@belfry/core/sinks/sink";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BulkAction, BulkStore, type Refusal, type Script } from "../support/bulk-store.ts";
import { allRecords, NOW_MS, routedBatch } from "../support/sink-batch.ts";

const RUNS = { numRuns: 1000 };
const IN_TIME = new AbortController().signal;
const retrying = { random: () => 0, sleep: async () => undefined, retry: { baseMs: 1, capMs: 1, maxAttempts: 4 } };

const SETTLED: readonly Fate[] = [Fate.delivered, Fate.quarantined, Fate.retry];

const refusal: fc.Arbitrary<Refusal | undefined> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  fc.constantFrom(429, 500, 503, 403, 404, 409, 413).map((status) => ({ status })),
  fc
    .constantFrom("failed to parse field [message] of type [ip]", "Limit of total fields [1000] has been exceeded", "")
    .map((reason) => ({ status: 400, type: "mapper_parsing_exception", reason })),
);

const script: fc.Arbitrary<Script> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.array(refusal, { maxLength: 8 }).map((items): Script => ({ items: (_a, i) => items[i] })),
  },
  fc.constantFrom(400, 403, 413, 429, 500, 503).map((status): Script => ({ whole: { status } })),
  fc.constantFrom("", "{}", '{"errors":false}', '{"errors":true,"items":[]}').map((text): Script => ({ text })),
);

/** What a server does without an answer: takes the request, and the connection breaks before or after. */
const connection = fc.array(fc.constantFrom("works", "breaks before", "breaks after"), { maxLength: 12 });

describe("the OpenSearch sink", () => {
  it("settles every record whatever is answered, stores each id once, and sends nothing again that is stored", async () => {
    const given = fc.tuple(
      fc.integer({ min: 0, max: 12 }),
      fc.array(script, { maxLength: 12 }),
      connection,
      fc.boolean(),
    );
    await fc.assert(
      fc.asyncProperty(given, async ([count, scripts, connections, small]) => {
        const store = new BulkStore();
        store.script(...scripts);
        const acknowledged = new Set<string>();
        const repeated: BulkAction[] = [];
        const sink = openSearchSink({
          name: "sink",
          clock: { now: () => NOW_MS },
          maxRequestBytes: small ? 1_000 : 100_000,
          send: async ({ headers, body = new Uint8Array() }) => {
            const state = connections.shift() ?? "works";
            if (state === "breaks before") throw new Error("reset");
            const answer = store.answer(headers, body);
            repeated.push(...(store.requests.at(-1)?.actions.filter(({ id }) => acknowledged.has(id)) ?? []));
            if (state === "breaks after") throw new Error("reset");
            for (const id of idsTaken(answer.body)) acknowledged.add(id);
            return answer;
          },
          ...retrying,
        });
        const batch = routedBatch(
          ["sink"],
          Array.from({ length: count }, (_, i) => `message ${i}`),
        );
        await sink.write(batch, allRecords(batch), { signal: IN_TIME });
        const fates = batch.fates.sink("sink");
        for (const record of allRecords(batch)) {
          expect(SETTLED).toContain(fates.of(record));
          if (fates.of(record) === Fate.delivered && !wasConflict(scripts)) {
            expect(store.countById().get(batch.idOf(record))).toBe(1);
          }
        }
        expect(repeated).toEqual([]);
        expect([...store.countById().values()].every((times) => times === 1)).toBe(true);
      }),
      RUNS,
    );
  });
});

/** Ids that an answer says are stored. */
function idsTaken(body: Buffer): string[] {
  const text = body.toString("utf8");
  if (!text.includes('"took"')) return [];
  const { items } = JSON.parse(text) as { items: { create: { _id: string; status: number } }[] };
  return items.filter(({ create }) => create.status < 300).map(({ create }) => create._id);
}

/** A scripted 409 says that a document is there which the stand-in has not got. */
function wasConflict(scripts: readonly Script[]): boolean {
  const none = { index: "", id: "", document: "" };
  return scripts.some(
    (one) => "items" in one && Array.from({ length: 8 }, (_, i) => one.items(none, i)?.status).includes(409),
  );
}

const outcome = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  fc.constantFrom("ServiceUnavailableException", "InternalFailure", "ProvisionedThroughputExceededException"),
);
const call = fc.oneof(
  { weight: 4, arbitrary: fc.array(outcome, { maxLength: 8 }).map((codes) => ({ codes })) },
  fc.constantFrom("reset", "few answers", "denied").map((fault) => ({ fault })),
);

describe.each([
  { name: "Firehose", make: firehoseSink, limits: FIREHOSE_LIMITS },
  { name: "Kinesis", make: kinesisSink, limits: KINESIS_LIMITS },
])("the $name sink", ({ make, limits }) => {
  it("settles every record whatever is answered, keeps to the limits, and sends nothing again that was taken", async () => {
    // Of sizes that fill a record, and go beyond one.
    const size = fc.constantFrom(
      10,
      3_000,
      limits.maxRecordBytes / 3,
      limits.maxRecordBytes,
      limits.maxDocumentBytes + 1,
    );
    const given = fc.tuple(fc.array(size, { maxLength: 6 }), fc.array(call, { maxLength: 6 }));
    await fc.assert(
      fc.asyncProperty(given, async ([sizes, calls]) => {
        const taken: string[] = [];
        const put: PutRecords = async (entries) => {
          expect(entries.length).toBeLessThanOrEqual(limits.maxRecords);
          expect(sum(entries.map(({ data }) => data.length + limits.overheadBytes))).toBeLessThanOrEqual(
            limits.maxCallBytes,
          );
          const next = calls.shift() ?? { codes: [] };
          if ("fault" in next) return faulty(next.fault);
          const codes = entries.map((_, i) => next.codes[i]);
          for (const [i, { data }] of entries.entries()) {
            expect(data.length).toBeLessThanOrEqual(limits.maxDocumentBytes);
            if (codes[i] === undefined) taken.push(...unpackDocuments(Buffer.from(data)));
          }
          return codes;
        };
        const sink: Sink = make({ name: "sink", put, ...retrying });
        const batch = routedBatch(
          ["sink"],
          sizes.map((bytes) => "x".repeat(bytes)),
        );
        const settled = allRecords(batch);
        await sink.write(batch, settled, { signal: IN_TIME });
        const fates = batch.fates.sink("sink");
        for (const record of settled) expect(SETTLED).toContain(fates.of(record));
        const delivered = settled.filter((record) => fates.of(record) === Fate.delivered);
        expect(taken.sort()).toEqual(delivered.map((record) => batch.documentOf(record)).sort());
      }),
      RUNS,
    );
  });
});

function faulty(fault: string): (string | undefined)[] {
  if (fault === "few answers") return [];
  throw Object.assign(
    new Error(fault),
    fault === "denied" ? { $metadata: { httpStatusCode: 400 } } : { code: "ECONNRESET" },
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

describe("packing", () => {
  const limits = fc
    .record({
      record: fc.integer({ min: 10, max: 200 }),
      records: fc.integer({ min: 1, max: 5 }),
      more: fc.nat(300),
      overhead: fc.nat(5),
    })
    .map(({ record, records, more, overhead }) => ({
      maxRecordBytes: record,
      maxDocumentBytes: record,
      maxRecords: records,
      maxCallBytes: record + overhead + more,
      overheadBytes: overhead,
    }));

  it("puts every document into one record and call, in order, within all limits, and unpacking gives them back", () => {
    const given = limits.chain((some) =>
      fc.tuple(
        fc.constant(some),
        fc.array(fc.string({ unit: "binary", maxLength: 9 }).map((text) => JSON.stringify(text))),
      ),
    );
    fc.assert(
      fc.property(given, ([some, documents]) => {
        const lines = documents
          .map((document) => Buffer.from(`${document}\n`))
          .filter(({ length }) => length <= some.maxDocumentBytes);
        const packs = packDocuments(
          lines.map(({ length }) => length),
          some,
        );
        const calls = groupIntoCalls(packs, some);
        const data = packs.map(({ from, to }) => Buffer.concat(lines.slice(from, to)));
        expect(data.flatMap(unpackDocuments)).toEqual(lines.map((line) => line.toString("utf8").slice(0, -1)));
        expect(data.map(({ length }) => length)).toEqual(packs.map(({ bytes }) => bytes));
        expect(packs.every(({ bytes }) => bytes <= some.maxRecordBytes)).toBe(true);
        expect(calls.flat()).toEqual(packs);
        for (const one of calls) {
          expect(one.length).toBeLessThanOrEqual(some.maxRecords);
          expect(sum(one.map(({ bytes }) => bytes + some.overheadBytes))).toBeLessThanOrEqual(some.maxCallBytes);
        }
      }),
      RUNS,
    );
  });

  it("leaves no room for the next document in any record", () => {
    fc.assert(
      fc.property(limits, fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1 }), (some, lengths) => {
        const packs = packDocuments(lengths, some);
        for (const { to, bytes } of packs.slice(0, -1))
          expect(bytes + lengths[to]).toBeGreaterThan(some.maxRecordBytes);
      }),
      RUNS,
    );
  });
});
