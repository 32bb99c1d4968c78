import { gzipSync, zstdCompressSync } from "node:zlib";
import type { ReplayAnswer } from "@belfry/core/archive/replay";
import { formatEntries } from "@belfry/core/event/quarantine-entry";
import { replayHandler } from "@belfry/functions/archive/replay";
import { subscriptionHandler } from "@belfry/functions/ingest/subscription";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { envelope, eventId, kinesisEvent, sequenceNumber, subscriptionEvent, zipped } from "../support/events.ts";
import { lambdaContext } from "../support/memory-runtime.ts";
import { ObjectStore } from "../support/object-store.ts";
import { ENV, world } from "../support/replay-world.ts";
import { taskRuntime } from "../support/task-runtime.ts";

const ids = (delivered: readonly { id: string }[]): string[] => delivered.map(({ id }) => id).toSorted();

describe("replay of the quarantine", () => {
  it("brings each refused and each undecodable record back under its id, once", async () => {
    const there = world();
    there.refuse(({ message }) => message.startsWith("bad"));
    const good = zipped(envelope(["good 1", "bad 1", "good 2", 'bad "2" \u001b[31m ü']));
    const cut = zipped(envelope([{ id: eventId(77), message: "cut" }])).subarray(0, 60);
    await there.ingest(kinesisEvent([good, cut, "bare line 1\nbad line 2"].map((data) => Buffer.from(data))));
    expect(there.sink.delivered).toHaveLength(3);
    const refused = await there.store.quarantined();
    expect(refused).toHaveLength(4);

    there.refuse(() => false);
    const answer = await there.replayAll({ from: "quarantine" });
    expect(answer).toMatchObject({ done: true, counts: { parts: 4, tooLarge: 0, unreadable: 0 } });
    await there.drain();

    // All but the one that no replay can mend, which is in the quarantine again under the id that it had.
    const undecodable = refused.filter(({ reason }) => reason.startsWith("bad compression"));
    expect(undecodable).toHaveLength(1);
    expect(ids(there.sink.delivered.slice(3))).toEqual(ids(refused.filter((entry) => !undecodable.includes(entry))));
    expect(new Set(ids(there.sink.delivered)).size).toBe(6);
    const again = (await there.store.quarantined()).filter(({ reason }) => reason.startsWith("bad compression"));
    expect(again).toEqual([...undecodable, ...undecodable]);
    const message = there.sink.delivered.find((one) => one.message.startsWith('bad "2"'));
    expect(message?.document).toMatchObject({
      "@timestamp": new Date(Date.UTC(2026, 10, 22, 12) + 3).toISOString(),
      aws: { cloudwatch: { log_group: "/app/orders", log_stream: "web-1" } },
      cloud: { account: { id: "111122223333" }, region: "eu-central-1" },
    });
  });

  it("gives what could not be decoded the ids of its first delivery when it can be decoded now", async () => {
    const there = world();
    const lines = gzipSync("line one\nline two");
    await there.ingest(kinesisEvent([lines]));
    const expected = ids(there.sink.delivered);
    const { id } = kinesisOrigin(0);
    const entry = {
      id,
      reason: "bad compression: for a while",
      origin: `kinesis:belfry/shardId-000000000000:${sequenceNumber(0)}`,
      resource: {
        account: "999988887777",
        region: "eu-central-1",
        regionAssumed: true,
        stream: "arn:aws:kinesis:eu-central-1:999988887777:stream/belfry",
      },
      original: lines,
    };
    await there.store.put("quarantine")({
      key: "quarantine/reason=bad/dt=2026-11-22/hour=12/x.ndjson",
      body: Buffer.from(formatEntries([entry])),
    });
    await there.replayAll({ from: "quarantine" });
    await there.drain();
    expect(ids(there.sink.delivered.slice(2))).toEqual(expected);
  });

  it("says what it would do in a dry run, and puts nothing", async () => {
    const there = world();
    there.refuse(() => true);
    await there.ingest(kinesisEvent([zipped(envelope(["a", "b"]))]));
    const answer = await there.replay({ from: "quarantine", dryRun: true });
    expect(answer).toMatchObject({ done: true, counts: { objects: 1, parts: 2 } });
    expect(there.stream).toEqual([]);
  });

  it("takes what arrived in the asked range only", async () => {
    const there = world();
    there.refuse(() => true);
    await there.ingest(kinesisEvent([zipped(envelope(["at noon"]))]));
    there.task.pass(3 * 3_600_000);
    await there.ingest(kinesisEvent([zipped(envelope(["at three"]))]));
    const answer = await there.replay({
      from: "quarantine",
      start: "2026-11-22T14:00:00Z",
      end: "2026-11-22T16:00:00Z",
    });
    expect(answer.counts).toMatchObject({ parts: 1, outside: 1 });
  });

  it("goes on behind an object that it cannot read, and names it", async () => {
    const there = world();
    there.refuse(() => true);
    await there.ingest(kinesisEvent([zipped(envelope(["a"]))]));
    await there.store.put("quarantine")({ key: "quarantine/a.txt", body: Buffer.from("not an entry\n") });
    const cut = gzipSync(Buffer.from("x".repeat(100))).subarray(0, 20);
    await there.store.put("quarantine")({ key: "quarantine/b.gz", body: cut });
    const answer = await there.replay({ from: "quarantine" });
    expect(answer).toMatchObject({ done: true, counts: { parts: 1, objects: 1, unreadable: 2 } });
    const named = there.task.logged.filter(({ message }) => String(message).includes("cannot be replayed"));
    expect(named.map(({ key }) => key)).toEqual(["quarantine/a.txt", "quarantine/b.gz"]);
  });
});

