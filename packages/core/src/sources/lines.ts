import { isUtf8 } from "node:buffer";
import { type Payload, payloadOf } from "../event/payload.ts";
import type { RecordBatch, RecordPlace } from "../event/record-batch.ts";
import { keyOf } from "../event/record-id.ts";
import type { Stream } from "../event/stream.ts";
import { archivedCopy, markArchivedCopy } from "./archived-copy.ts";

const NEWLINE = 10;
const RETURN = 13;

/** Where lines come from. */
export interface LineOrigin {
  readonly stream: Stream;
  /** Offset of the payload's first byte in the whole object. */
  readonly offset: number;
  /** Epoch milliseconds for lines that say no time; NaN when unknown. */
  readonly time: number;
  /** Stands before the offset in the key of a line's id: the sequence number for stream records, nothing for objects. */
  readonly keyPrefix: string;
}

/**
 * Reads bytes as lines, one record each; empty lines are no records. The key of a line's id is its offset from the beginning of the object.
 * A line that is a document of Belfry's own archive keeps the id it carries. Bytes that are not UTF-8 become U+FFFD, line by line.
 */
export class LineReader {
  readonly #payload: Payload;
  readonly #origin: LineOrigin;
  readonly #valid: boolean;
  readonly #place: RecordPlace = { payload: 0, stream: 0, start: 0, end: 0 };
  #at = 0;

  constructor(payload: Payload, origin: LineOrigin) {
    this.#payload = payload;
    this.#origin = origin;
    this.#valid = isUtf8(payload.bytes);
  }

  /** Fills the batch until its weight reaches `windowBytes`; true when all lines are read. */
  read(batch: RecordBatch, windowBytes: number): boolean {
    const bytes = this.#payload.bytes;
    const payload = batch.addPayload(this.#payload);
    this.#place.stream = batch.addStream(this.#origin.stream);
    while (this.#at < bytes.length) {
      if (batch.weight >= windowBytes) return false;
      const newline = bytes.indexOf(NEWLINE, this.#at);
      const lineEnd = newline < 0 ? bytes.length : newline;
      const end = lineEnd > this.#at && bytes[lineEnd - 1] === RETURN ? lineEnd - 1 : lineEnd;
      if (end > this.#at) this.#append(batch, payload, this.#at, end);
      this.#at = lineEnd + 1;
    }
    return true;
  }

  #append(batch: RecordBatch, payload: number, start: number, end: number): void {
    const { offset, time, keyPrefix } = this.#origin;
    const place = this.#place;
    place.payload = payload;
    place.start = start;
    place.end = end;
    const line = this.#payload.bytes.subarray(start, end);
    if (!this.#valid && !isUtf8(line)) {
      const mended = payloadOf(Buffer.from(line.toString("utf8")), this.#payload.item);
      place.payload = batch.addPayload(mended);
      place.start = 0;
      place.end = mended.bytes.length;
    }
    const key = keyOf(`${keyPrefix}${offset + start}`);
    batch.received++;
    const record = batch.append(place, time, false, key, 0, key.byteLength);
    const copy = archivedCopy(line);
    if (copy !== undefined) markArchivedCopy(batch, record, copy);
  }
}
