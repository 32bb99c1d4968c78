import { Readable } from "node:stream";
import { constants, createZstdDecompress, zstdCompressSync } from "node:zlib";
import { cutAtFrames, zstdDecompressAll } from "@belfry/core/platform/zstd-frames";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const UNBOUNDED = 1 << 30;

/** Skippable frame: magic, length, content. https://www.rfc-editor.org/rfc/rfc8878#section-3.1.2 */
function skippable(content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(0x184d2a53, 0);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content]);
}

async function decompressed(bytes: Buffer, chunkSize: number): Promise<Buffer> {
  async function* chunks() {
    for (let i = 0; i < bytes.length; i += chunkSize) yield bytes.subarray(i, i + chunkSize);
  }
  const parts: Buffer[] = [];
  const stream = Readable.from(cutAtFrames(chunks())).pipe(createZstdDecompress());
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

const content = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  // More than one block of 128 KiB, and a block of one repeated byte.
  fc.integer({ min: 0, max: 300_000 }).map((length) => Buffer.alloc(length, "ab")),
  fc.integer({ min: 0, max: 300_000 }).map((length) => Buffer.alloc(length, "a")),
);
const frame = fc.record({ content, checksum: fc.boolean(), sized: fc.boolean(), skipped: fc.boolean() });

describe("Zstandard frames", () => {
  it("are all read, however many they are and wherever the chunks end", async () => {
    const given = fc.tuple(fc.array(frame, { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 70_000 }));
    await fc.assert(
      fc.asyncProperty(given, async ([frames, chunkSize]) => {
        const parts = frames.map(({ content, checksum, sized, skipped }) => {
          if (skipped) return skippable(content.subarray(0, 1000));
          const params = {
            [constants.ZSTD_c_checksumFlag]: checksum ? 1 : 0,
            [constants.ZSTD_c_contentSizeFlag]: sized ? 1 : 0,
          };
          return zstdCompressSync(content, { params });
        });
        const expected = Buffer.concat(frames.map(({ content, skipped }) => (skipped ? Buffer.alloc(0) : content)));
        const bytes = Buffer.concat(parts);
        expect(
          (await decompressed(bytes, bytes.length > 5000 ? Math.max(chunkSize, 500) : chunkSize)).equals(expected),
        ).toBe(true);
        expect(zstdDecompressAll(bytes, UNBOUNDED).equals(expected)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("are bounded all together", () => {
    const two = Buffer.concat([zstdCompressSync(Buffer.alloc(600)), zstdCompressSync(Buffer.alloc(600))]);
    expect(zstdDecompressAll(two, 1200)).toHaveLength(1200);
    expect(() => zstdDecompressAll(two, 1000)).toThrowError(expect.objectContaining({ code: "ERR_BUFFER_TOO_LARGE" }));
  });

  it("fail where they are cut off, or where something else follows", async () => {
    const one = zstdCompressSync(Buffer.from("text"));
    expect(() => zstdDecompressAll(Buffer.concat([one, one.subarray(0, -2)]), UNBOUNDED)).toThrow();
    expect(() => zstdDecompressAll(Buffer.concat([one, Buffer.from("something else")]), UNBOUNDED)).toThrow();
    await expect(decompressed(Buffer.concat([one, Buffer.from("something else")]), 5)).rejects.toThrow();
  });
});