const STREAM_ARN = "arn:aws:kinesis:eu-central-1:999988887777:stream/belfry";
const kinesisOrigin = (n: number) => ({ id: String(n).padStart(32, "0"), arn: STREAM_ARN });

describe("replay of the archive", () => {
  it("brings documents back as they stand, and other lines under the ids of their places", async () => {
    const there = world();
    await there.ingest(kinesisEvent([zipped(envelope(["one", "two"])), gzipSync("three")]));
    const documents = there.sink.delivered.map(({ document }) => JSON.stringify(document));
    const expected = [...there.sink.delivered];
    const key = "logs/dt=2026-11-22/hour=12/belfry-1";
    await there.store.put("archive")({ key: `${key}.gz`, body: gzipSync(documents.slice(0, 2).join("\n")) });
    await there.store.put("archive")({ key: `${key}.zst`, body: zstdCompressSync(`${documents[2]}\nforeign\n`) });
    const answer = await there.replayAll({ from: "archive", prefix: "logs/dt=2026-11-22/" });
    expect(answer.counts).toMatchObject({ objects: 2, parts: 4 });
    await there.drain();
    const replayed = there.sink.delivered.slice(3);
    expect(replayed.slice(0, 3).map(({ document }) => document)).toEqual(expected.map(({ document }) => document));
    await there.replayAll({ from: "archive" });
    await there.drain();
    const foreign = there.sink.delivered.filter(({ message }) => message === "foreign");
    expect(foreign).toHaveLength(2);
    expect(new Set(ids(foreign)).size).toBe(1);
    expect(foreign[0].document).toMatchObject({ aws: { s3: { object: { key: `${key}.zst` } } } });
  });

  it("does not take Parquet for lines", async () => {
    const there = world();
    const body = Buffer.from("PAR1\n\u0000\nPAR1");
    await there.store.put("archive")({ key: "logs/dt=2026-11-22/hour=12/belfry-1.parquet", body });
    expect((await there.replay({ from: "archive" })).counts).toMatchObject({ parts: 0, unreadable: 1 });
  });
});

describe("replay of failed batches", () => {
  // https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
  const streamFailure = (payload: unknown): string =>
    JSON.stringify({
      requestContext: {
        requestId: "c9b8fa9f-5a7f-xmpl-af9c-0c604cde93a5",
        functionArn: "arn:aws:lambda:eu-central-1:999988887777:function:belfry-prod-ingest-kinesis",
        condition: "RetryAttemptsExhausted",
        approximateInvokeCount: 6,
      },
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
      version: "1.0",
      timestamp: "2026-11-22T12:10:06.021Z",
      KinesisBatchInfo: { shardId: "shardId-000000000000", batchSize: 2, streamArn: STREAM_ARN },
      ...(payload === undefined ? {} : { payload }),
    });
  const STREAM_KEY = "aws/lambda/0a1b-esm/shardId-000000000000/2026/11/22/2026-11-22T12.10.06-5f1c";

  it("gives stream records the ids that they would have had", async () => {
    const event = kinesisEvent([zipped(envelope(["one", "two"])), Buffer.from("bare one\nbare two"), "%%% no base64"]);
    const first = world();
    await first.ingest(event);
    for (const payload of [JSON.stringify(event), event]) {
      const there = world();
      await there.store.put("quarantine")({ key: STREAM_KEY, body: Buffer.from(streamFailure(payload)) });
      const answer = await there.replayAll({ from: "failed-batches" });
      expect(answer.counts).toMatchObject({ objects: 1, parts: 3 });
      await there.drain();
      expect(there.sink.delivered).toEqual(first.sink.delivered);
      expect(await there.store.quarantined()).toEqual(await first.store.quarantined());
    }
  });

  it("gives an asynchronous invocation's payload the ids that it would have had", async () => {
    const event = subscriptionEvent(zipped(envelope(["one", "two"])));
    const first = world();
    await subscriptionHandler(first.runtime)(event, lambdaContext());
    const there = world();
    // https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    const record = {
      version: "1.0",
      timestamp: "2026-11-22T12:10:06.021Z",
      requestContext: {
        requestId: "00000000-1111-2222-3333-444444444444",
        functionArn: "arn:aws:lambda:eu-central-1:999988887777:function:belfry-prod-ingest-subscription:$LATEST",
        condition: "RetriesExhausted",
        approximateInvokeCount: 3,
      },
      requestPayload: event,
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
    };
    const key = "aws/lambda/async/belfry-prod-ingest-subscription/2026/11/22/2026-11-22T12.10.06-5f1c";
    await there.store.put("quarantine")({ key, body: Buffer.from(JSON.stringify(record)) });
    expect((await there.replayAll({ from: "failed-batches" })).counts).toMatchObject({ objects: 1, parts: 1 });
    await there.drain();
    expect(there.sink.delivered).toEqual(first.sink.delivered);
  });

  it("counts what is no failure of a function that takes in logs", async () => {
    const there = world();
    await there.store.put("quarantine")({ key: STREAM_KEY, body: Buffer.from(streamFailure(undefined)) });
    await there.store.put("quarantine")({ key: `${STREAM_KEY}2`, body: Buffer.from("{}") });
    expect((await there.replayAll({ from: "failed-batches" })).counts).toMatchObject({ objects: 0, unreadable: 2 });
  });
});

