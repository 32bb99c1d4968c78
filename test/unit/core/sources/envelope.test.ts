import { createHash } from "node:crypto";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { ConfigSchema } from "@belfry/core/config/schema";
import { Fate } from "@belfry/core/event/fates";
import { pathId } from "@belfry/core/event/field-path";
import { readField } from "@belfry/core/event/read-field";
import { RecordBatch } from "@belfry/core/event/record-batch";
import type { DecodeConfig } from "@belfry/core/sources/decode-items";
import { kinesisSource } from "@belfry/core/sources/kinesis";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { controlEnvelope, envelope, kinesisEvent, zipped } from "../../../support/events.ts";

const CONFIG = ConfigSchema.parse({});

interface Read {
  messages: string[];
  fates: Fate[];
  reasons: string[];
  regions: unknown[];
  accounts: unknown[];
  times: number[];
}

async function read(data: readonly (Buffer | string)[], config: DecodeConfig = CONFIG): Promise<Read> {
  const all: Read = { messages: [], fates: [], reasons: [], regions: [], accounts: [], times: [] };
  const source = kinesisSource(kinesisEvent(data), config);
  for await (const batch of source.batches(new RecordBatch())) {
    for (let record = 0; record < batch.count; record++) {
      all.messages.push(batch.messageOf(record));
      all.fates.push(batch.fates.of(record));
      all.reasons.push(batch.fates.of(record) === Fate.open ? "" : batch.fates.reasonOf(record));
      all.regions.push(readField(batch, record, pathId("cloud.region")));
      all.accounts.push(readField(batch, record, pathId("cloud.account.id")));
      all.times.push(batch.time[record]);
    }
  }
  return all;
}

