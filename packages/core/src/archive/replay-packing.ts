import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { ID_LENGTH } from "../event/record-id.ts";
import { formatPart, type ReplayPart, replayData } from "../event/replay-payload.ts";
import type { PutEntry } from "../platform/clients.ts";

/** A stream record's data and partition key together, unless the stream is set to take more. https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
const MAX_RECORD_BYTES = 1024 * 1024;

// Before compression, which leaves a tenth: a consumer that fails on a stream record repeats only so much.
const PACK_BYTES = 512 * 1024;

const gzipAsync = promisify(gzip);

/** Stream records, and the parts that fit into none. */
export interface PackedParts {
  readonly entries: readonly PutEntry[];
  readonly tooLarge: readonly ReplayPart[];
}

/** Packs parts into as few stream records as stay small. Partition keys are spread, so that a replay uses all shards. */
export async function packParts(parts: readonly ReplayPart[], random: () => number): Promise<PackedParts> {
  const entries: PutEntry[] = [];
  const tooLarge: ReplayPart[] = [];
  const put = (data: Uint8Array): void => void entries.push({ data, key: partitionKey(random) });
  const pack = async (some: readonly Formatted[]): Promise<void> => {
    const data = replayData(await gzipAsync(some.map(({ line }) => line).join("")));
    if (fits(data)) return put(data);
    const half = some.length >> 1;
    if (half > 0) {
      await pack(some.slice(0, half));
      return pack(some.slice(half));
    }
    const bare = bareItem(some[0].part);
    if (bare === undefined) tooLarge.push(some[0].part);
    else put(bare);
  };
  for (const some of packs(parts)) await pack(some);
  return { entries, tooLarge };
}

interface Formatted {
  readonly part: ReplayPart;
  readonly line: string;
}

function* packs(parts: readonly ReplayPart[]): Generator<readonly Formatted[]> {
  let pack: Formatted[] = [];
  let bytes = 0;
  for (const part of parts) {
    const line = formatPart(part);
    if (pack.length > 0 && bytes + line.length > PACK_BYTES) {
      yield pack;
      pack = [];
      bytes = 0;
    }
    pack.push({ part, line });
    bytes += line.length;
  }
  if (pack.length > 0) yield pack;
}

/** A stream record that filled its limit does not fit with what is said of it: bare, as it came, its log events still have the ids that CloudWatch gave them. */
function bareItem(part: ReplayPart): Uint8Array | undefined {
  return part.kind === "item" && part.base64 !== true && fits(part.original) ? part.original : undefined;
}

function fits(data: Uint8Array): boolean {
  return data.length + ID_LENGTH <= MAX_RECORD_BYTES;
}

function partitionKey(random: () => number): string {
  return Math.floor(random() * 0x1_0000_0000)
    .toString(16)
    .padStart(8, "0");
}
