import { archivedCopy } from "@belfry/core/sources/archived-copy";
import type { LambdaHandler } from "@belfry/functions/handler";
import { kinesisHandler } from "@belfry/functions/ingest/kinesis";
import { s3ObjectHandler } from "@belfry/functions/ingest/s3-object";
import { subscriptionHandler } from "@belfry/functions/ingest/subscription";
import { firehoseHandler } from "@belfry/functions/transform/firehose";
import type { FirehoseTransformationResult } from "aws-lambda";
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
import { lambdaContext, type MemoryRuntime, memoryRuntime, memorySink } from "../support/memory-runtime.ts";

const RUNS = 1000;

const messages = fc.array(fc.string({ unit: "binary", minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 8 });
const names = fc.record({
  owner: fc.stringMatching(/^\d{12}$/),
  logGroup: fc.stringMatching(/^[\w/.-]{1,40}$/),
  logStream: fc.stringMatching(/^[\w/.$[\]-]{1,40}$/),
});

type Make = (runtime: MemoryRuntime) => LambdaHandler<never, unknown>;

async function idsBy(make: Make, event: unknown, objects: Record<string, Buffer> = {}): Promise<string[]> {
  const sink = memorySink("only");
  await make(memoryRuntime({ sinks: [sink], objects }))(event as never, lambdaContext());
  return sink.delivered.map(({ id }) => id);
}

async function idsByFirehose(payload: Buffer): Promise<string[]> {
  const handler = firehoseHandler(memoryRuntime({ sinks: [] }));
  const answer = (await handler(firehoseEvent([payload]), lambdaContext())) as FirehoseTransformationResult;
  const lines = answer.records.map(({ data }) => Buffer.from(data ?? "", "base64").toString()).join("");
  return lines
    .split("\n")
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as { belfry: { id: string } }).belfry.id);
}

describe("ids", () => {
  it("are the same for one CloudWatch event by Lambda, Kinesis, Firehose, an object that Firehose wrote, and replay of the archive", async () => {
    await fc.assert(
      fc.asyncProperty(messages, names, async (texts, over) => {
        const payload = zipped(envelope(texts, over));
        const byKinesis = await idsBy(kinesisHandler, kinesisEvent([payload]));
        expect(new Set(byKinesis).size).toBe(texts.length);
        expect(await idsBy(subscriptionHandler, subscriptionEvent(payload))).toEqual(byKinesis);
        expect(await idsByFirehose(payload)).toEqual(byKinesis);
        expect(await idsBy(s3ObjectHandler, s3Event([{ bucket: "b", key: "k" }]), { "b/k": payload })).toEqual(
          byKinesis,
        );
        const archive = memorySink("only");
        await kinesisHandler(memoryRuntime({ sinks: [archive] }))(kinesisEvent([payload]), lambdaContext());
        const copy = Buffer.from(archive.delivered.map(({ document }) => JSON.stringify(document)).join("\n"));
        expect(
          await idsBy(s3ObjectHandler, s3Event([{ bucket: "archive", key: "dt=x" }]), { "archive/dt=x": copy }),
        ).toEqual(byKinesis);
      }),
      { numRuns: RUNS },
    );
  });

  it("are the same for an object's line on every delivery, and differ by line, key and version", async () => {
    const line = fc.stringMatching(/^[a-z ]{1,20}$/);
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 8 }), async (lines) => {
        const objects = { "b/k": Buffer.from(lines.join("\n")), "b/l": Buffer.from(lines.join("\n")) };
        const read = (key: string, version: string): Promise<string[]> => {
          const event = sqsEvent([JSON.stringify(s3Event([{ bucket: "b", key, version }]))]);
          return idsBy(s3ObjectHandler, event, objects);
        };
        const first = await read("k", "1");
        expect(await read("k", "1")).toEqual(first);
        const others = [...(await read("k", "2")), ...(await read("l", "1"))];
        expect(new Set([...first, ...others]).size).toBe(3 * first.length);
      }),
      { numRuns: RUNS },
    );
  });

  it("are not taken from a line that only looks like an archived document", () => {
    for (const line of [
      '{"belfry":{"id":"x"}}',
      '{"@timestamp":"x","belfry":{"id":"',
      '{"belfry":{"id":"0123456789abcdef0123456789abcdef"}}',
    ]) {
      expect(archivedCopy(Buffer.from(line))).toBeUndefined();
    }
  });
});
