import { gzipSync } from "node:zlib";
import { ConfigSchema } from "@belfry/core/config/schema";
import { configuredPipeline } from "@belfry/core/configured-pipeline";
import { brokenIdentity } from "@belfry/core/event/fates";
import type { Outcome } from "@belfry/core/pipeline";
import { firehoseSource } from "@belfry/core/sources/firehose";
import { kinesisSource } from "@belfry/core/sources/kinesis";
import { objectSource } from "@belfry/core/sources/s3-object";
import type { Source } from "@belfry/core/sources/source";
import { subscriptionSource } from "@belfry/core/sources/subscription";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  envelope,
  firehoseEvent,
  kinesisEvent,
  s3Event,
  sqsEvent,
  subscriptionEvent,
  zipped,
} from "../support/events.ts";
import { memorySink, objectsIn } from "../support/memory-runtime.ts";

const RUNS = 1000;
const CONFIG = ConfigSchema.parse({});
const PLACE = { region: "eu-central-1", account: "999988887777", requestId: "r", now: 0 };

// The real stages, with a sink and a quarantine in memory.
const sink = memorySink("archive");
const pipeline = configuredPipeline(CONFIG, { sinks: [sink], quarantine: { put: async () => undefined } });

function run(source: Source): Promise<Outcome> {
  sink.delivered.length = 0;
  return pipeline.run(source, { signal: new AbortController().signal });
}

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const messages = fc.array(fc.oneof(fc.string({ unit: "binary" }), fc.json()), { maxLength: 5 });

/** Whole payloads, payloads with a few bytes changed or cut off, in any wrapping, and no payloads at all. */
const payload = fc.oneof(
  bytes,
  bytes.map((plain) => gzipSync(plain)),
  fc
    .tuple(messages, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 3 }), fc.nat())
    .map(([texts, changes, cut]) => {
      const plain = Buffer.from(JSON.stringify(envelope(texts)));
      for (const [at, byte] of changes) plain[at % plain.length] = byte;
      const part = changes.length === 0 ? plain : plain.subarray(0, plain.length - (cut % plain.length));
      return cut % 2 === 0 ? gzipSync(part) : part;
    }),
  fc.tuple(messages, fc.nat()).map(([texts, cut]) => {
    const whole = zipped(envelope(texts));
    return whole.subarray(0, whole.length - (cut % whole.length));
  }),
);

function expectAllAccounted({ accounting, itemsToRetry }: Outcome): void {
  expect(brokenIdentity(accounting)).toBeUndefined();
  expect(accounting.retried).toEqual({});
  expect(itemsToRetry).toEqual([]);
  expect(sink.delivered).toHaveLength(accounting.sinks["archive"]?.delivered ?? 0);
}

describe("any bytes whatever end in documents, drops by name or the quarantine", () => {
  it("by Kinesis", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(payload, { maxLength: 4 }), async (payloads) => {
        expectAllAccounted(await run(kinesisSource(kinesisEvent(payloads), CONFIG)));
      }),
      { numRuns: RUNS },
    );
  });

  it("by Kinesis as text that is no base64", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        expectAllAccounted(await run(kinesisSource(kinesisEvent([text]), CONFIG)));
      }),
      { numRuns: RUNS },
    );
  });

  it("by a subscription", async () => {
    await fc.assert(
      fc.asyncProperty(payload, async (one) => {
        expectAllAccounted(await run(subscriptionSource(subscriptionEvent(one), CONFIG, PLACE)));
      }),
      { numRuns: RUNS },
    );
  });

  it("by Firehose", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(payload, { maxLength: 3 }), async (payloads) => {
        expectAllAccounted(await run(firehoseSource(firehoseEvent(payloads), CONFIG)));
      }),
      { numRuns: RUNS },
    );
  });

  it("in an object", async () => {
    await fc.assert(
      fc.asyncProperty(payload, async (body) => {
        const access = { getObject: objectsIn({ "b/k": body }), signal: new AbortController().signal, place: PLACE };
        expectAllAccounted(await run(objectSource(s3Event([{ bucket: "b", key: "k" }]), CONFIG, access)));
      }),
      { numRuns: RUNS },
    );
  });

  it("in the body of a queue's message", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: "binary" }), fc.json()), async (body) => {
        const access = { getObject: objectsIn({}), signal: new AbortController().signal, place: PLACE };
        expectAllAccounted(await run(objectSource(sqsEvent([body]), CONFIG, access)));
      }),
      { numRuns: RUNS },
    );
  });
});
