import { Readable } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { cutAtFrames } from "./zstd-frames.ts";

const MAGIC_BYTES = 5;

/** True for bytes that begin as gzip does (RFC 1952). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length > 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** True for bytes that begin as a Zstandard frame does (RFC 8878). */
export function isZstd(bytes: Uint8Array): boolean {
  return bytes.length > 4 && bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd;
}

/** The bytes of a body, decompressed when its first bytes say so. */
export async function* plainBytes(body: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const chunks = body[Symbol.asyncIterator]();
  const head: Buffer[] = [];
  let length = 0;
  while (length < MAGIC_BYTES) {
    const next = await chunks.next();
    if (next.done === true) break;
    head.push(Buffer.from(next.value));
    length += next.value.length;
  }
  const first = Buffer.concat(head);
  const decompressor = isGzip(first)
    ? createGunzip({ chunkSize: CHUNK })
    : isZstd(first)
      ? createZstdDecompress({ chunkSize: CHUNK })
      : undefined;
  const all = concatenate(first, chunks);
  if (decompressor === undefined) {
    yield* all;
    return;
  }
  const source = Readable.from(isZstd(first) ? cutAtFrames(all) : all);
  source.on("error", (error) => decompressor.destroy(error));
  yield* source.pipe(decompressor) as AsyncIterable<Buffer>;
}

const CHUNK = 256 * 1024;

async function* concatenate(first: Buffer, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
    yield Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
  }
}

/** Whether an error of `plainBytes` means that the compressed bytes themselves are broken or cut off, and not that reading them failed. */
export function isCorruption(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  return code.startsWith("Z_") || code.startsWith("ZSTD_") || code === "ERR_ZSTD_INVALID_PARAM";
}
