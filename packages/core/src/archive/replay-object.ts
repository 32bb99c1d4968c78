import { parseEntries } from "../event/quarantine-lines.ts";
import { partOfEntry, type ReplayPart } from "../event/replay-payload.ts";
import { BelfryError } from "../platform/errors.ts";
import type { ListedObject } from "../platform/objects-client.ts";
import { plainBytes } from "../platform/plain-bytes.ts";
import { failedBatchParts } from "./replay-failed-batch.ts";
import type { ReplaySource } from "./replay-request.ts";

const NEWLINE = 10;

// Longer ones cannot be in any source: an entry of the quarantine holds a window of an object at most, in base64.
const MAX_LINE_BYTES = 256 * 1024 * 1024;

// https://parquet.apache.org/docs/file-format/
const PARQUET = Buffer.from("PAR1");

/** An object of a source, open. */
export interface OpenReplayObject {
  readonly object: ListedObject;
  readonly bucket: string;
  readonly body: AsyncIterable<Uint8Array>;
}

/** The parts of an object, in its order. Raises BAD_PAYLOAD at what the source cannot hold, and what the body raises. */
export async function* partsOf(from: ReplaySource, open: OpenReplayObject): AsyncGenerator<ReplayPart> {
  if (from === "failed-batches") {
    const chunks: Buffer[] = [];
    for await (const chunk of plainBytes(open.body)) chunks.push(chunk);
    yield* failedBatchParts(Buffer.concat(chunks).toString("utf8"));
    return;
  }
  for await (const { offset, bytes } of linesOf(open.body)) {
    if (offset === 0 && PARQUET.equals(bytes.subarray(0, PARQUET.length)))
      throw new BelfryError("BAD_PAYLOAD", "it is Parquet, and only JSON lines can be replayed: query it with Athena");
    if (from === "archive") yield linePart(open, offset, bytes);
    else for (const entry of parseEntries(bytes.toString("utf8"))) yield partOfEntry(entry);
  }
}

function linePart({ object, bucket }: OpenReplayObject, offset: number, original: Buffer): ReplayPart {
  const { key, version } = object;
  const resource = { account: "", region: "", regionAssumed: false, object: { bucket, key, version } };
  return { kind: "line", resource, offset, original };
}

interface Line {
  /** From the beginning of the object, decompressed. */
  readonly offset: number;
  readonly bytes: Buffer;
}

/** The lines of a body that are not empty. */
async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  let offset = 0;
  for await (const chunk of plainBytes(body)) {
    let at = 0;
    for (let newline = chunk.indexOf(NEWLINE); newline >= 0; newline = chunk.indexOf(NEWLINE, at)) {
      const bytes = Buffer.concat([...rest, chunk.subarray(at, newline)]);
      if (bytes.length > 0) yield { offset, bytes };
      offset += bytes.length + 1;
      at = newline + 1;
      rest = [];
      restBytes = 0;
    }
    rest.push(Buffer.from(chunk.subarray(at)));
    restBytes += chunk.length - at;
    if (restBytes > MAX_LINE_BYTES)
      throw new BelfryError("BAD_PAYLOAD", `a line of more than ${MAX_LINE_BYTES} bytes at offset ${offset}`);
  }
  if (restBytes > 0) yield { offset, bytes: Buffer.concat(rest) };
}
