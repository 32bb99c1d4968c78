import { brokenIdentity } from "@belfry/core/event/fates";
import { kinesisSource } from "@belfry/core/sources/kinesis";
import { kinesisHandler } from "@belfry/functions/ingest/kinesis";
import { s3ObjectHandler } from "@belfry/functions/ingest/s3-object";
import type { KinesisStreamBatchResponse, SQSBatchResponse } from "aws-lambda";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { envelope, kinesisEvent, s3Event, sequenceNumber, sqsEvent, zipped } from "../support/events.ts";
import { lambdaContext, memoryRuntime, memorySink } from "../support/memory-runtime.ts";

const RUNS = 1000;

/** For each delivery item, for each of its records: whether the sink refuses it. */
const failures = fc.array(fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 12 });

const refuses = (message: string): boolean => message.endsWith("!");
const messageOf = (item: number, record: number, fails: boolean): string => `${item}.${record}${fails ? "!" : ""}`;

describe("partial failure", () => {
  it("names to Kinesis the earliest record with a failure, and nothing when there is none", async () => {
    await fc.assert(
      fc.asyncProperty(failures, async (items) => {
        const sink = memorySink("only", ({ message }) => (refuses(message) ? "retry" : undefined));
        const payloads = items.map((records, item) =>
          zipped(envelope(records.map((fails, i) => messageOf(item, i, fails)))),
        );
        const handler = kinesisHandler(memoryRuntime({ sinks: [sink] }));
        const answer = (await handler(kinesisEvent(payloads), lambdaContext())) as KinesisStreamBatchResponse;
        const first = items.findIndex((records) => records.includes(true));
        expect(answer.batchItemFailures).toEqual(first < 0 ? [] : [{ itemIdentifier: sequenceNumber(first) }]);
      }),
      { numRuns: RUNS },
    );
  });

  it("names to SQS exactly the messages with a failure", async () => {
    await fc.assert(
      fc.asyncProperty(failures, async (items) => {
        const sink = memorySink("only", ({ message }) => (refuses(message) ? "retry" : undefined));
        const objects: Record<string, Buffer> = {};
        const bodies = items.map((records, item) => {
          const key = `logs/${item}.log`;
          objects[`b/${key}`] = Buffer.from(records.map((fails, i) => messageOf(item, i, fails)).join("\n"));
          return JSON.stringify(s3Event([{ bucket: "b", key }]));
        });
        const handler = s3ObjectHandler(memoryRuntime({ sinks: [sink], objects }));
        const answer = (await handler(sqsEvent(bodies), lambdaContext())) as SQSBatchResponse;
        const expected = items.flatMap((records, item) =>
          records.includes(true) ? [{ itemIdentifier: `message-${item}` }] : [],
        );
        expect(answer.batchItemFailures).toEqual(expected);
      }),
      { numRuns: RUNS },
    );
  });

  it("keeps the identity of every sink when one works and others fail", async () => {
    const fate = fc.constantFrom<"retry" | "quarantine" | undefined>("retry", "quarantine", undefined);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fate, fate), { minLength: 1, maxLength: 20 }),
        fc.boolean(),
        async (fates, quarantineFails) => {
          const sinks = [0, 1].map((n) => memorySink(`sink-${n}`, ({ message }) => fates[Number(message)]?.[n]));
          const runtime = memoryRuntime({ sinks, quarantineFails: () => quarantineFails });
          const source = kinesisSource(
            kinesisEvent([zipped(envelope(fates.map((_, i) => String(i))))]),
            runtime.config,
          );
          const { accounting } = await runtime.pipeline.run(source, { signal: new AbortController().signal });
          expect(brokenIdentity(accounting)).toBeUndefined();
          for (const n of [0, 1]) {
            const refused = fates.filter((pair) => pair[n] !== undefined).length;
            expect(accounting.sinks[`sink-${n}`]?.delivered).toBe(fates.length - refused);
          }
        },
      ),
      { numRuns: RUNS },
    );
  });
});
