// Belfry's ingest and replay handlers around one store of objects and one stream, with faults.
import type { ReplayAnswer } from "@belfry/core/archive/replay";
import { addAccounting, brokenIdentity, emptyAccounting } from "@belfry/core/event/fates";
import type { PutEntry } from "@belfry/core/platform/clients";
import { BelfryError } from "@belfry/core/platform/errors";
import { s3Quarantine } from "@belfry/core/sinks/quarantine-s3";
import { replayHandler } from "@belfry/functions/archive/replay";
import { kinesisHandler } from "@belfry/functions/ingest/kinesis";
import type { KinesisStreamEvent } from "aws-lambda";
import { expect } from "vitest";
import { kinesisEvent } from "./events.ts";
import { type Delivered, lambdaContext, type MemoryRuntime, memoryRuntime, memorySink } from "./memory-runtime.ts";
import { ObjectStore } from "./object-store.ts";
import { taskRuntime } from "./task-runtime.ts";

/** The environment that the stacks set. */
export const ENV = {
  BELFRY_STREAM: "belfry",
  BELFRY_QUARANTINE_BUCKET: "quarantine",
  BELFRY_ARCHIVE_BUCKET: "archive",
};

/** Belfry with a store for its quarantine: takes in stream events, and replays into a stream of its own. */
export function world(store = new ObjectStore()) {
  let refuses: (one: Delivered) => boolean = () => false;
  const sink = memorySink("search", (one) => (refuses(one) ? "quarantine" : undefined));
  const sums = emptyAccounting();
  let name = 0;
  const task = taskRuntime({ env: ENV });
  const quarantine = s3Quarantine({
    put: store.put("quarantine"),
    clock: task.clock,
    // Names that do not repeat, and whose order is that of time.
    random: () => ++name / 0x1_0000_0000,
    sleep: task.sleep,
  });
  const runtime: MemoryRuntime = memoryRuntime({ sinks: [sink], quarantine });
  const counting: MemoryRuntime = {
    ...runtime,
    pipeline: {
      run: async (source, options) => {
        const outcome = await runtime.pipeline.run(source, options);
        expect(brokenIdentity(outcome.accounting)).toBeUndefined();
        addAccounting(outcome.accounting, sums);
        return outcome;
      },
    },
  };
  const stream: PutEntry[] = [];
  let fails: () => boolean = () => false;
  const handler = replayHandler(task, {
    listObjects: (bucket) => store.list(bucket),
    getObject: store.get,
    putRecords: () => async (entries) => {
      if (fails()) throw new BelfryError("UNAVAILABLE", "killed by the test", { retryable: true });
      stream.push(...entries.map(({ data, key }) => ({ data: Buffer.from(data), key })));
      return entries.map(() => undefined);
    },
  });
  return {
    store,
    sink,
    sums,
    task,
    stream,
    runtime: counting,
    refuse(test: (one: Delivered) => boolean): void {
      refuses = test;
    },
    failPuts(test: () => boolean): void {
      fails = test;
    },
    ingest: (event: KinesisStreamEvent) => kinesisHandler(counting)(event, lambdaContext()),
    /** One invocation. */
    replay: (event: object): Promise<ReplayAnswer> => handler(event, lambdaContext()),
    /** What the state machine does: invocations until it is done. */
    async replayAll(event: object): Promise<ReplayAnswer> {
      let answer: Partial<ReplayAnswer> = {};
      for (let i = 0; i < 100 && answer.done !== true; i++) {
        answer = await handler(
          { ...event, cursor: answer.cursor ?? null, counts: answer.counts ?? null },
          lambdaContext(),
        );
      }
      return answer as ReplayAnswer;
    },
    /** Lets the ingest function read the stream to its end. */
    async drain(): Promise<void> {
      const records = kinesisEvent(stream.splice(0).map(({ data }) => Buffer.from(data))).Records;
      for (const record of records) {
        const moved = { ...record, eventID: record.eventID.replace(/49/, "50") };
        const kinesis = { ...record.kinesis, sequenceNumber: record.kinesis.sequenceNumber.replace(/^49/, "50") };
        await kinesisHandler(counting)({ Records: [{ ...moved, kinesis }] }, lambdaContext());
      }
    },
  };
}
