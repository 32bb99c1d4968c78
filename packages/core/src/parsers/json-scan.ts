import { SLACK } from "../event/payload.ts";
import type { RecordBatch } from "../event/record-batch.ts";
import { endsLikeSecret, namesSecret } from "../event/secret-names.ts";
import { NO_MARKS } from "../event/text-marks.ts";
import { type JsonShape, ROOT } from "./json-shape.ts";
import { endOfEscape, endOfScalar, endOfString, NOT_JSON } from "./json-syntax.ts";

/** Deeper nesting is taken as not JSON: no log record needs it, and OpenSearch refuses far flatter objects. */
const MAX_DEPTH = 64;

/** An object with more members is not looked through for a key that comes twice; it counts as not verbatim. */
const MAX_COMPARED_KEYS = 256;

/** Cells of the table that tells whether a key may have come before in its object; a power of two. */
const CELLS = 512;

/** Objects are numbered up to here, and then from the beginning. */
const MAX_OBJECTS = 2 ** 30;

const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const LOWER_N = 110;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

const NO_SLOT = -1;

/** Marks that are of no string. */
const UNMARKED = Int32Array.of(-1, -1);

/**
 * Checks bytes to be one JSON object, strictly and in one pass, and notes where the members of a shape stand. Nothing is allocated. One
 * scanner serves one parser, record after record; what it says holds until its next scan.
 */
export class JsonScanner {
  /** By slot of the shape: span of the value, quotes included; -1 for a member that is not there. Of a key that comes twice the last counts. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** By slot: how many members of this object the shape does not name. */
  readonly unnamed: Int32Array;
  /** Slots of the members that were met, each once, and how many these are; few of a shape are in one object. */
  readonly met: Int32Array;
  metCount = 0;
  readonly #isMet: Uint8Array;
  /** Whether objects may be copied into a document of one line: no line break between tokens, and no key twice in one object. */
  verbatim = true;
  readonly #shape: JsonShape;
  readonly #secrets: number[] = [];
  #bytes: Buffer = Buffer.alloc(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #end = 0;
  /** Where the text has quotes, backslashes and control characters, and which of them comes next; UNMARKED when it must be looked through. */
  #marks: Int32Array = UNMARKED;
  #nextMark = 0;
  /** Keys of the objects that are open, those of each from its own base on. */
  readonly #keyFrom = new Int32Array(MAX_COMPARED_KEYS * (MAX_DEPTH + 1));
  readonly #keyTo = new Int32Array(MAX_COMPARED_KEYS * (MAX_DEPTH + 1));
  /** By cell of a key's hash: the last object with such a key. Objects are numbered as they open, so a higher number is one inside. */
  readonly #lastObject = new Int32Array(CELLS);
  #objects = 0;

  constructor(shape: JsonShape) {
    this.#shape = shape;
    this.from = new Int32Array(shape.size);
    this.to = new Int32Array(shape.size);
    this.unnamed = new Int32Array(shape.size);
    this.from.fill(NO_SLOT);
    this.met = new Int32Array(shape.size);
    this.#isMet = new Uint8Array(shape.size);
  }

  /** Scans the text of a record; false when it is anything else than one JSON object with space around it. */
  scanRecord(batch: RecordBatch, record: number): boolean {
    const first = batch.marksFrom[record];
    this.#marks = first === NO_MARKS ? UNMARKED : batch.marks.places;
    this.#nextMark = Math.max(0, first);
    return this.#scan(batch.bytesOf(record), batch.start[record], batch.end[record]);
  }

  /** As `scanRecord`, for bytes [from, to) of a payload. */
  scan(bytes: Buffer, from: number, to: number): boolean {
    this.#marks = UNMARKED;
    this.#nextMark = 0;
    return this.#scan(bytes, from, to);
  }

  #scan(bytes: Buffer, from: number, to: number): boolean {
    // Of the bytes of a payload, which have slack behind them.
    if (bytes !== this.#bytes) this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length + SLACK);
    this.#bytes = bytes;
    this.#end = to;
    const start = this.#skipSpace(from);
    if (start >= to || bytes[start] !== OPEN_BRACE) return false;
    if (this.#secrets.length > 0) this.#secrets.length = 0;
    this.#clear();
    if (this.#objects > MAX_OBJECTS) {
      this.#objects = 0;
      this.#lastObject.fill(0);
    }
    // Space around the object is not copied, so only line breaks inside count.
    this.verbatim = true;
    const end = this.#object(start + 1, 1, ROOT, 0);
    const { verbatim } = this;
    if (end < 0 || end > to || this.#skipSpace(end) !== to) return false;
    this.verbatim = verbatim;
    this.from[ROOT] = start;
    this.to[ROOT] = end;
    return true;
  }

  /** Takes back what the scan before found. */
  #clear(): void {
    this.from[ROOT] = NO_SLOT;
    this.unnamed[ROOT] = 0;
    for (let i = 0; i < this.metCount; i++) {
      const slot = this.met[i];
      this.from[slot] = NO_SLOT;
      this.unnamed[slot] = 0;
      this.#isMet[slot] = 0;
    }
    this.metCount = 0;
  }

  #meet(slot: number): void {
    if (this.#isMet[slot] === 0) {
      this.#isMet[slot] = 1;
      this.met[this.metCount++] = slot;
    } else if (this.from[slot] >= 0) this.#forget(slot);
  }

