import { type DeliveryItem, payloadOf } from "../event/payload.ts";
import type { RecordBatch } from "../event/record-batch.ts";
import { keyOf } from "../event/record-id.ts";
import type { ReplayPart } from "../event/replay-payload.ts";
import type { Resource } from "../event/resource.ts";
import { Stream } from "../event/stream.ts";
import { archivedCopy, markArchivedCopy } from "./archived-copy.ts";

/** Parts of a replay that are records. */
export type ReplayedRecordPart = Exclude<ReplayPart, { kind: "item" }>;

/** One log message with what its carrier says of it. */
export interface Message {
  readonly bytes: Uint8Array;
  readonly resource: Resource;
  /** Epoch milliseconds, when the carrier says it. */
  readonly timeMs?: number;
  /** The id that it has already; made from its stream and the key when absent. */
  readonly id?: string;
  readonly key: string;
}

/** Adds a message as a record of its own. Its bytes are copied, because transforms mask secrets in place. */
export function appendMessage(batch: RecordBatch, message: Message, item: DeliveryItem): number {
  const bytes = Buffer.from(message.bytes);
  const place = {
    payload: batch.addPayload(payloadOf(bytes, item)),
    stream: batch.addStream(new Stream(message.resource)),
    start: 0,
    end: bytes.length,
  };
  const key = keyOf(message.key);
  batch.received++;
  const record = batch.append(place, message.timeMs ?? Number.NaN, false, key, 0, key.byteLength);
  if (message.id !== undefined) batch.setId(record, message.id);
  return record;
}

/** Reads records that a replay put into a stream: under their own ids, and finished documents as they stand. */
export class ReplayedReader {
  readonly #parts: readonly ReplayedRecordPart[];
  readonly #itemId: string;
  #at = 0;

  constructor(parts: readonly ReplayedRecordPart[], itemId: string) {
    this.#parts = parts;
    this.#itemId = itemId;
  }

  /** Fills the batch until its weight reaches `windowBytes`; true when all is read. */
  read(batch: RecordBatch, windowBytes: number): boolean {
    while (this.#at < this.#parts.length) {
      if (batch.weight >= windowBytes) return false;
      this.#append(batch, this.#parts[this.#at++]);
    }
    return true;
  }

  #append(batch: RecordBatch, part: ReplayedRecordPart): void {
    const { resource, original } = part;
    const copy = archivedCopy(Buffer.from(original));
    if (part.kind === "line") {
      const { bucket = "", key = "" } = resource.object ?? {};
      const item = { id: this.#itemId, origin: `s3://${bucket}/${key}` };
      const record = appendMessage(batch, { bytes: original, resource, key: String(part.offset) }, item);
      if (copy !== undefined) markArchivedCopy(batch, record, copy);
      return;
    }
    const { id, origin, time } = part;
    const timed = time === undefined ? {} : { timeMs: time };
    const item = { id: this.#itemId, origin };
    const record = appendMessage(batch, { bytes: original, resource, ...timed, id, key: id }, item);
    // A message that merely looks like a document has another id.
    if (copy?.id === id) markArchivedCopy(batch, record, copy);
  }
}
