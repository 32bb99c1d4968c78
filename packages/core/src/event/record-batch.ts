import { Fates } from "./fates.ts";
import { grown } from "./grown.ts";
import type { DeliveryItem, Payload } from "./payload.ts";
import { ID_LENGTH, writeId } from "./record-id.ts";
import type { Stream } from "./stream.ts";
import { NO_MARKS, TextMarks } from "./text-marks.ts";

/** How a field row's value is to be read and written; see `RecordBatch.add…`. */
export const Kind = { none: 0, raw: 1, string: 2, text: 3, time: 4, number: 5, literal: 6, derived: 7 } as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/** Bits of a row's code that hold its kind; the rest is the path's number. */
export const KIND_BITS = 3;
const KIND_MASK = (1 << KIND_BITS) - 1;

const DAY_MS = 86_400_000;

// About what the columns of a record take, so that a window of empty messages ends too.
const RECORD_WEIGHT = 64;

// The years 1 to 9999: what ISO 8601 writes with four digits, and OpenSearch's date type reads.
const MIN_TIME_MS = -62_135_596_800_000;
const MAX_TIME_MS = 253_402_300_799_999;

/** Which payload, stream and span of bytes a record has; sources keep one and fill it anew for each record. */
export interface RecordPlace {
  payload: number;
  stream: number;
  start: number;
  end: number;
}

/** A value computed by a parser that stands nowhere in the payload. */
type Derived = string | number | boolean | null | object;

/**
 * What travels from source to sink: payload bytes as they came (inflated once), records as spans into them, fields as paths with spans or
 * small values, and the ledger of fates. No object is built per record. A batch is a window on a source: it is valid until the source is
 * asked for the next one, and its memory is used again then.
 */
export class RecordBatch {
  /** Number of records. */
  count = 0;
  /** Messages' bytes and a little for each record: what a source bounds its window by. */
  weight = 0;
  /** Records found by the source, counted apart from the ledger. */
  received = 0;
  readonly fates = new Fates();
  readonly payloads: Payload[] = [];
  readonly streams: Stream[] = [];
  readonly derived: Derived[] = [];
  readonly sensitive: number[] = [];
  /** By record: index into `payloads` and `streams`. */
  payloadOf = new Int32Array(1024);
  streamOf = new Int32Array(1024);
  /** By record: span of the message in its payload. */
  start = new Int32Array(1024);
  end = new Int32Array(1024);
  /** By record: 1 when the message holds no byte that JSON would have to escape. */
  clean = new Uint8Array(1024);
  /** By record: where in `marks` the places of its text begin; NO_MARKS when they were not noted. */
  marksFrom = new Int32Array(1024);
  readonly marks = new TextMarks();
  /** By record: epoch milliseconds of the event; NaN while unknown. */
  time = new Float64Array(1024);
  /** By record: number of its data set (see event/dataset.ts); 0 while unknown. */
  dataset = new Int32Array(1024);
  /** By record: its id as 32 hexadecimal digits, at 32 × record. */
  ids = Buffer.alloc(1024 * ID_LENGTH);
  /** The same bytes; an id is a whole number of steps of eight. */
  idView = new DataView(this.ids.buffer, this.ids.byteOffset, this.ids.length);
  /** By record: span of its document in `documents`, newline included; empty until encoded. */
  documentStart = new Int32Array(1024);
  documentEnd = new Int32Array(1024);
  documents: Buffer = Buffer.alloc(0);
  /** Field rows: code = path number << KIND_BITS | kind, and two integers whose meaning depends on the kind. */
  code = new Int32Array(16_384);
  a = new Int32Array(16_384);
  b = new Int32Array(16_384);
  rowsFrom = new Int32Array(1024);
  rowsTo = new Int32Array(1024);
  #rows = 0;
  /** By path number: 1 when a record of the batch may have a row for it. Most paths that are asked for are on none. */
  #paths = new Uint8Array(1024);
  /** The codes of columns whose paths were noted last. */
  #notedCodes: Int32Array | undefined;
  readonly #masked: { record: number; from: number; bytes: Buffer }[] = [];

  /** Empties the batch for the next window; memory is kept. */
  reset(): void {
    this.count = 0;
    this.weight = 0;
    this.received = 0;
    this.#rows = 0;
    this.#paths.fill(0);
    this.#notedCodes = undefined;
    this.payloads.length = 0;
    this.streams.length = 0;
    this.derived.length = 0;
    this.sensitive.length = 0;
    this.#masked.length = 0;
    this.marks.count = 0;
    this.fates.reset();
  }

  /** Adds bytes that records will point into; returns their index. */
  addPayload(payload: Payload): number {
    return this.payloads.push(payload) - 1;
  }

  /** Adds a stream that records belong to; returns its index. */
  addStream(stream: Stream): number {
    return this.streams.push(stream) - 1;
  }

