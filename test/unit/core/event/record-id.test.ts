import { idSeed, idText, keyOf, writeId } from "@belfry/core/event/record-id";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

describe("record ids", () => {
  it("mix keys as MurmurHash3 x86_128 does", () => {
    // With seed 0; from a second implementation, written in Python after the reference.
    // https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp
    const vectors = {
      "": "00000000000000000000000000000000",
      hello: "2b2444a0db91def79adb31b69adb31b6",
      "hello, world": "8b21605cb9b98a1e93273a83eb5957c7",
      "The quick brown fox jumps over the lazy dog.": "6cbb60997dd6ed5e2bbf0fbb9b627b55",
    };
    for (const [key, id] of Object.entries(vectors)) expect(idText(new Int32Array(4), key)).toBe(id);
  });

  it("are 32 hexadecimal digits, the same for the same parts and key, different for any other", () => {
    const parts = fc.array(fc.string(), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(parts, fc.string(), parts, fc.string(), (a, x, b, y) => {
        const first = idText(idSeed(a), x);
        expect(first).toMatch(/^[0-9a-f]{32}$/);
        expect(idText(idSeed(a), x)).toBe(first);
        const same = JSON.stringify([a, x]) === JSON.stringify([b, y]);
        expect(idText(idSeed(b), y) === first).toBe(same);
      }),
      { numRuns: 1000 },
    );
  });

  it("spread: a hundred thousand neighbouring event ids give as many ids, even by their first 40 bits", () => {
    const seed = idSeed(["logs", "111122223333", "eu-central-1", "/g", "s"]);
    const ids = Array.from({ length: 100_000 }, (_, i) => idText(seed, `3${String(i).padStart(55, "0")}`));
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(ids.map((id) => id.slice(0, 10))).size).toBeGreaterThan(ids.length - 20);
  });

  it("are written where they are asked for and nowhere else", () => {
    const out = new Uint8Array(48).fill(1);
    const key = keyOf("a key of some length");
    writeId(idSeed(["a"]), key, 0, key.byteLength, new DataView(out.buffer), 8);
    expect([...out.subarray(0, 8), ...out.subarray(40)]).toEqual(Array.from({ length: 16 }, () => 1));
  });
});