  /** Whether the member is there and is a string that is not empty. */
  isText(slot: number): boolean {
    const from = this.from[slot];
    return from >= 0 && this.#bytes[from] === QUOTE && this.to[slot] - from > 2;
  }

  /** Whether the member is there and is an object or an array that is not empty. */
  isNested(slot: number): boolean {
    const from = this.from[slot];
    return (
      from >= 0 && (this.#bytes[from] === OPEN_BRACE || this.#bytes[from] === OPEN_BRACKET) && this.to[slot] - from > 2
    );
  }

  /** Whether the member is there and is a number, true or false. */
  isPlain(slot: number): boolean {
    const from = this.from[slot];
    if (from < 0) return false;
    const first = this.#bytes[from];
    return first !== QUOTE && first !== OPEN_BRACE && first !== OPEN_BRACKET && first !== LOWER_N;
  }

  /** Adds the member as a string field when it is a string that is not empty. */
  addText(batch: RecordBatch, record: number, path: number, slot: number): void {
    if (this.isText(slot)) batch.addString(record, path, this.from[slot] + 1, this.to[slot] - 1);
  }

  /** Adds the member when it is a number, true or false. */
  addPlain(batch: RecordBatch, record: number, path: number, slot: number): void {
    if (this.isPlain(slot)) batch.addRaw(record, path, this.from[slot], this.to[slot]);
  }

  /** Adds the member when it is an object or array that is not empty, as it stands if that can be; the slot ROOT is the whole object. */
  addNested(batch: RecordBatch, record: number, path: number, slot: number): void {
    if (!this.isNested(slot)) return;
    if (this.verbatim) batch.addRaw(record, path, this.from[slot], this.to[slot]);
    else batch.addDerived(record, path, this.value(slot) as object);
  }

  /** The member's value as an object of its own; for what is rare. */
  value(slot: number): unknown {
    return JSON.parse(this.#bytes.toString("utf8", this.from[slot], this.to[slot]));
  }

  /** Notes for redaction where the values of keys that name a secret stand. */
  markSecrets(batch: RecordBatch, record: number): void {
    const secrets = this.#secrets;
    for (let i = 0; i < secrets.length; i += 2) batch.markSensitive(record, secrets[i], secrets[i + 1]);
  }

  /** Reads an object from behind its opening brace; `slot` is its own, `base` where its keys begin among the open objects' keys. */
  #object(at: number, depth: number, slot: number, base: number): number {
    const bytes = this.#bytes;
    const members = slot < 0 ? undefined : this.#shape.members[slot];
    const object = ++this.#objects;
    let i = this.#pastSpace(at);
    if (bytes[i] === CLOSE_BRACE) return i + 1;
    for (let key = base; ; key++) {
      if (bytes[i] !== QUOTE) return NOT_JSON;
      const keyFrom = i + 1;
      const keyTo = this.#closingQuote(i);
      if (keyTo < 0) return NOT_JSON;
      if (this.#mayRepeat(object, keyFrom, keyTo)) this.#compareKeys(base, key, keyFrom, keyTo);
      if (key === base + MAX_COMPARED_KEYS - 1) {
        this.verbatim = false;
        key--;
      }
      this.#keyFrom[key] = keyFrom;
      this.#keyTo[key] = keyTo;
      i = this.#pastSpace(keyTo + 1);
      if (bytes[i] !== COLON) return NOT_JSON;
      i = this.#pastSpace(i + 1);
      const member = members === undefined ? NO_SLOT : members.find(bytes, keyFrom, keyTo);
      const value = i;
      if (member >= 0) this.#meet(member);
      else if (slot >= 0) this.unnamed[slot]++;
      i = bytes[i] === QUOTE ? this.#closingQuote(i) + 1 : this.#value(i, depth, member, key + 1);
      if (i <= 0) return NOT_JSON;
      if (member >= 0) {
        this.from[member] = value;
        this.to[member] = i;
      }
      if (endsLikeSecret(bytes[keyTo - 2], bytes[keyTo - 1])) this.#noteSecret(keyFrom, keyTo, value, i);
      i = this.#pastSpace(i);
      const next = bytes[i++];
      if (next !== COMMA) return next === CLOSE_BRACE ? i : NOT_JSON;
      i = this.#pastSpace(i);
    }
  }

  #array(at: number, depth: number, base: number): number {
    const bytes = this.#bytes;
    let i = this.#skipSpace(at);
    if (bytes[i] === CLOSE_BRACKET) return i + 1;
    for (;;) {
      i = this.#value(i, depth, NO_SLOT, base);
      if (i < 0) return NOT_JSON;
      i = this.#skipSpace(i);
      const next = bytes[i++];
      if (next !== COMMA) return next === CLOSE_BRACKET ? i : NOT_JSON;
      i = this.#skipSpace(i);
    }
  }

  /** Reads any value. What lies behind the end of the record is read only as far as the containers that are open there. */
  #value(at: number, depth: number, slot: number, base: number): number {
    const bytes = this.#bytes;
    const first = bytes[at];
    if (first === QUOTE) {
      const close = this.#closingQuote(at);
      return close < 0 ? NOT_JSON : close + 1;
    }
    if (first !== OPEN_BRACE && first !== OPEN_BRACKET) return endOfScalar(bytes, at);
    if (depth === MAX_DEPTH || at >= this.#end) return NOT_JSON;
    return first === OPEN_BRACE ? this.#object(at + 1, depth + 1, slot, base) : this.#array(at + 1, depth + 1, base);
  }

  /** The quote that closes the string that the one at `open` opens, or NOT_JSON. */
  #closingQuote(open: number): number {
    const next = this.#nextMark;
    const close = this.#marks[next + 1];
    if (this.#marks[next] !== open || close >= this.#end || this.#bytes[close] !== QUOTE)
      return this.#findClosingQuote(open);
    this.#nextMark = next + 2;
    return close;
  }

  #findClosingQuote(open: number): number {
    if (this.#marks === UNMARKED) return endOfString(this.#bytes, this.#view, open + 1, this.#end);
    const bytes = this.#bytes;
    const marks = this.#marks;
    let next = this.#nextMark;
    while (marks[next] <= open) next++;
    for (;;) {
      const at = marks[next++];
      if (at >= this.#end) return NOT_JSON;
      if (bytes[at] === QUOTE) {
        this.#nextMark = next;
        return at;
      }
      const escaped = bytes[at] === BACKSLASH ? endOfEscape(bytes, at + 1) : NOT_JSON;
      if (escaped < 0) return NOT_JSON;
      while (marks[next] < escaped) next++;
    }
  }

  /** Most tokens have no space around them. */
  #pastSpace(at: number): number {
    return this.#bytes[at] > SPACE ? at : this.#skipSpace(at);
  }

  #skipSpace(from: number): number {
    const bytes = this.#bytes;
    let i = from;
    for (; i < this.#end; i++) {
      const byte = bytes[i];
      if (byte === NEWLINE || byte === RETURN) this.verbatim = false;
      else if (byte !== SPACE && byte !== TAB) break;
    }
    return i;
  }

