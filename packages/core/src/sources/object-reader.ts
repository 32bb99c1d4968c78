import { payloadOf, SLACK } from "../event/payload.ts";
import type { RecordBatch } from "../event/record-batch.ts";
import { keyOf } from "../event/record-id.ts";
import { isCorruption, plainBytes } from "../platform/plain-bytes.ts";
import { WINDOW_BYTES } from "./decode-items.ts";
import { type JsonPieces, piecesOf } from "./json-pieces.ts";
import { LineReader } from "./lines.ts";
import type { OpenObject } from "./open-object.ts";

// Most objects are small; one that is not goes on with whole windows.
const FIRST_WINDOW_BYTES = 128 * 1024;

const NEWLINE = 10;

/**
 * Reads an object in windows of a few megabytes whatever its size. A line (or JSON record) longer than `limits.lineBytes` is quarantined alone,
 * with its beginning; a stream that breaks off is one quarantined record that says where. Raises what the body raises.
 */
export async function* readObject(object: OpenObject, batch: RecordBatch): AsyncGenerator<RecordBatch> {
  const window = new Window(object);
  let broken: unknown;
  try {
    for await (const chunk of plainBytes(object.body)) {
      for (let at = 0; at < chunk.length; ) {
        at += window.fill(chunk, at);
        if (!window.isFull) continue;
        yield* window.drain(batch, false);
      }
    }
  } catch (error) {
    if (!isCorruption(error)) throw error;
    broken = error;
  }
  yield* window.drain(batch, broken === undefined);
  if (broken !== undefined)
    window.reject(batch, `bad compression after ${window.offset} bytes: ${(broken as Error).message}`);
}

/** Bytes being collected until they hold whole lines or whole JSON records. */
class Window {
  readonly #object: OpenObject;
  #bytes = Buffer.allocUnsafeSlow(FIRST_WINDOW_BYTES + SLACK);
  #length = 0;
  /** True while the rest of a line that was too long is passed over. */
  #skipping = false;
  #json: JsonPieces | undefined;
  #known = false;
  /** Bytes of the object before the window. */
  offset = 0;

  constructor(object: OpenObject) {
    this.#object = object;
  }

  get isFull(): boolean {
    return this.#length === this.#bytes.length - SLACK;
  }

  /** Takes what fits of a chunk from `at` on; returns how much. */
  fill(chunk: Buffer, at: number): number {
    const room = this.#bytes.length - SLACK - this.#length;
    const taken = chunk.copy(this.#bytes, this.#length, at, Math.min(chunk.length, at + room));
    this.#length += taken;
    return taken;
  }

  /** Makes records of all that is whole; what is not stays for the next window. */
  *drain(batch: RecordBatch, last: boolean): Generator<RecordBatch> {
    if (!this.#known) {
      this.#known = true;
      this.#json = piecesOf(this.#bytes.subarray(0, this.#length), this.#object);
    }
    const json = this.#json;
    const used = yield* json === undefined
      ? this.#lines(batch, last)
      : json.read(this.#bytes.subarray(0, this.#length), this.offset, last, batch);
    if (batch.count > 0) {
      yield batch;
      batch.reset();
    }
    this.#keep(used, batch);
  }

  reject(batch: RecordBatch, reason: string): void {
    batch.fates.quarantine(this.#appendRest(batch, this.#bytes.subarray(0, this.#length)), reason);
  }

  *#lines(batch: RecordBatch, last: boolean): Generator<RecordBatch, number> {
    let start = 0;
    if (this.#skipping) {
      const newline = this.#bytes.subarray(0, this.#length).indexOf(NEWLINE);
      if (newline < 0) return this.#length;
      this.#skipping = false;
      start = newline + 1;
    }
    const end = last ? this.#length : this.#bytes.subarray(0, this.#length).lastIndexOf(NEWLINE) + 1;
    if (end <= start) return start;
    const payload = payloadOf(this.#bytes.subarray(start, end), this.#object.item);
    const lines = new LineReader(payload, {
      stream: this.#object.stream,
      offset: this.offset + start,
      time: Number.NaN,
      keyPrefix: "",
    });
    while (!lines.read(batch, WINDOW_BYTES)) {
      yield batch;
      batch.reset();
    }
    return end;
  }

  /** Moves what is not whole yet to the front. When that fills the window, the window grows, up to the bound for one line. */
  #keep(used: number, batch: RecordBatch): void {
    const rest = this.#length - used;
    this.offset += used;
    const bound = this.#json === undefined ? this.#object.limits.lineBytes : this.#object.limits.inflatedBytes;
    if (rest > bound) {
      this.reject(batch, `line too long: more than ${bound} bytes at offset ${this.offset}`);
      this.offset += rest;
      this.#length = 0;
      this.#skipping = true;
      this.#json?.stop();
      return;
    }
    const size = this.#bytes.length < WINDOW_BYTES ? WINDOW_BYTES : rest * 2;
    const grow = this.isFull && size > this.#bytes.length;
    const bytes = grow ? Buffer.allocUnsafeSlow(size + SLACK) : this.#bytes;
    this.#bytes.copy(bytes, 0, used, this.#length);
    this.#bytes = bytes;
    this.#length = rest;
  }

  #appendRest(batch: RecordBatch, bytes: Buffer): number {
    const copy = Buffer.from(bytes);
    const place = {
      payload: batch.addPayload(
        payloadOf(copy, { id: this.#object.item.id, origin: `${this.#object.item.origin}@${this.offset}` }),
      ),
      stream: batch.addStream(this.#object.stream),
      start: 0,
      end: copy.length,
    };
    const key = keyOf(String(this.offset));
    batch.received++;
    return batch.append(place, Number.NaN, false, key, 0, key.byteLength);
  }
}
