import { gzipSync, zstdCompressSync } from "node:zlib";
import { ConfigSchema } from "@belfry/core/config/schema";
import { Fate } from "@belfry/core/event/fates";
import { RecordBatch } from "@belfry/core/event/record-batch";
import { objectSource } from "@belfry/core/sources/s3-object";
import { describe, expect, it } from "vitest";
import { envelope, s3Event, sqsEvent } from "../../../support/events.ts";
import { objectsIn } from "../../../support/memory-runtime.ts";

const CONFIG = ConfigSchema.parse({});
const PLACE = { region: "eu-central-1", account: "999988887777", requestId: "r", now: 0 };

interface Read {
  messages: string[];
  fates: Fate[];
  reasons: string[];
  ids: string[];
  items: string[];
}

async function read(event: unknown, objects: Record<string, Buffer>, config = CONFIG): Promise<Read> {
  const all: Read = { messages: [], fates: [], reasons: [], ids: [], items: [] };
  const signal = new AbortController().signal;
  const source = objectSource(event, config, { getObject: objectsIn(objects), signal, place: PLACE });
  for await (const batch of source.batches(new RecordBatch())) {
    for (let record = 0; record < batch.count; record++) {
      all.messages.push(batch.messageOf(record));
      all.fates.push(batch.fates.of(record));
      all.reasons.push(batch.fates.of(record) === Fate.open ? "" : batch.fates.reasonOf(record));
      all.ids.push(batch.idOf(record));
      all.items.push(batch.itemOf(record).id);
    }
  }
  return all;
}

const one = (body: Buffer): Promise<Read> => read(s3Event([{ bucket: "b", key: "k" }]), { "b/k": body });

describe("objects", () => {
  it("are read as lines, plain, gzip of several members, or Zstandard", async () => {
    const plain = Buffer.from("one\ntwo\n");
    const members = Buffer.concat([gzipSync("one\n"), gzipSync("two\n")]);
    for (const body of [plain, gzipSync(plain), members, zstdCompressSync(plain)]) {
      expect((await one(body)).messages).toEqual(["one", "two"]);
    }
  });

  it("of all records of the event are read, with keys decoded", async () => {
    const event = s3Event([
      { bucket: "b", key: "a folder/größe+1.log" },
      { bucket: "b", key: "second" },
    ]);
    const { messages } = await read(event, {
      "b/a folder/größe+1.log": Buffer.from("1"),
      "b/second": Buffer.from("2"),
    });
    expect(messages).toEqual(["1", "2"]);
  });

  it("that are CloudTrail files give one record for each of their Records", async () => {
    const events = Array.from({ length: 5000 }, (_, i) => ({ eventName: "GetObject", n: i, text: 'a "quoted" }]' }));
    const { messages, ids } = await one(gzipSync(JSON.stringify({ Records: events })));
    expect(messages.map((message) => JSON.parse(message))).toEqual(events);
    expect(new Set(ids).size).toBe(5000);
  });

  it("that Firehose wrote, envelopes end to end, give their log events", async () => {
    const body = gzipSync(`${JSON.stringify(envelope(["a", "b"]))}${JSON.stringify(envelope(["c"]))}`);
    expect((await one(body)).messages).toEqual(["a", "b", "c"]);
  });

  it("larger than a window come whole and in order", async () => {
    const lines = Array.from({ length: 60_000 }, (_, i) => `line ${i} ${"x".repeat(i % 300)}`);
    const { messages, ids } = await one(gzipSync(lines.join("\n")));
    expect(messages).toEqual(lines);
    expect(new Set(ids).size).toBe(lines.length);
  });

  it("that break off keep their whole lines, and quarantine the rest with the place", async () => {
    const whole = gzipSync(Array.from({ length: 2000 }, (_, i) => `line ${i} ${Math.sin(i)}`).join("\n"));
    const { messages, fates, reasons } = await one(whole.subarray(0, whole.length - 2000));
    expect(messages[0]).toBe("line 0 0");
    expect(fates.filter((fate) => fate === Fate.quarantined)).toHaveLength(1);
    expect(reasons.at(-1)).toMatch(/bad compression after \d+ bytes/);
  });

  it("with a line over the bound quarantine that line alone", async () => {
    const config = { ...CONFIG, limits: { ...CONFIG.limits, lineBytes: 8 * 1024 * 1024 } };
    const body = Buffer.from(`first\n${"y".repeat(20 * 1024 * 1024)}\nlast\n`);
    const { messages, fates, reasons } = await read(s3Event([{ bucket: "b", key: "k" }]), { "b/k": body }, config);
    expect([messages.at(0), messages.at(-1)]).toEqual(["first", "last"]);
    expect(fates).toEqual([Fate.open, Fate.quarantined, Fate.open]);
    expect(reasons[1]).toMatch(/line too long/);
  });

  it("that are not there are one record to be retried, with that reason", async () => {
    const { fates, reasons } = await read(s3Event([{ bucket: "b", key: "gone" }]), {});
    expect(fates).toEqual([Fate.retry]);
    expect(reasons).toEqual(["no object s3://b/gone"]);
  });
});

describe("messages of a queue", () => {
  it("may hold events of S3, SNS and EventBridge, or lines of their own", async () => {
    const s3 = JSON.stringify(s3Event([{ bucket: "b", key: "k" }]));
    const sns = JSON.stringify({ Type: "Notification", Message: s3 });
    const bus = {
      source: "aws.s3",
      "detail-type": "Object Created",
      region: "eu-central-1",
      detail: { bucket: { name: "b" }, object: { key: "k" } },
    };
    const event = sqsEvent([s3, sns, JSON.stringify(bus), "a line", JSON.stringify({ hello: "world" })]);
    const { messages, items } = await read(event, { "b/k": Buffer.from("from the object") });
    expect(messages).toEqual(["from the object", "from the object", "from the object", "a line", '{"hello":"world"}']);
    expect(items).toEqual([0, 1, 2, 3, 4].map((n) => `message-${n}`));
  });

  it("about anything but a new object are dropped by name", async () => {
    const removed = { Records: [{ eventSource: "aws:s3", eventName: "ObjectRemoved:Delete", s3: {} }] };
    const test = { Service: "Amazon S3", Event: "s3:TestEvent", Bucket: "b" };
    const { reasons } = await read(sqsEvent([JSON.stringify(removed), JSON.stringify(test)]), {});
    expect(reasons).toEqual(["s3-event-other-than-created", "s3-test-event"]);
  });

  it("keep what names no object, alone or beside one that does, each part with an id of its own", async () => {
    const s3 = (s3Event([{ bucket: "b", key: "k" }]) as { Records: object[] }).Records;
    const sns = { Records: [{ Sns: { Message: "one" } }, { Sns: { Message: "two" } }] };
    const { messages, ids } = await read(
      sqsEvent([JSON.stringify({ Records: [...s3, { other: 1 }] }), JSON.stringify(sns)]),
      {
        "b/k": Buffer.from("object"),
      },
    );
    expect(messages).toEqual(["object", '{"other":1}', "one", "two"]);
    expect(new Set(ids).size).toBe(4);
    expect((await read({ Records: [{ Sns: { Message: "bare" } }] }, {})).messages).toEqual(["bare"]);
  });

  it("may hold an envelope itself", async () => {
    expect((await read(sqsEvent([JSON.stringify(envelope(["a", "b"]))]), {})).messages).toEqual(["a", "b"]);
  });
});
