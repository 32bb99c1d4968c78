import { gunzipSync } from "node:zlib";
import { SLACK } from "../event/payload.ts";
import { BelfryError, messageOf } from "../platform/errors.ts";
import { isGzip, isZstd } from "../platform/plain-bytes.ts";
import { zstdDecompressAll } from "../platform/zstd-frames.ts";

// The gzip trailer says the inflated size (RFC 1952, ISIZE). It is only a hint for the size of the first chunk: a lie costs one allocation.
const MAX_CHUNK = 64 * 1024 * 1024;
const MIN_CHUNK = 64 * 1024;
// Deflate cannot do better than 1032 : 1. https://zlib.net/zlib_tech.html
const MAX_RATIO = 1032;

/**
 * Inflates gzip or Zstandard bytes; anything else is returned as it is. Raises TOO_LARGE as soon as more than `maxBytes` come out, so a
 * bomb costs the time and memory of the bound, and BAD_PAYLOAD when the bytes are cut off or broken.
 */
export function inflate(bytes: Buffer, maxBytes: number): Buffer {
  const gzip = isGzip(bytes);
  if (!gzip && !isZstd(bytes)) return bytes;
  try {
    if (!gzip) return zstdDecompressAll(bytes, maxBytes);
    return gunzipSync(bytes, { maxOutputLength: maxBytes, chunkSize: chunkSize(bytes, maxBytes) });
  } catch (error) {
    if (error instanceof RangeError || (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") {
      throw new BelfryError("TOO_LARGE", `inflates to more than ${maxBytes} bytes`, { cause: error });
    }
    throw new BelfryError("BAD_PAYLOAD", `cannot be inflated: ${messageOf(error)}`, { cause: error });
  }
}

function chunkSize(bytes: Buffer, maxBytes: number): number {
  const said = bytes.length >= 4 ? bytes.readUInt32LE(bytes.length - 4) : 0;
  const plausible = Math.min(said, bytes.length * MAX_RATIO, MAX_CHUNK, maxBytes) + 4 * SLACK;
  return Math.max(MIN_CHUNK, plausible);
}

/**
 * Gives the memory of inflated bytes back at once. Left to the collector, tens of megabytes outside its heap make it go through the whole heap every
 * few invocations. The bytes are gone afterwards: only for what `inflate` made anew, and when no record points into it any more.
 */
export function release(inflated: Buffer): void {
  const memory = inflated.buffer;
  // Small ones stand in Node's pool, which others use too.
  if (memory instanceof ArrayBuffer && memory.byteLength > Buffer.poolSize) memory.transfer(0);
}