describe("a replay that is killed", () => {
  /** Objects of some entries each, and the ids in them. */
  async function filled(sizes: readonly number[]) {
    const there = world(new ObjectStore(3));
    there.refuse(() => true);
    let next = 1;
    for (const size of sizes) {
      const messages = Array.from({ length: size }, () => ({ id: eventId(next), message: `m${next++}` }));
      await there.ingest(kinesisEvent([zipped(envelope(messages))]));
      there.task.pass(60_000);
    }
    there.refuse(() => false);
    return { there, expected: ids(await there.store.quarantined()) };
  }

  it("leaves no gap, wherever it is and whatever was put by then", async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 8 });
    const crashes = fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(sizes, crashes, fc.integer({ min: 1, max: 5 }), async (objects, crashesAfter, rate) => {
        const { there, expected } = await filled(objects);
        let cursor: ReplayAnswer["cursor"] | null = null;
        let done = false;
        for (let run = 0; !done; run++) {
          let calls = 0;
          // Killed at this call of S3 or Kinesis, with nothing answered: the state machine starts again at the cursor that it knows.
          const limit = crashesAfter[run] ?? Number.POSITIVE_INFINITY;
          const dies = (): boolean => ++calls > limit;
          there.failPuts(dies);
          there.store.fails = dies;
          const answer: ReplayAnswer | undefined = await there
            .replay({ from: "quarantine", rate, cursor })
            .catch(() => undefined);
          if (answer === undefined) continue;
          cursor = answer.cursor;
          done = answer.done;
        }
        there.store.fails = () => false;
        await there.drain();
        expect([...new Set(ids(there.sink.delivered))]).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  it("brings each record once when nothing goes wrong, however often it is invoked", async () => {
    const { there, expected } = await filled([4, 1, 6, 2]);
    await there.replayAll({ from: "quarantine", rate: 2 });
    await there.drain();
    expect(ids(there.sink.delivered)).toEqual(expected);
  });

  it("keeps to its rate", async () => {
    const { there } = await filled([10, 10]);
    const start = there.task.clock.now();
    await there.replay({ from: "quarantine", rate: 5 });
    expect(there.task.clock.now() - start).toBe(4000);
  });
});

describe("stream data that only looks like a replay's", () => {
  it("is quarantined as it came", async () => {
    const there = world();
    const data = Buffer.from("belfry.replay/1\n\u001f\u008b not gzip");
    const nonsense = Buffer.concat([Buffer.from("belfry.replay/1\n"), gzipSync("nonsense\n")]);
    await there.ingest(kinesisEvent([data, nonsense, zipped(envelope(["good"]))]));
    expect(there.sink.delivered).toHaveLength(1);
    const kept = await there.store.quarantined();
    expect(kept.map(({ original }) => Buffer.from(original))).toEqual([data, nonsense]);
    for (const { reason } of kept) expect(reason).toMatch(/^bad replay: /);
  });
});

describe("an event that a replay cannot take", () => {
  it.each([
    [{ from: "elsewhere" }, /from/],
    [{ from: "archive", start: "yesterday" }, /2026-11-22T03:00:00Z/],
    [{ from: "quarantine", prefix: "logs/" }, /prefix must begin with quarantine\//],
    [{ from: "archive", prefix: "exports/" }, /prefix must begin with logs\/ or direct\//],
    [{ from: "quarantine", speed: 5 }, /speed/],
  ])("%j is refused with the reason", async (event, reason) => {
    await expect(world().replay(event)).rejects.toThrow(reason);
  });

  it("says what to do where there is no stream", async () => {
    const { BELFRY_STREAM: _, ...env } = ENV;
    const calls = { listObjects: () => neverCalled, getObject: neverCalled, putRecords: () => neverCalled };
    const handler = replayHandler(taskRuntime({ env }), calls);
    await expect(handler({ from: "archive" }, lambdaContext())).rejects.toThrow(/deploy\.ingest\.buffer/);
  });
});

const neverCalled = (): never => {
  throw new Error("called");
};