describe("CloudWatch envelopes", () => {
  it("give back every message byte for byte, whatever it holds", async () => {
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), fc.json());
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 20 }), fc.constantFrom(0, 2), async (messages, indent) => {
        const payload = gzipSync(JSON.stringify(envelope(messages), null, indent));
        expect((await read([payload])).messages).toEqual(messages.map((message) => message.toWellFormed()));
      }),
      { numRuns: 1000 },
    );
  });

  it("may come in any order of keys, with unknown ones, and uncompressed or in Zstandard", async () => {
    const { messageType, owner, logGroup, logStream, logEvents } = envelope(["one", "two"]);
    const text = JSON.stringify({
      new: { a: [1, "}"] },
      logStream,
      logGroup,
      owner,
      messageType,
      logEvents,
      policyLevel: "ACCOUNT_LEVEL_POLICY",
    });
    const swapped = text.replaceAll(
      /"id":("\d+"),"timestamp":(\d+),"message":("\w+")/g,
      '"message":$3,"extra":null,"timestamp":$2,"id":$1',
    );
    for (const payload of [Buffer.from(text), zstdCompressSync(text), gzipSync(swapped)]) {
      const { messages, times } = await read([payload]);
      expect(messages).toEqual(["one", "two"]);
      expect(times).toEqual(logEvents.map(({ timestamp }) => timestamp));
    }
  });

  it("may come several in one record", async () => {
    const { messages, accounts } = await read([zipped(envelope(["a"]), envelope(["b"], { owner: "444455556666" }))]);
    expect(messages).toEqual(["a", "b"]);
    expect(accounts).toEqual(["111122223333", "444455556666"]);
  });

  it("take account and region of one event from its own system fields", async () => {
    const events = [
      { message: "here" },
      { message: "there", extractedFields: { "@aws.account": "777788889999", "@aws.region": "us-west-2" } },
    ];
    const { accounts, regions } = await read([zipped(envelope(events))]);
    expect(accounts).toEqual(["111122223333", "777788889999"]);
    expect(regions).toEqual(["eu-central-1", "us-west-2"]);
  });

  it("of three regions through one home stream keep theirs", async () => {
    const over = (subscriptionFilters: string[]) => zipped(envelope(["x"], { subscriptionFilters }));
    const payloads = [over(["belfry-us-east-1"]), over(["belfry-ap-northeast-2"]), over(["somebody-else"])];
    expect((await read(payloads)).regions).toEqual(["us-east-1", "ap-northeast-2", "eu-central-1"]);
    const config = { ...CONFIG, streams: { belfry: { region: "sa-east-1" } } };
    expect((await read(payloads, config)).regions).toEqual(["us-east-1", "ap-northeast-2", "sa-east-1"]);
  });

  it("that are control messages are dropped by that name", async () => {
    const { fates, reasons } = await read([zipped(controlEnvelope(), envelope(["a"]))]);
    expect(fates).toEqual([Fate.dropped, Fate.open]);
    expect(reasons[0]).toBe("control-message");
  });

  it("that break off keep what came whole, and quarantine the rest with its reason", async () => {
    const text = JSON.stringify(envelope(["one", "two"]));
    const cut = text.slice(0, text.indexOf('"two"') + 2);
    const { messages, fates, reasons } = await read([gzipSync(cut)]);
    expect(messages[0]).toBe("one");
    expect(fates).toEqual([Fate.open, Fate.quarantined]);
    expect(reasons[1]).toMatch(/bad envelope: breaks off/);
  });

  it("that are broken are one quarantined record each, and do not touch their neighbours", async () => {
    const good = zipped(envelope(["ok"]));
    const bad = ["!!not base64!!", good.subarray(0, 30), gzipSync('{"messageType":"DATA_MESSAGE","logEvents":7}')];
    const { messages, fates, reasons } = await read([good, ...bad, good]);
    expect(fates).toEqual([Fate.open, Fate.quarantined, Fate.quarantined, Fate.quarantined, Fate.open]);
    expect([messages[0], messages[4]]).toEqual(["ok", "ok"]);
    expect(reasons.slice(1, 4)).toEqual([
      "bad base64",
      expect.stringContaining("bad compression"),
      "bad envelope: logEvents is no array",
    ]);
  });

  it("in what is no base64, however short, are quarantined", async () => {
    const texts = ["###", "not base64!", "a", "===="];
    const { fates, reasons } = await read(texts);
    expect(fates).toEqual(texts.map(() => Fate.quarantined));
    expect(new Set(reasons)).toEqual(new Set(["bad base64"]));
    expect((await read(["SGVs\nbG8=", "SGVsbG8"])).messages).toEqual(["Hello", "Hello"]);
  });

  it("larger than the bound are refused before they are inflated", async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, "x"));
    const limits = { ...CONFIG.limits, inflatedBytes: 1024 * 1024 };
    const { fates, reasons } = await read([bomb], { ...CONFIG, limits });
    expect(fates).toEqual([Fate.quarantined]);
    expect(reasons[0]).toBe("bomb: inflates to more than 1048576 bytes");
  });
});

describe("bare records", () => {
  it("are lines of text", async () => {
    expect((await read([Buffer.from("one\r\n\ntwo\n"), gzipSync("three")])).messages).toEqual(["one", "two", "three"]);
  });

  it("that are not UTF-8 are mended line by line", async () => {
    const bytes = Buffer.concat([Buffer.from("gut\n"), Buffer.from([0x62, 0xff, 0x64]), Buffer.from("\ngrün")]);
    expect((await read([bytes])).messages).toEqual(["gut", "b\ufffdd", "grün"]);
  });

  it("that are empty are dropped by that name", async () => {
    expect((await read([Buffer.from(" \n")])).reasons).toEqual(["empty-payload"]);
  });

  it("that the Kinesis Producer Library packed are taken apart", async () => {
    const { messages } = await read([aggregated([zipped(envelope(["a"])), Buffer.from("b")])]);
    expect(messages).toEqual(["a", "b"]);
  });
});

/** https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md */
function aggregated(records: readonly Buffer[]): Buffer {
  const field = (tag: number, bytes: Buffer): Buffer =>
    Buffer.concat([Buffer.from([tag]), varint(bytes.length), bytes]);
  const message = Buffer.concat([
    field(0x0a, Buffer.from("key")),
    ...records.map((data) => field(0x1a, Buffer.concat([Buffer.from([0x08, 0x00]), field(0x1a, data)]))),
  ]);
  return Buffer.concat([Buffer.from([0xf3, 0x89, 0x9a, 0xc2]), message, createHash("md5").update(message).digest()]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}
