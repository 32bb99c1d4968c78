import { promisify } from "node:util";
import { constants, gzip, zstdCompress } from "node:zlib";

/** How files and objects are compressed. */
export type Compression = "gzip" | "zstd";

const gzipAsync = promisify(gzip);
const zstdAsync = promisify(zstdCompress);

// The fastest levels: of logs, gzip 1 leaves a tenth and zstd 1 a thirteenth, and higher ones cost several times as much.
const GZIP = { level: constants.Z_BEST_SPEED, chunkSize: 256 * 1024 };
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1 }, chunkSize: 256 * 1024 };

/** Compresses into a whole gzip member or zstd frame; either kind may be appended to another of its kind in one file. */
export function compress(bytes: Uint8Array, compression: Compression): Promise<Buffer> {
  return compression === "gzip" ? gzipAsync(bytes, GZIP) : zstdAsync(bytes, ZSTD);
}

/** What the names of such files end in; readers choose by it. */
export function fileExtension(compression: Compression | undefined): string {
  if (compression === undefined) return ".ndjson";
  return compression === "gzip" ? ".ndjson.gz" : ".ndjson.zst";
}
