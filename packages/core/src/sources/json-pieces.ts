import { isUtf8 } from "node:buffer";
import { payloadOf } from "../event/payload.ts";
import type { RecordBatch } from "../event/record-batch.ts";
import { keyOf } from "../event/record-id.ts";
import { CONTROL_RULE, WINDOW_BYTES } from "./decode-items.ts";
import { EnvelopeReader, MalformedEnvelope } from "./envelope.ts";
import { skipSpace, skipValue } from "./json-walk.ts";
import type { OpenObject } from "./open-object.ts";

const COMMA = 44;
const OPEN_BRACE = 123;
const CLOSE_BRACKET = 93;

// A CloudTrail file is one object: {"Records":[{…},{…}]}.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
const RECORDS = /^\s*\{\s*"Records"\s*:\s*\[/;
// Firehose writes CloudWatch envelopes end to end, with nothing between them.
const ENVELOPE = /^\s*\{\s*"(messageType|owner|logGroup|logStream|subscriptionFilters|logEvents)"\s*:/;
const HEAD_BYTES = 8192;

/** Decides by an object's first bytes whether it is JSON in pieces rather than lines; undefined for lines. */
export function piecesOf(head: Buffer, object: OpenObject): JsonPieces | undefined {
  const text = head.toString("latin1", 0, HEAD_BYTES);
  const records = RECORDS.exec(text);
  if (records !== null) return new JsonPieces(object, "records", records[0].length);
  if (ENVELOPE.test(text) && head.includes('"messageType"') && head.includes('"logEvents"'))
    return new JsonPieces(object, "envelopes", 0);
  return undefined;
}

/** Reads JSON values that follow each other: the elements of `Records`, one record each, or envelopes with their log events. */
export class JsonPieces {
  readonly #object: OpenObject;
  readonly #form: "records" | "envelopes";
  /** Offset in the object up to which there is nothing to read. */
  #from: number;
  #ended = false;

  constructor(object: OpenObject, form: "records" | "envelopes", from: number) {
    this.#object = object;
    this.#form = form;
    this.#from = from;
  }

  /** Reads nothing more: the place where the next value begins is lost. */
  stop(): void {
    this.#ended = true;
  }

  /** Takes all whole values out of the window; returns how many bytes are done with. `offset` is where the window begins in the object. */
  *read(bytes: Buffer, offset: number, last: boolean, batch: RecordBatch): Generator<RecordBatch, number> {
    let at = skipSpace(bytes, Math.max(0, this.#from - offset), bytes.length);
    const payload = batch.addPayload(payloadOf(bytes, this.#object.item));
    const place = { payload, stream: batch.addStream(this.#object.stream), start: 0, end: 0 };
    while (at < bytes.length && !this.#ended) {
      if (this.#form === "records" && bytes[at] === CLOSE_BRACKET) this.#ended = true;
      if (bytes[at] !== OPEN_BRACE) break;
      const end = skipValue(bytes, at, bytes.length);
      if (end < 0) break;
      if (this.#form === "envelopes") yield* this.#envelope(bytes.subarray(at, end), batch);
      else {
        place.start = at;
        place.end = end;
        this.#append(batch, place, bytes, offset);
      }
      at = this.#after(bytes, end);
    }
    if (this.#ended) return bytes.length;
    if (last && at < bytes.length) {
      this.#reject(batch, bytes.subarray(at), offset + at);
      return bytes.length;
    }
    this.#from = offset + at;
    return at;
  }

  #after(bytes: Buffer, end: number): number {
    const at = skipSpace(bytes, end, bytes.length);
    return bytes[at] === COMMA ? skipSpace(bytes, at + 1, bytes.length) : at;
  }

  #append(
    batch: RecordBatch,
    place: { payload: number; stream: number; start: number; end: number },
    bytes: Buffer,
    offset: number,
  ): void {
    const key = keyOf(String(offset + place.start));
    const element = bytes.subarray(place.start, place.end);
    batch.received++;
    if (isUtf8(element)) {
      batch.append(place, Number.NaN, false, key, 0, key.byteLength);
      return;
    }
    const mended = payloadOf(Buffer.from(element.toString("utf8")), this.#object.item);
    batch.append(
      { ...place, payload: batch.addPayload(mended), start: 0, end: mended.bytes.length },
      Number.NaN,
      false,
      key,
      0,
      key.byteLength,
    );
  }

  *#envelope(bytes: Buffer, batch: RecordBatch): Generator<RecordBatch> {
    const { item, carrier, streams } = this.#object;
    const text = isUtf8(bytes) ? bytes : Buffer.from(bytes.toString("utf8"));
    const reader = new EnvelopeReader(
      payloadOf(text, item),
      (head, extracted) => streams.forLogs(head, extracted, carrier),
      (into) => into.fates.drop(this.#whole(into, bytes, 0), CONTROL_RULE),
    );
    try {
      while (!reader.read(batch, WINDOW_BYTES)) {
        yield batch;
        batch.reset();
      }
    } catch (error) {
      if (!(error instanceof MalformedEnvelope)) throw error;
      batch.fates.quarantine(this.#whole(batch, bytes, 0), `bad envelope: ${error.message}`);
    }
  }

  #reject(batch: RecordBatch, bytes: Buffer, offset: number): void {
    batch.fates.quarantine(this.#whole(batch, bytes, offset), `bad JSON: breaks off at offset ${offset}`);
  }

  #whole(batch: RecordBatch, bytes: Buffer, offset: number): number {
    const copy = Buffer.from(bytes);
    const place = {
      payload: batch.addPayload(payloadOf(copy, this.#object.item)),
      stream: batch.addStream(this.#object.stream),
      start: 0,
      end: copy.length,
    };
    const key = keyOf(`${offset}!`);
    batch.received++;
    return batch.append(place, Number.NaN, false, key, 0, key.byteLength);
  }
}
