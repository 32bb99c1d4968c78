import { EventSourceMapping } from "@belfry/local/stream/event-source-mapping";
import { LocalStream } from "@belfry/local/stream/kinesis-stream";
import type { KinesisStreamEvent, KinesisStreamRecord } from "aws-lambda";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { VirtualScheduler } from "./virtual-scheduler.ts";

const START_MS = Date.UTC(2026, 0, 1);

/** How the function treats a record: `throws` and `named` for ever, the others for the first few times. */
type Temper = "fine" | "throws" | "named" | "throws twice" | "named twice";

const temper = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Temper>("fine") },
  { weight: 1, arbitrary: fc.constantFrom<Temper>("throws", "named", "throws twice", "named twice") },
);

const scenario = fc.record({
  shards: fc.integer({ min: 1, max: 3 }),
  batchSize: fc.integer({ min: 1, max: 12 }),
  batchWindowMs: fc.constantFrom(0, 50, 1000),
  maximumRetryAttempts: fc.integer({ min: 0, max: 3 }),
  bisectBatchOnFunctionError: fc.boolean(),
  maximumRecordAgeMs: fc.constantFrom<number>(-1, 2000),
  durationMs: fc.constantFrom(0, 30),
  puts: fc.array(
    fc.record({ afterMs: fc.constantFrom(0, 0, 0, 20, 400), key: fc.constantFrom("a", "b", "c", "d"), temper }),
    { maxLength: 40, size: "max" },
  ),
});

type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

interface Run {
  /** By shard, the records in the order that they came in. */
  readonly put: Map<string, string[]>;
  /** By shard, each record at the time when it was first handled or given up. */
  readonly settled: Map<string, string[]>;
  readonly handled: Set<string>;
  readonly discarded: Set<string>;
  readonly tempers: Map<string, Temper>;
  overlapping: boolean;
}

async function run(given: Scenario): Promise<Run> {
  const { puts, shards, durationMs, ...settings } = given;
  const scheduler = new VirtualScheduler(START_MS);
  const stream = new LocalStream({ name: "logs", shards, account: "123456789012", region: "eu-central-1", scheduler });
  const result: Run = {
    put: new Map(),
    settled: new Map(),
    handled: new Set(),
    discarded: new Set(),
    tempers: new Map(),
    overlapping: false,
  };
  const failures = new Map<string, number>();
  const running = new Set<string>();

  const settle = (shardId: string, sequenceNumber: string) => {
    if (result.handled.has(sequenceNumber) || result.discarded.has(sequenceNumber)) return;
    result.settled.set(shardId, [...(result.settled.get(shardId) ?? []), sequenceNumber]);
  };
  const fails = (record: KinesisStreamRecord, how: "throws" | "named"): boolean => {
    const { sequenceNumber } = record.kinesis;
    const kind = result.tempers.get(sequenceNumber);
    if (kind === how) return true;
    const count = failures.get(sequenceNumber) ?? 0;
    if (kind !== `${how} twice` || count >= 2) return false;
    failures.set(sequenceNumber, count + 1);
    return true;
  };
  const answer = (shardId: string, records: KinesisStreamRecord[]) => {
    if (records.some((record) => fails(record, "throws"))) throw new Error("function error");
    const failed = records.filter((record) => fails(record, "named"));
    const through = failed.length === 0 ? records : records.slice(0, records.indexOf(failed[0]));
    for (const { kinesis } of through) {
      settle(shardId, kinesis.sequenceNumber);
      result.handled.add(kinesis.sequenceNumber);
    }
    return { batchItemFailures: failed.map((record) => ({ itemIdentifier: record.kinesis.sequenceNumber })) };
  };
  const invoke = async (event: KinesisStreamEvent) => {
    const shardId = event.Records[0].eventID.split(":")[0];
    result.overlapping ||= running.has(shardId);
    running.add(shardId);
    if (durationMs > 0) await new Promise<void>((resolve) => void scheduler.after(durationMs, resolve));
    running.delete(shardId);
    return answer(shardId, event.Records);
  };

  const mapping = new EventSourceMapping({
    ...settings,
    stream,
    scheduler,
    startingPosition: "TRIM_HORIZON",
    invoke,
    onFailure: async ({ shardId, records }) => {
      for (const { sequenceNumber } of records) {
        settle(shardId, sequenceNumber);
        result.discarded.add(sequenceNumber);
      }
    },
  });
  for (const { afterMs, key, temper: kind } of puts) {
    if (afterMs > 0) await scheduler.advance(afterMs);
    const record = stream.put(key, Buffer.from("text"));
    result.tempers.set(record.sequenceNumber, kind);
    const shardId = stream.shards.find((shard) => shard.at(shard.end - 1) === record)?.id ?? "";
    result.put.set(shardId, [...(result.put.get(shardId) ?? []), record.sequenceNumber]);
  }
  await scheduler.settle(mapping.stop(3_600_000));
  return result;
}

describe("an event source mapping, whatever fails", () => {
  it("handles or gives up every record, in the order of its shard, with one invocation of a shard at a time", async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        const { put, settled, overlapping, handled, discarded } = await run(given);
        expect(overlapping).toBe(false);
        expect(settled).toEqual(put);
        expect([...handled].filter((sequenceNumber) => discarded.has(sequenceNumber))).toEqual([]);
      }),
      { numRuns: 1500 },
    );
  });

  it("gives up with bisecting on nothing but what fails for good", async () => {
    const patient = scenario.map((given) => ({
      ...given,
      bisectBatchOnFunctionError: true,
      maximumRecordAgeMs: -1,
      maximumRetryAttempts: 3,
    }));
    await fc.assert(
      fc.asyncProperty(patient, async (given) => {
        const { tempers, handled, discarded } = await run(given);
        const bad = [...tempers]
          .filter(([, kind]) => kind === "throws" || kind === "named")
          .map(([sequenceNumber]) => sequenceNumber);
        expect([...discarded].sort()).toEqual(bad.sort());
        expect(handled.size).toBe(tempers.size - bad.length);
      }),
      { numRuns: 1500 },
    );
  });
});
