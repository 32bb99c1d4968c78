import { randomBytes } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { packParts } from "@belfry/core/archive/replay-packing";
import { isReplay, parseParts, type ReplayPart, zippedParts } from "@belfry/core/event/replay-payload";
import { describe, expect, it } from "vitest";

const MIB = 1024 * 1024;
const resource = { account: "111122223333", region: "eu-central-1", regionAssumed: false, logGroup: "/app/orders" };

function record(n: number, original: Buffer): ReplayPart {
  return { kind: "record", id: String(n).padStart(32, "0"), origin: "kinesis:belfry/0:1", resource, time: n, original };
}

function item(original: Buffer): ReplayPart {
  const carrier = { name: "belfry", region: "eu-central-1", account: "999988887777" };
  return { kind: "item", key: "49", origin: "kinesis:belfry/0:49", carrier, original };
}

async function packed(parts: readonly ReplayPart[]) {
  const { entries, tooLarge } = await packParts(parts, () => 0.5);
  const data = entries.map((entry) => Buffer.from(entry.data));
  const replayed = data.filter(isReplay).flatMap((bytes) => parseParts(gunzipSync(zippedParts(bytes))));
  return { entries, data, replayed, tooLarge };
}

describe("packing parts of a replay", () => {
  it("puts many small parts into one stream record, each as it was", async () => {
    const parts = Array.from({ length: 500 }, (_, n) => record(n, Buffer.from(`message ${n} "ü" \u0000`)));
    const { entries, replayed } = await packed([...parts, record(500, randomBytes(100))]);
    expect(entries).toHaveLength(1);
    expect(replayed.slice(0, 500)).toEqual(parts);
    expect(replayed).toHaveLength(501);
  });

  it("splits what does not become small enough, and keeps the order", async () => {
    const parts = Array.from({ length: 6 }, (_, n) => record(n, randomBytes(300 * 1024)));
    const { entries, replayed, tooLarge } = await packed(parts);
    expect(replayed).toEqual(parts);
    expect(tooLarge).toEqual([]);
    for (const { data, key } of entries) expect(data.length + key.length).toBeLessThanOrEqual(MIB);
  });

  it("sends an item that fills a stream record bare, and names what fits into none", async () => {
    const full = item(randomBytes(MIB - 100));
    const larger = record(1, randomBytes(MIB + 1));
    const { data, replayed, tooLarge } = await packed([full, larger]);
    expect(data).toEqual([full.original]);
    expect(replayed).toEqual([]);
    expect(tooLarge).toEqual([larger]);
  });
});
