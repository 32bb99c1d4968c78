import { EventSourceMapping } from "@belfry/local/stream/event-source-mapping";
import { LocalStream, shardOf } from "@belfry/local/stream/kinesis-stream";
import type { DiscardedBatch, MappingOptions } from "@belfry/local/stream/mapping-options";
import type { KinesisStreamEvent } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { VirtualScheduler } from "./virtual-scheduler.ts";

const START_MS = Date.UTC(2026, 0, 1);

type Answer = (texts: string[], event: KinesisStreamEvent) => unknown;

/** A stream of one shard (or more), a mapping on it, and what the function and the destination for failures got. */
function setUp(options: Partial<MappingOptions> & { shards?: number; answer?: Answer } = {}) {
  const { shards = 1, answer = () => undefined, ...rest } = options;
  const scheduler = new VirtualScheduler(START_MS);
  const stream = new LocalStream({ name: "logs", shards, account: "123456789012", region: "eu-central-1", scheduler });
  const invocations: string[][] = [];
  const discarded: DiscardedBatch[] = [];
  const events: KinesisStreamEvent[] = [];
  const makeMapping = () =>
    new EventSourceMapping({
      stream,
      scheduler,
      batchSize: 100,
      batchWindowMs: 0,
      maximumRetryAttempts: 2,
      maximumRecordAgeMs: -1,
      bisectBatchOnFunctionError: false,
      startingPosition: "TRIM_HORIZON",
      onFailure: async (batch) => void discarded.push(batch),
      invoke: async (event) => {
        const texts = event.Records.map((record) => Buffer.from(record.kinesis.data, "base64").toString());
        invocations.push(texts);
        events.push(event);
        return answer(texts, event);
      },
      ...rest,
    });
  const put = (...texts: string[]) => texts.map((text) => stream.put("key", Buffer.from(text)));
  const discardedTexts = () => discarded.map((batch) => batch.records.map((record) => record.data.toString()));
  return { scheduler, stream, invocations, events, discarded, discardedTexts, put, makeMapping };
}

function failFrom(text: string): Answer {
  return (texts, event) => {
    const index = texts.indexOf(text);
    if (index < 0) return { batchItemFailures: [] };
    return { batchItemFailures: [{ itemIdentifier: event.Records[index].kinesis.sequenceNumber }] };
  };
}

function throwOn(text: string): Answer {
  return (texts) => {
    if (texts.includes(text)) throw new Error(`cannot take ${text}`);
  };
}

describe("gathering a batch", () => {
  it("waits for the batch window, counted from the first record, and then sends what is there", async () => {
    const { scheduler, put, makeMapping, invocations } = setUp({ batchWindowMs: 1000 });
    makeMapping();
    put("a");
    await scheduler.advance(600);
    put("b");
    await scheduler.advance(399);
    expect(invocations).toEqual([]);
    await scheduler.advance(1);
    expect(invocations).toEqual([["a", "b"]]);
  });

  it("does not wait for the window when the batch is full", async () => {
    const { scheduler, put, makeMapping, invocations } = setUp({ batchWindowMs: 60_000, batchSize: 2 });
    makeMapping();
    put("a", "b", "c");
    await scheduler.advance(0);
    expect(invocations).toEqual([["a", "b"]]);
    await scheduler.advance(60_000);
    expect(invocations).toEqual([["a", "b"], ["c"]]);
  });

  it("keeps the event within six megabytes", async () => {
    const { scheduler, put, makeMapping, events } = setUp({ batchWindowMs: 1 });
    makeMapping();
    put(...Array.from({ length: 11 }, () => "x".repeat(1_000_000)));
    await scheduler.advance(10);
    const sizes = events.map((event) => Buffer.byteLength(JSON.stringify(event)));
    expect(events.map((event) => event.Records.length)).toEqual([4, 4, 3]);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(6 * 1024 * 1024);
  });

  it("starts with what the stream holds, or with what comes, or at a time", async () => {
    for (const [startingPosition, expected] of [
      ["TRIM_HORIZON", ["old", "newer", "after"]],
      ["LATEST", ["after"]],
      [START_MS + 500, ["newer", "after"]],
    ] as const) {
      const { scheduler, put, makeMapping, invocations } = setUp({ startingPosition });
      put("old");
      await scheduler.advance(1000);
      put("newer");
      makeMapping();
      put("after");
      await scheduler.advance(0);
      expect(invocations.flat()).toEqual(expected);
    }
  });

  it("gives the function records in the shape that Kinesis has", async () => {
    const { scheduler, put, makeMapping, events } = setUp();
    makeMapping();
    const [record] = put("a");
    await scheduler.advance(0);
    expect(events[0].Records).toEqual([
      {
        kinesis: {
          kinesisSchemaVersion: "1.0",
          partitionKey: "key",
          sequenceNumber: record.sequenceNumber,
          data: "YQ==",
          approximateArrivalTimestamp: START_MS / 1000,
        },
        eventSource: "aws:kinesis",
        eventVersion: "1.0",
        eventID: `shardId-000000000000:${record.sequenceNumber}`,
        eventName: "aws:kinesis:record",
        invokeIdentityArn: "arn:aws:iam::123456789012:role/belfry-ingest-kinesis",
        awsRegion: "eu-central-1",
        eventSourceARN: "arn:aws:kinesis:eu-central-1:123456789012:stream/logs",
      },
    ]);
    expect(record.sequenceNumber).toMatch(/^\d{56}$/);
  });
});

