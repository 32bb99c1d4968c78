import { formatPart, parseParts, partOfEntry } from "@belfry/core/event/replay-payload";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const resource = { account: "111122223333", region: "eu-central-1", regionAssumed: true, stream: "belfry" };
const entry = { id: "0".repeat(32), reason: "bad gzip", origin: "kinesis:belfry/shardId-0:4950", resource, time: 5 };

describe("a part of a replay", () => {
  it("comes back as it was, whatever its bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), (bytes, text) => {
        for (const original of [Buffer.from(bytes), Buffer.from(text)]) {
          const part = partOfEntry({ ...entry, original });
          expect(parseParts(Buffer.from(formatPart(part)))).toEqual([part]);
        }
      }),
    );
  });

  it("is an item with its first id when records are still to be decoded from it", () => {
    const original = Buffer.from("x");
    expect(partOfEntry({ ...entry, original })).toMatchObject({ kind: "record", id: entry.id });
    const whole = partOfEntry({ ...entry, reason: "bad base64", original });
    expect(whole).toMatchObject({ kind: "item", key: "4950", base64: true, carrier: { name: "belfry" } });
  });

  it.each(["{", "[]", "null", '{"kind":"record"}', '{"kind":"other","text":""}'])("is not %s", (line) => {
    expect(() => parseParts(Buffer.from(`${line}\n`))).toThrow("line 1 is no part of a replay");
  });
});
