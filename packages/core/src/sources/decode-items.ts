import { isUtf8 } from "node:buffer";
import type { Config } from "../config/schema.ts";
import { type DeliveryItem, payloadOf } from "../event/payload.ts";
import type { RecordBatch } from "../event/record-batch.ts";
import { keyOf } from "../event/record-id.ts";
import { isReplay, parseParts, type ReplayedItem, type ReplayPart, zippedParts } from "../event/replay-payload.ts";
import type { Stream } from "../event/stream.ts";
import { BelfryError, messageOf } from "../platform/errors.ts";
import { EnvelopeReader, MalformedEnvelope } from "./envelope.ts";
import { inflate, release } from "./inflate.ts";
import { deaggregate } from "./kpl.ts";
import { LineReader } from "./lines.ts";
import { ReplayedReader } from "./replayed.ts";
import { type Carrier, StreamTable } from "./streams.ts";

/** One delivery item with its bytes as the service gave them (still base64 text, or bytes). */
export interface RawItem {
  readonly item: DeliveryItem;
  readonly data: string | Buffer;
  readonly carrier: Carrier;
  /** Its place among several that came as one item. */
  readonly part?: number;
  /** What ids are made from in place of the item's own id: the one that it had before it was replayed. */
  readonly key?: string;
  /** Epoch milliseconds at which the service got it, for records that say no time. */
  readonly arrivalTime: number;
}

/** What decoding needs to know of the configuration. */
export type DecodeConfig = Pick<Config, "limits" | "streams">;

/** Raw bytes that one window holds, about: so much that a request to a sink is worth its round trip, and so little that the documents of a window stay in the processor's cache between the stages. */
export const WINDOW_BYTES = 1 * 1024 * 1024;

/** The rule that drops CloudWatch's own test messages. */
export const CONTROL_RULE = "control-message";
/** The rule that drops an item with nothing in it. */
const EMPTY_RULE = "empty-payload";

// Base64 as people and libraries write it: with or without padding and line breaks.
const BASE64 = /^(?:[A-Za-z0-9+/]\s*){2,}(?:=\s*){0,2}$/;

/** Decodes items of any service into windows of records: base64, KPL, gzip or Zstandard, then envelopes or lines. */
export function* decodeItems(
  items: Iterable<RawItem>,
  config: DecodeConfig,
  batch: RecordBatch,
): Generator<RecordBatch> {
  const streams = new StreamTable(config.streams);
  const finished: Buffer[] = [];
  const next = (): void => {
    batch.reset();
    for (const inflated of finished) release(inflated);
    finished.length = 0;
  };
  for (const raw of items) {
    for (const reader of open(raw, config, streams, batch)) {
      while (!reader.read(batch)) {
        yield batch;
        next();
      }
      if (reader.inflated !== undefined) finished.push(reader.inflated);
      if (batch.weight >= WINDOW_BYTES) {
        yield batch;
        next();
      }
    }
  }
  if (batch.count > 0) yield batch;
  next();
}

/** An item's bytes, opened. */
interface Reader {
  /** Reads on into the batch; true when there is no more. */
  read(batch: RecordBatch): boolean;
  /** Memory to give back when the last window with its records is done. */
  readonly inflated?: Buffer;
}

function* open(raw: RawItem, config: DecodeConfig, streams: StreamTable, batch: RecordBatch): Generator<Reader> {
  let bytes: Buffer;
  try {
    bytes = decodeBase64(raw.data);
  } catch (error) {
    reject(batch, raw, streams, Buffer.from(String(raw.data)), messageOf(error));
    return;
  }
  if (isReplay(bytes)) return yield* openReplay(raw, bytes, config, streams, batch);
  const parts = deaggregate(bytes) ?? [bytes];
  for (const [i, part] of parts.entries()) {
    const reader = openPart(raw, part, i, config, streams, batch);
    if (reader !== undefined) yield reader;
  }
}

/** What a replay put into the stream: records under their own ids, and then items as if they came for the first time. */
function* openReplay(
  raw: RawItem,
  bytes: Buffer,
  config: DecodeConfig,
  streams: StreamTable,
  batch: RecordBatch,
): Generator<Reader> {
  let parts: readonly ReplayPart[];
  try {
    parts = parseParts(inflate(zippedParts(bytes), config.limits.inflatedBytes));
  } catch (error) {
    if (!(error instanceof BelfryError)) throw error;
    reject(batch, raw, streams, bytes, `bad replay: ${error.message}`);
    return;
  }
  const reader = new ReplayedReader(
    parts.filter((part) => part.kind !== "item"),
    raw.item.id,
  );
  yield { read: (into) => reader.read(into, WINDOW_BYTES) };
  for (const part of parts) if (part.kind === "item") yield* open(rawOf(part, raw), config, streams, batch);
}

