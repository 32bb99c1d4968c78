import { constants, crc32, deflateRawSync } from "node:zlib";
import { Random } from "../../bench/random.ts";
import { fleet } from "../../bench/shapes/fleet.ts";
import { lambda } from "../../bench/shapes/lambda.ts";

const MIB = 1024 * 1024;
const START_MS = Date.UTC(2026, 10, 22, 3);

/** Different mebibytes of lines, which follow each other in a random order. */
const BLOCKS = 48;

const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

/** A gzip object of NDJSON, as a stream that takes no memory to make. */
export interface LargeObject {
  readonly lines: number;
  readonly bytes: number;
  /** The compressed bytes, from the beginning each time. */
  chunks(): Generator<Buffer>;
}

/**
 * About so many bytes of JSON lines as one gzip stream (RFC 1952). Blocks of lines are compressed once, each flushed fully, so that its
 * compressed bytes depend on nothing before it and can stand anywhere in the stream.
 */
export function largeObject(bytes: number): LargeObject {
  const blocks = Array.from({ length: BLOCKS }, (_, seed) => makeBlock(seed));
  const random = new Random(bytes);
  const order = Array.from({ length: Math.ceil(bytes / MIB) }, () => random.pick(blocks));
  return {
    lines: order.reduce((sum, { lines }) => sum + lines, 0),
    bytes: order.reduce((sum, { plain }) => sum + plain.length, 0),
    *chunks() {
      yield GZIP_HEADER;
      let checksum = 0;
      let length = 0;
      for (const { plain, deflated } of order) {
        yield deflated;
        checksum = crc32(plain, checksum);
        length += plain.length;
      }
      yield deflateRawSync("");
      const trailer = Buffer.alloc(8);
      trailer.writeUInt32LE(checksum, 0);
      trailer.writeUInt32LE(length % 2 ** 32, 4);
      yield trailer;
    },
  };
}

interface Block {
  readonly plain: Buffer;
  readonly deflated: Buffer;
  readonly lines: number;
}

function makeBlock(seed: number): Block {
  const here = fleet(seed);
  const lines: string[] = [];
  for (let length = 0; length < MIB; ) {
    const line = lambda(here, START_MS + seed * 60_000 + lines.length).trim();
    // The lines of an NDJSON object are JSON; what else the function writes is left out.
    if (!line.startsWith("{")) continue;
    lines.push(line);
    length += Buffer.byteLength(line) + 1;
  }
  const plain = Buffer.from(`${lines.join("\n")}\n`);
  return { plain, deflated: deflateRawSync(plain, { finishFlush: constants.Z_FULL_FLUSH }), lines: lines.length };
}
