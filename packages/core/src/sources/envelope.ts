import { pathId } from "../event/field-path.ts";
import type { Payload } from "../event/payload.ts";
import type { RecordBatch, RecordPlace } from "../event/record-batch.ts";
import { keyOf } from "../event/record-id.ts";
import type { Stream } from "../event/stream.ts";
import { NO_MARKS } from "../event/text-marks.ts";
import {
  closingQuote,
  holdsControlByte,
  holdsUnusual,
  ID_DIGITS,
  integer,
  USUAL_ID,
  USUAL_TIME_BEFORE,
  usualMessage,
  usualTime,
} from "./envelope-bytes.ts";
import { skipSpace, skipString, skipValue } from "./json-walk.ts";
import { type Unescaped, unescapeInPlace } from "./unescape.ts";

const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const COLON = 58;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;

const EXTRACTED_FIELDS = pathId("aws.cloudwatch.extracted_fields");

/** What the head of a CloudWatch Logs payload says about the log events in it. */
export interface EnvelopeHead {
  readonly messageType: string;
  readonly owner: string;
  readonly logGroup: string;
  readonly logStream: string;
  readonly subscriptionFilters: readonly string[];
}

/** Gives the stream for log events of this head; `extracted` are the event's own system fields, when it has any. */
export type StreamOf = (head: EnvelopeHead, extracted: Readonly<Record<string, string>> | undefined) => Stream;

/** Raised inside the reader for bytes that are no envelope; the source turns it into one quarantined record. */
export class MalformedEnvelope extends Error {}

/**
 * Reads the log events of CloudWatch Logs subscription payloads, one or several end to end, straight from their bytes: messages are unescaped
 * in place and become spans, and no object is built per event. Keys may come in any order, except that `logEvents` follows what names the
 * stream, as CloudWatch writes it. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
 */