/** An item as it was before it was replayed, but answered as the stream record that brings it now. */
function rawOf({ key, origin, carrier, time, base64, original }: ReplayedItem, outer: RawItem): RawItem {
  const bytes = Buffer.from(original);
  return {
    item: { id: outer.item.id, origin },
    data: base64 === true ? bytes.toString("utf8") : bytes,
    carrier,
    key,
    arrivalTime: time ?? outer.arrivalTime,
  };
}

function openPart(
  raw: RawItem,
  part: Buffer,
  index: number,
  config: DecodeConfig,
  streams: StreamTable,
  batch: RecordBatch,
): Reader | undefined {
  try {
    const inflated = inflate(part, config.limits.inflatedBytes);
    const first = firstByte(inflated);
    if (first < 0) {
      const record = appendWhole(batch, raw, streams, part);
      batch.fates.drop(record, EMPTY_RULE);
      return undefined;
    }
    const own = inflated === part ? {} : { inflated };
    if (first === 123 && looksLikeEnvelope(inflated)) {
      return { read: envelopeReader(raw, part, valid(inflated), streams), ...own };
    }
    const origin = {
      stream: streams.forCarrier(raw.carrier),
      offset: 0,
      time: raw.arrivalTime,
      keyPrefix: [raw.key ?? raw.item.id, raw.part ?? 0, index].filter((place) => place !== 0).join("/") + ":",
    };
    const lines = new LineReader(payloadOf(inflated, raw.item), origin);
    return { read: (into) => lines.read(into, WINDOW_BYTES), ...own };
  } catch (error) {
    if (!(error instanceof BelfryError)) throw error;
    reject(batch, raw, streams, part, reasonOf(error));
    return undefined;
  }
}

/** Reads envelopes; where they break off, what is left is one quarantined record with the whole original, and what came before stands. */
function envelopeReader(raw: RawItem, original: Buffer, bytes: Buffer, streams: StreamTable): Reader["read"] {
  const envelope = new EnvelopeReader(
    payloadOf(bytes, raw.item),
    (head, extracted) => streams.forLogs(head, extracted, raw.carrier),
    (batch, head) => {
      const record = appendWhole(batch, raw, streams, original, streams.forLogs(head, undefined, raw.carrier));
      batch.fates.drop(record, CONTROL_RULE);
    },
  );
  return (batch) => {
    try {
      return envelope.read(batch, WINDOW_BYTES);
    } catch (error) {
      if (!(error instanceof MalformedEnvelope)) throw error;
      reject(batch, raw, streams, original, `bad envelope: ${error.message}`);
      return true;
    }
  };
}

/** Adds a record that stands for the bytes of a whole item, and quarantines it. */
function reject(batch: RecordBatch, raw: RawItem, streams: StreamTable, bytes: Buffer, reason: string): void {
  batch.fates.quarantine(appendWhole(batch, raw, streams, bytes), reason);
}

function appendWhole(
  batch: RecordBatch,
  raw: RawItem,
  streams: StreamTable,
  bytes: Buffer,
  stream: Stream = streams.forCarrier(raw.carrier),
): number {
  const place = {
    payload: batch.addPayload(payloadOf(bytes, raw.item)),
    stream: batch.addStream(stream),
    start: 0,
    end: bytes.length,
  };
  const key = keyOf(raw.key ?? raw.item.id);
  batch.received++;
  return batch.append(place, raw.arrivalTime, false, key, 0, key.byteLength);
}

function decodeBase64(data: string | Buffer): Buffer {
  if (typeof data !== "string") return data;
  const bytes = Buffer.from(data, "base64");
  const padding = data.endsWith("==") ? 2 : data.endsWith("=") ? 1 : 0;
  // Node skips what is no base64, and then fewer bytes come out; only such a text is looked at.
  if (bytes.length !== (data.length / 4) * 3 - padding && data !== "" && !BASE64.test(data)) {
    throw new BelfryError("BAD_PAYLOAD", "bad base64");
  }
  return bytes;
}

function reasonOf(error: BelfryError): string {
  return error.code === "TOO_LARGE" ? `bomb: ${error.message}` : `bad compression: ${error.message}`;
}

function firstByte(bytes: Buffer): number {
  for (const byte of bytes) if (byte > 32) return byte;
  return -1;
}

const HEAD_BYTES = 4096;

/** An envelope names its message type near its beginning; a JSON log line that merely has such a key does not have both. */
function looksLikeEnvelope(bytes: Buffer): boolean {
  const head = bytes.subarray(0, HEAD_BYTES);
  return head.includes('"messageType"') && (head.includes('"logEvents"') || bytes.includes('"logEvents"'));
}

function valid(bytes: Buffer): Buffer {
  return isUtf8(bytes) ? bytes : Buffer.from(bytes.toString("utf8"));
}