  /** Adds a record; its id is made from the stream's seed and the key bytes. Returns its index. */
  append(at: RecordPlace, time: number, clean: boolean, key: DataView, keyFrom: number, keyTo: number): number {
    const { payload, stream, start, end } = at;
    const record = this.count++;
    if (record === this.start.length) this.#growRecords();
    this.payloadOf[record] = payload;
    this.streamOf[record] = stream;
    this.start[record] = start;
    this.end[record] = end;
    this.weight += end - start + RECORD_WEIGHT;
    this.clean[record] = clean ? 1 : 0;
    this.marksFrom[record] = NO_MARKS;
    this.setTime(record, time);
    this.dataset[record] = 0;
    this.rowsFrom[record] = this.rowsTo[record] = this.#rows;
    this.documentStart[record] = this.documentEnd[record] = 0;
    writeId(this.streams[stream].seed, key, keyFrom, keyTo, this.idView, record * ID_LENGTH);
    this.fates.extend();
    return record;
  }

  /** Sets the id of a record that carries one already (an archived or exported copy); `id` is 32 hexadecimal digits. */
  setId(record: number, id: string): void {
    for (let i = 0; i < ID_LENGTH; i++) this.ids[record * ID_LENGTH + i] = id.charCodeAt(i);
  }

  idOf(record: number): string {
    return this.ids.toString("latin1", record * ID_LENGTH, (record + 1) * ID_LENGTH);
  }

  itemOf(record: number): DeliveryItem {
    return this.payloads[this.payloadOf[record]].item;
  }

  /** The stream of a record: its resource, seed and constant fields. */
  streamFor(record: number): Stream {
    return this.streams[this.streamOf[record]];
  }

  bytesOf(record: number): Buffer {
    return this.payloads[this.payloadOf[record]].bytes;
  }

  /** The message as text, as it stands now (redacted if that was done). */
  messageOf(record: number): string {
    return this.bytesOf(record).toString("utf8", this.start[record], this.end[record]);
  }

  /** The finished document as JSON text without its newline; empty before encoding. */
  documentOf(record: number): string {
    const from = this.documentStart[record];
    return this.documents.toString("utf8", from, Math.max(from, this.documentEnd[record] - 1));
  }

  /** Adds a field whose value is JSON text in the payload, copied as it stands: a number, object, array, literal, or a string with its quotes. */
  addRaw(record: number, path: number, from: number, to: number): void {
    this.#add(record, (path << KIND_BITS) | Kind.raw, from, to);
  }

  /** Adds a string field whose bytes need no JSON escaping, or are escaped already (the inside of a JSON string). */
  addString(record: number, path: number, from: number, to: number): void {
    this.#add(record, (path << KIND_BITS) | Kind.string, from, to);
  }

  /** Adds a string field of any UTF-8 bytes of the payload; the encoder escapes it. */
  addText(record: number, path: number, from: number, to: number): void {
    this.#add(record, (path << KIND_BITS) | (this.clean[record] === 1 ? Kind.string : Kind.text), from, to);
  }

  /** Sets the time of the event, epoch milliseconds; a time outside the years 1 to 9999 leaves it unknown. */
  setTime(record: number, epochMs: number): void {
    this.time[record] = epochMs >= MIN_TIME_MS && epochMs <= MAX_TIME_MS ? Math.floor(epochMs) : Number.NaN;
  }

  /** Adds a time field, epoch milliseconds, written as ISO 8601 with milliseconds; a time outside the years 1 to 9999 adds nothing. */
  addTime(record: number, path: number, epochMs: number): void {
    if (!(epochMs >= MIN_TIME_MS && epochMs <= MAX_TIME_MS)) return;
    const day = Math.floor(epochMs / DAY_MS);
    this.#add(record, (path << KIND_BITS) | Kind.time, day, Math.floor(epochMs - day * DAY_MS));
  }

  /** Adds an integer field, |value| < 2^31. */
  addInteger(record: number, path: number, value: number): void {
    this.#add(record, (path << KIND_BITS) | Kind.number, value, 0);
  }

  /** Adds a field with a constant of the code, made once by `literal` of event/literals.ts. The cheapest kind: it becomes part of the encoder's plan. */
  addLiteral(record: number, path: number, literal: number): void {
    this.#add(record, (path << KIND_BITS) | Kind.literal, literal, 0);
  }

  /** Adds a field with a value computed by the parser; slower than a span. */
  addDerived(record: number, path: number, value: Derived): void {
    this.derived.push(value);
    this.#add(record, (path << KIND_BITS) | Kind.derived, this.derived.length - 1, 0);
  }