describe("an answer that names failures", () => {
  it("sends again from the lowest named record on", async () => {
    let calls = 0;
    const { scheduler, put, makeMapping, invocations } = setUp({
      answer: (_texts, event) => {
        if (++calls > 1) return null;
        return { batchItemFailures: [3, 1].map((i) => ({ itemIdentifier: event.Records[i].kinesis.sequenceNumber })) };
      },
    });
    put("a", "b", "c", "d");
    makeMapping();
    await scheduler.advance(1000);
    expect(invocations).toEqual([
      ["a", "b", "c", "d"],
      ["b", "c", "d"],
    ]);
  });

  it.each([
    ["null", null],
    ["an empty text", ""],
    ["a number that is not in the batch", "49000"],
    ["a bad key name", undefined],
  ])("takes %s as a failure of the whole batch", async (_name, itemIdentifier) => {
    let calls = 0;
    const answer: Answer = () => (++calls > 1 ? null : { batchItemFailures: [{ itemIdentifier }] });
    const { scheduler, put, makeMapping, invocations } = setUp({ answer });
    put("a", "b");
    makeMapping();
    await scheduler.advance(1000);
    expect(invocations).toEqual([
      ["a", "b"],
      ["a", "b"],
    ]);
  });

  it.each([[undefined], [null], [{}], [{ batchItemFailures: null }], [{ batchItemFailures: [] }]])(
    "takes %j as success",
    async (response) => {
      const { scheduler, put, makeMapping, invocations } = setUp({ answer: () => response });
      put("a");
      makeMapping();
      await scheduler.advance(60_000);
      expect(invocations).toEqual([["a"]]);
    },
  );
});