export class EnvelopeReader {
  readonly #bytes: Buffer;
  readonly #payload: Payload;
  readonly #streamOf: StreamOf;
  readonly #end: number;
  readonly #onControl: (batch: RecordBatch, head: EnvelopeHead) => void;
  /** False when the payload holds raw control bytes, which JSON would have escaped; looked for when a message without escapes comes. */
  #clean: boolean | undefined;
  #at = 0;
  #inEvents = false;
  #head: EnvelopeHead | undefined;
  #stream: Stream | undefined;
  #nextBackslash = -1;
  #events = 0;
  readonly #unescaped: Unescaped = { textEnd: 0, next: 0, isMarked: false };
  readonly #place: RecordPlace = { payload: 0, stream: 0, start: 0, end: 0 };
  readonly #event = {
    idStart: 0,
    idEnd: 0,
    time: Number.NaN,
    start: 0,
    end: 0,
    clean: true,
    marksFrom: NO_MARKS,
    extractedStart: -1,
    extractedEnd: 0,
  };

  constructor(payload: Payload, streamOf: StreamOf, onControl: (batch: RecordBatch, head: EnvelopeHead) => void) {
    this.#payload = payload;
    this.#bytes = payload.bytes;
    this.#end = payload.bytes.length;
    this.#streamOf = streamOf;
    this.#onControl = onControl;
  }

  /** Events read so far, for the reason of a quarantined rest. */
  get events(): number {
    return this.#events;
  }

  /** Where the reader stands: everything before is in records. */
  get position(): number {
    return this.#at;
  }

  /** Fills the batch until its weight reaches `windowBytes`; true when the payload is read to its end. Raises MalformedEnvelope. */
  read(batch: RecordBatch, windowBytes: number): boolean {
    this.#place.payload = batch.addPayload(this.#payload);
    if (this.#stream !== undefined) this.#place.stream = batch.addStream(this.#stream);
    for (;;) {
      if (!this.#inEvents) {
        const at = skipSpace(this.#bytes, this.#at, this.#end);
        if (at >= this.#end) return true;
        this.#at = this.#readHead(at, batch);
        continue;
      }
      if (!this.#readEvents(batch, windowBytes)) return false;
    }
  }

  /** Reads keys up to `logEvents` (or to the end of the envelope); returns where to go on. */
  #readHead(start: number, batch: RecordBatch): number {
    const bytes = this.#bytes;
    if (bytes[start] !== OPEN_BRACE) throw new MalformedEnvelope("does not begin with {");
    const head: Record<string, unknown> = {};
    let at = skipSpace(bytes, start + 1, this.#end);
    while (bytes[at] === QUOTE) {
      const keyEnd = this.#must(skipString(bytes, at, this.#end));
      const key = bytes.toString("latin1", at + 1, keyEnd - 1);
      at = this.#valueAt(keyEnd);
      if (key === "logEvents") return this.#openEvents(at, head, batch);
      const valueEnd = this.#must(skipValue(bytes, at, this.#end));
      head[key] = this.#json(at, valueEnd);
      at = this.#afterValue(valueEnd);
    }
    throw new MalformedEnvelope("has no logEvents");
  }

  #openEvents(at: number, raw: Record<string, unknown>, batch: RecordBatch): number {
    if (this.#bytes[at] !== OPEN_BRACKET) throw new MalformedEnvelope("logEvents is no array");
    const head = headOf(raw);
    this.#head = head;
    if (head.messageType !== "DATA_MESSAGE") {
      this.#onControl(batch, head);
      const end = this.#must(skipValue(this.#bytes, at, this.#end));
      return this.#closeEnvelope(end);
    }
    this.#setStream(batch, this.#streamOf(head, undefined));
    this.#inEvents = true;
    return at + 1;
  }

  #setStream(batch: RecordBatch, stream: Stream): void {
    this.#stream = stream;
    this.#place.stream = batch.addStream(stream);
  }

  /** Reads log events until the array ends (true) or the window is full (false). */
  #readEvents(batch: RecordBatch, windowBytes: number): boolean {
    const bytes = this.#bytes;
    let at = skipSpace(bytes, this.#at, this.#end);
    while (bytes[at] === OPEN_BRACE) {
      if (batch.weight >= windowBytes) {
        this.#at = at;
        return false;
      }
      at = this.#readEvent(at, batch);
      this.#at = at;
      if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1, this.#end);
    }
    if (bytes[at] !== CLOSE_BRACKET || at >= this.#end)
      throw new MalformedEnvelope(`logEvents breaks off after ${this.#events} events`);
    this.#inEvents = false;
    this.#at = this.#closeEnvelope(at + 1);
    return true;
  }

  /** Reads one `{"id":…,"timestamp":…,"message":…}`; returns where its follower is expected. */
  #readEvent(start: number, batch: RecordBatch): number {
    const bytes = this.#bytes;
    const event = this.#event;
    event.extractedStart = -1;
    const message = usualMessage(this.#payload.view, start, this.#end);
    let at: number;
    if (message >= 0) {
      event.idStart = start + USUAL_ID;
      event.idEnd = event.idStart + ID_DIGITS;
      event.time = usualTime(this.#payload.view, message - USUAL_TIME_BEFORE);
      at = this.#afterValue(this.#readMessage(message - 1, batch));
    } else {
      event.idStart = event.idEnd = 0;
      event.time = Number.NaN;
      event.start = event.end = 0;
      event.clean = true;
      event.marksFrom = NO_MARKS;
      at = skipSpace(bytes, start + 1, this.#end);
    }
    while (bytes[at] === QUOTE) {
      const keyEnd = bytes.indexOf(QUOTE, at + 1);
      if (keyEnd < 0) throw new MalformedEnvelope("breaks off in a key");
      at = this.#readMember(at + 1, keyEnd, this.#valueAt(keyEnd + 1), batch);
    }
    if (bytes[at] !== CLOSE_BRACE || at >= this.#end) throw new MalformedEnvelope("breaks off in a log event");
    this.#append(batch);
    return skipSpace(bytes, at + 1, this.#end);
  }

  /** Notes one member of a log event by its key's length and first letter; others are passed over. Returns where the next key begins. */
  #readMember(keyStart: number, keyEnd: number, value: number, batch: RecordBatch): number {
    const bytes = this.#bytes;
    const event = this.#event;
    const length = keyEnd - keyStart;
    if (length === 7 && bytes[keyStart] === 109 && bytes[value] === QUOTE)
      return this.#afterValue(this.#readMessage(value, batch));
    if (length === 9 && bytes[keyStart] === 116) {
      const end = this.#must(skipValue(bytes, value, this.#end));
      event.time = integer(bytes, value, end);
      return this.#afterValue(end);
    }
    const end = this.#must(skipValue(bytes, value, this.#end));
    if (length === 2 && bytes[keyStart] === 105 && bytes[value] === QUOTE) {
      event.idStart = value + 1;
      event.idEnd = end - 1;
    } else if (length === 15 && bytes[keyStart] === 101 && bytes[value] === OPEN_BRACE) {
      event.extractedStart = value;
      event.extractedEnd = end;
    }
    return this.#afterValue(end);
  }

  /** Finds the end of the message at its opening quote and unescapes it when it has escapes; returns where the value ends. */
  #readMessage(quote: number, { marks }: RecordBatch): number {
    const bytes = this.#bytes;
    const event = this.#event;
    event.start = quote + 1;
    if (this.#nextBackslash < quote) {
      const next = bytes.indexOf(BACKSLASH, quote);
      this.#nextBackslash = next < 0 ? this.#end : next;
    }
    const close = closingQuote(bytes, quote + 1, this.#nextBackslash);
    if (close >= 0) {
      event.end = close;
      event.marksFrom = NO_MARKS;
      this.#clean ??= !holdsControlByte(bytes, this.#payload.view);
      event.clean = this.#clean;
      return close + 1;
    }
    const first = Math.min(this.#nextBackslash, this.#end);
    const marksFrom = marks.count;
    const isUnusual = holdsUnusual(this.#payload.view, quote + 1, first);
    if (!unescapeInPlace(bytes, this.#payload.view, first, this.#end, this.#unescaped, marks)) {
      throw new MalformedEnvelope("breaks off in a message");
    }
    event.end = this.#unescaped.textEnd;
    event.clean = false;
    event.marksFrom = isUnusual || !this.#unescaped.isMarked ? NO_MARKS : marksFrom;
    return this.#unescaped.next;
  }

  #append(batch: RecordBatch): void {
    const event = this.#event;
    const extracted = event.extractedStart < 0 ? undefined : this.#extracted(batch);
    const place = this.#place;
    place.start = event.start;
    place.end = event.end;
    batch.received++;
    this.#events++;
    const key = event.idEnd > event.idStart ? undefined : keyOf(`${event.time}#${this.#events}`);
    const record =
      key === undefined
        ? batch.append(place, event.time, event.clean, this.#payload.view, event.idStart, event.idEnd)
        : batch.append(place, event.time, event.clean, key, 0, key.byteLength);
    batch.marksFrom[record] = event.marksFrom;
    if (extracted !== undefined) batch.addDerived(record, EXTRACTED_FIELDS, extracted);
  }

  /** System fields of one event move it to the stream they name; what else was extracted is returned as a field. */
  #extracted(batch: RecordBatch): Record<string, unknown> | undefined {
    const fields = this.#json(this.#event.extractedStart, this.#event.extractedEnd) as Record<string, string>;
    const stream = this.#streamOf(this.#head as EnvelopeHead, fields);
    if (stream !== this.#stream) this.#setStream(batch, stream);
    const others = Object.entries(fields).filter(([name]) => !name.startsWith("@"));
    return others.length === 0 ? undefined : Object.fromEntries(others);
  }

  /** Behind `logEvents`: the remaining keys (`policyLevel`) to the closing brace; further envelopes may follow. */
  #closeEnvelope(start: number): number {
    const bytes = this.#bytes;
    let at = this.#afterValue(start);
    while (bytes[at] === QUOTE) {
      const keyEnd = this.#must(skipString(bytes, at, this.#end));
      at = this.#afterValue(this.#must(skipValue(bytes, this.#valueAt(keyEnd), this.#end)));
    }
    if (bytes[at] !== CLOSE_BRACE || at >= this.#end) throw new MalformedEnvelope("breaks off behind logEvents");
    this.#stream = undefined;
    return at + 1;
  }

  #valueAt(keyEnd: number): number {
    const colon = skipSpace(this.#bytes, keyEnd, this.#end);
    if (this.#bytes[colon] !== COLON) throw new MalformedEnvelope("has a key without a value");
    return skipSpace(this.#bytes, colon + 1, this.#end);
  }

  #afterValue(valueEnd: number): number {
    const at = skipSpace(this.#bytes, valueEnd, this.#end);
    return this.#bytes[at] === COMMA ? skipSpace(this.#bytes, at + 1, this.#end) : at;
  }

  #must(index: number): number {
    if (index < 0) throw new MalformedEnvelope("breaks off");
    return index;
  }

  #json(from: number, to: number): unknown {
    try {
      return JSON.parse(this.#bytes.toString("utf8", from, to));
    } catch (error) {
      throw new MalformedEnvelope("holds a value that is no JSON", { cause: error });
    }
  }
}

function headOf(raw: Record<string, unknown>): EnvelopeHead {
  const text = (name: string): string => (typeof raw[name] === "string" ? raw[name] : "");
  const filters = raw["subscriptionFilters"];
  return {
    messageType: text("messageType"),
    owner: text("owner"),
    logGroup: text("logGroup"),
    logStream: text("logStream"),
    subscriptionFilters: Array.isArray(filters) ? filters.map(String) : [],
  };
}