  /**
   * Makes room for rows that a parser writes itself into `code`, `a` and `b`, `most` at most, and returns the place of the first: for lines of columns, in
   * which a call for each field would cost more than finding it. They count when `closeRows` says where they end.
   */
  openRows(record: number, most: number): number {
    if (this.rowsTo[record] !== this.#rows) this.#moveToEnd(record);
    while (this.#rows + most > this.code.length) this.#growRows();
    return this.#rows;
  }

  /** Ends the rows of the record that `openRows` was called for. `codes` are those that they may have: to look for a path in vain is no harm. */
  closeRows(record: number, end: number, codes: Int32Array): void {
    this.#rows = this.rowsTo[record] = end;
    if (codes === this.#notedCodes) return;
    for (const code of codes) this.#notePath(code >>> KIND_BITS);
    this.#notedCodes = codes;
  }

  /** Notes that bytes [from, to) of the record's payload are the value of a key that names a secret (`password`, `token`, …), for redaction. */
  markSensitive(record: number, from: number, to: number): void {
    this.sensitive.push(record, from, to);
  }

  /** Overwrites bytes [from, to) of the record's payload with `mask`, which has their length; what stood there is kept for the quarantine. */
  mask(record: number, from: number, mask: Uint8Array): void {
    const bytes = this.bytesOf(record);
    this.#masked.push({ record, from, bytes: Buffer.from(bytes.subarray(from, from + mask.length)) });
    bytes.set(mask, from);
  }

  /** The message's bytes as they came, before any masking. */
  originalOf(record: number): Buffer {
    const start = this.start[record];
    const original = Buffer.from(this.bytesOf(record).subarray(start, this.end[record]));
    for (const masked of this.#masked.toReversed()) {
      if (masked.record === record) masked.bytes.copy(original, masked.from - start);
    }
    return original;
  }

  /** Takes back the fields that a parser set before it gave up, all but the first `keep` (those that the source set). */
  clearFields(record: number, keep = 0): void {
    const to = this.rowsFrom[record] + keep;
    if (this.rowsTo[record] === this.#rows) this.#rows = to;
    this.rowsTo[record] = to;
    while (this.sensitive.length > 0 && this.sensitive[this.sensitive.length - 3] === record)
      this.sensitive.length -= 3;
  }

  /** Removes one field of a record, if it is there. */
  remove(record: number, path: number): void {
    for (let row = this.rowsFrom[record]; row < this.rowsTo[record]; row++) {
      if (this.code[row] >>> KIND_BITS === path) this.code[row] = Kind.none;
    }
  }

  /** Whether a record of the batch may have a row for a path; false is certain. */
  hasPath(path: number): boolean {
    return this.#paths[path] === 1;
  }

  /** The row that holds a path of a record, or -1; of several the last counts. */
  rowOf(record: number, path: number): number {
    if (this.#paths[path] !== 1) return -1;
    for (let row = this.rowsTo[record] - 1; row >= this.rowsFrom[record]; row--) {
      if (this.code[row] >>> KIND_BITS === path && this.code[row] !== Kind.none) return row;
    }
    return -1;
  }

  #add(record: number, code: number, a: number, b: number): void {
    if (this.rowsTo[record] !== this.#rows) this.#moveToEnd(record);
    const row = this.#rows++;
    if (row === this.code.length) this.#growRows();
    this.#notePath(code >>> KIND_BITS);
    this.code[row] = code;
    this.a[row] = a;
    this.b[row] = b;
    this.rowsTo[record] = row + 1;
  }

  /** Rows of a record are one run; a later stage that adds to an earlier record moves the run to the end. */
  #moveToEnd(record: number): void {
    const from = this.rowsFrom[record];
    const length = this.rowsTo[record] - from;
    if (length === 0) {
      this.rowsFrom[record] = this.rowsTo[record] = this.#rows;
      return;
    }
    while (this.#rows + length >= this.code.length) this.#growRows();
    this.code.copyWithin(this.#rows, from, from + length);
    this.a.copyWithin(this.#rows, from, from + length);
    this.b.copyWithin(this.#rows, from, from + length);
    this.rowsFrom[record] = this.#rows;
    this.#rows += length;
    this.rowsTo[record] = this.#rows;
  }

  #notePath(path: number): void {
    while (path >= this.#paths.length) this.#paths = grown(this.#paths);
    this.#paths[path] = 1;
  }

  #growRows(): void {
    this.code = grown(this.code);
    this.a = grown(this.a);
    this.b = grown(this.b);
  }

  #growRecords(): void {
    this.payloadOf = grown(this.payloadOf);
    this.streamOf = grown(this.streamOf);
    this.start = grown(this.start);
    this.end = grown(this.end);
    this.dataset = grown(this.dataset);
    this.rowsFrom = grown(this.rowsFrom);
    this.rowsTo = grown(this.rowsTo);
    this.documentStart = grown(this.documentStart);
    this.documentEnd = grown(this.documentEnd);
    this.clean = grown(this.clean);
    this.marksFrom = grown(this.marksFrom);
    this.time = grown(this.time);
    this.ids = Buffer.concat([this.ids], this.ids.length * 2);
    this.idView = new DataView(this.ids.buffer, this.ids.byteOffset, this.ids.length);
  }
}

/** The kind of value in a row with this code. */
export function kindOf(code: number): Kind {
  return (code & KIND_MASK) as Kind;
}

/** The code of a row. */
export function codeOf(path: number, kind: Kind): number {
  return (path << KIND_BITS) | kind;
}