describe("giving up", () => {
  it("sends a failing batch again as often as it may, then hands its records to the destination for failures", async () => {
    const { scheduler, put, makeMapping, invocations, discarded } = setUp({ answer: throwOn("a") });
    put("a");
    makeMapping();
    await scheduler.advance(60_000);
    expect(invocations).toHaveLength(3);
    expect(discarded).toMatchObject([
      {
        condition: "RetryAttemptsExhausted",
        shardId: "shardId-000000000000",
        approximateInvokeCount: 3,
        error: "cannot take a",
      },
    ]);
  });

  it("isolates a record that makes the function throw by splitting, and handles all others", async () => {
    const { scheduler, put, makeMapping, invocations, discardedTexts } = setUp({
      answer: throwOn("poison"),
      bisectBatchOnFunctionError: true,
    });
    const others = Array.from({ length: 499 }, (_, i) => `record ${i}`);
    put(...others.slice(0, 314), "poison", ...others.slice(314));
    makeMapping();
    await scheduler.advance(600_000);
    expect(discardedTexts()).toEqual([["poison"]]);
    expect(invocations.filter((texts) => !texts.includes("poison")).flat()).toEqual(others);
  });

  it("isolates a record that the answer keeps naming when the retries are used up", async () => {
    const { scheduler, put, makeMapping, invocations, discardedTexts } = setUp({
      answer: failFrom("poison"),
      bisectBatchOnFunctionError: true,
    });
    put("a", "b", "poison", "c", "d", "e");
    makeMapping();
    await scheduler.advance(600_000);
    expect(discardedTexts()).toEqual([["poison"]]);
    expect(new Set(invocations.flat())).toEqual(new Set(["a", "b", "poison", "c", "d", "e"]));
    expect(invocations.slice(0, 4)).toEqual([
      ["a", "b", "poison", "c", "d", "e"],
      ["poison", "c", "d", "e"],
      ["poison", "c", "d", "e"],
      ["poison", "c", "d", "e"],
    ]);
  });

  it("gives up records that are too old, and goes on with the younger ones", async () => {
    const { scheduler, put, makeMapping, invocations, discardedTexts, discarded } = setUp({
      maximumRecordAgeMs: 60_000,
    });
    put("old");
    await scheduler.advance(59_000);
    put("young");
    await scheduler.advance(2000);
    makeMapping();
    await scheduler.advance(0);
    expect(discardedTexts()).toEqual([["old"]]);
    expect(discarded[0].condition).toBe("RecordAgeExceeded");
    expect(invocations).toEqual([["young"]]);
  });

  it("tries a failing destination for failures again before it halts and says why", async () => {
    let attempts = 0;
    const { scheduler, put, makeMapping } = setUp({
      answer: throwOn("a"),
      maximumRetryAttempts: 0,
      onFailure: async () => {
        attempts++;
        throw new Error("disk full");
      },
    });
    put("a");
    const mapping = makeMapping();
    await expect(scheduler.settle(mapping.stop(1000))).rejects.toThrow("disk full");
    expect(attempts).toBe(3);
  });
});

describe("stopping", () => {
  it("sends what is gathered without waiting for the window", async () => {
    const { scheduler, put, makeMapping, invocations } = setUp({ batchWindowMs: 300_000 });
    const mapping = makeMapping();
    put("a", "b");
    await scheduler.settle(mapping.stop(1000));
    expect(scheduler.now()).toBe(START_MS);
    expect(invocations).toEqual([["a", "b"]]);
    put("c");
    await scheduler.advance(300_000);
    expect(invocations).toEqual([["a", "b"]]);
  });

  it("gives up what still fails when its patience is over, even with endless retries", async () => {
    const { scheduler, put, makeMapping, discarded, discardedTexts } = setUp({
      answer: failFrom("b"),
      maximumRetryAttempts: -1,
    });
    put("a", "b", "c");
    const mapping = makeMapping();
    await scheduler.settle(mapping.stop(5000));
    expect(discardedTexts()).toEqual([["b", "c"]]);
    expect(discarded[0].condition).toBe("Stopped");
  });
});

describe("the stream", () => {
  it("spreads partition keys over shards as Kinesis does, by the MD5 hash", () => {
    // md5("a") = 0cc1…, md5("b") = 92eb…, md5("d") = 8277…
    expect([shardOf("a", 2), shardOf("b", 2), shardOf("d", 4)]).toEqual([0, 1, 2]);
  });

  it("refuses records and partition keys that Kinesis refuses", () => {
    const { stream } = setUp();
    expect(() => stream.put("k", Buffer.alloc(1_048_576))).toThrow("a stream takes 1048576");
    expect(() => stream.put("", Buffer.alloc(1))).toThrow("a partition key has 1 to 256 characters, not 0");
  });

  it("lets go of old records, but of none that is still to be handled", async () => {
    const { scheduler, stream, put, makeMapping, invocations } = setUp();
    put("old");
    await scheduler.advance(25 * 3_600_000);
    makeMapping();
    put("new");
    await scheduler.advance(0);
    expect(invocations.flat()).toEqual(["old", "new"]);
    await scheduler.advance(25 * 3_600_000);
    put("newest");
    expect(stream.shards[0].positionAt("TRIM_HORIZON")).toBe(2);
  });

  it("refuses settings that Lambda refuses", () => {
    const { makeMapping } = setUp({ batchSize: 10_001 });
    expect(makeMapping).toThrow("batchSize is 10001, it must be a whole number from 1 to 10000");
  });
});