  /** A key of the shape has come a second time: nothing of its earlier value counts. */
  #forget(slot: number): void {
    this.from.fill(NO_SLOT, slot, this.#shape.after[slot]);
    this.unnamed.fill(0, slot, this.#shape.after[slot]);
  }

  /** Whether the key may have come before in the object: another with its hash has, there or in an object inside. */
  #mayRepeat(object: number, from: number, to: number): boolean {
    const bytes = this.#bytes;
    const hash = bytes[from] * 7 + bytes[to - 1] * 13 + bytes[(from + to) >> 1] * 31 + (to - from) * 3;
    const last = this.#lastObject[hash & (CELLS - 1)];
    this.#lastObject[hash & (CELLS - 1)] = object;
    return last >= object;
  }

  #compareKeys(first: number, last: number, from: number, to: number): void {
    for (let key = first; key < last; key++) {
      const other = this.#keyFrom[key];
      if (this.#keyTo[key] - other === to - from && sameBytes(this.#bytes, other, from, to - from))
        this.verbatim = false;
    }
  }

  #noteSecret(keyFrom: number, keyTo: number, from: number, to: number): void {
    const bytes = this.#bytes;
    if (!namesSecret(bytes, keyFrom, keyTo)) return;
    if (bytes[from] === QUOTE) this.#secrets.push(from + 1, to - 1);
    if (bytes[from] !== OPEN_BRACKET) return;
    for (let i = from + 1; i < to && bytes[i] !== OPEN_BRACE; i++) {
      if (bytes[i] !== QUOTE) continue;
      const close = endOfString(bytes, this.#view, i + 1, to);
      this.#secrets.push(i + 1, close);
      i = close;
    }
  }
}

function sameBytes(bytes: Uint8Array, x: number, y: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (bytes[x + i] !== bytes[y + i]) return false;
  return true;
}
