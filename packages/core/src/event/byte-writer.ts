import { stopBits } from "./stop-bits.ts";

const QUOTE = 34;
const BACKSLASH = 92;
const LOWER_U = 117;
const ZERO = 48;
const DAY_MS = 86_400_000;

/** Copies run in steps and may write this many bytes too many; the next write covers them. */
const OVERRUN = 16;

/** So many bytes are copied of any span, however short: most are shorter, and then there is nothing to decide. */
const SHORT_COPY = 16;

/** From this length on the engine's own copy beats steps of eight bytes. */
const LONG_COPY = 1024;

/** Two decimal digits as the two bytes of a little-endian word. */
const TWO_DIGITS = Uint16Array.from({ length: 100 }, (_, n) => ZERO + Math.floor(n / 10) + ((ZERO + (n % 10)) << 8));
const COLON = 58;
const POINT = 46;
const UPPER_Z = 90;
/** Longest text of a time: a day of a year beyond 9999 cannot come, but a minus may. */
const TIME_BYTES = 32;

/**
 * Copies [from, to) of a view that has sixteen readable bytes more to `at` in one that has as many to spare. Moving eight bytes as one float is the
 * fastest copy that JavaScript has for short spans; it is exact because no eight bytes of UTF-8 text are a NaN (that would take F0–FF
 * followed by 7F or FF).
 */
export function copySpan(source: DataView, from: number, to: number, target: DataView, at: number): void {
  target.setFloat64(at, source.getFloat64(from, true), true);
  target.setFloat64(at + 8, source.getFloat64(from + 8, true), true);
  if (to - from > SHORT_COPY) copyRest(source, from, to, target, at);
}

function copyRest(source: DataView, from: number, to: number, target: DataView, at: number): void {
  if (to - from > LONG_COPY) {
    const bytes = new Uint8Array(source.buffer, source.byteOffset + from, to - from);
    new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(bytes, at);
    return;
  }
  for (let i = from + SHORT_COPY, o = at + SHORT_COPY; i < to; i += 16, o += 16) {
    target.setFloat64(o, source.getFloat64(i, true), true);
    target.setFloat64(o + 8, source.getFloat64(i + 8, true), true);
  }
}

/** Second byte of the JSON escaped of a control character, quote or backslash; 0 for bytes that stand for themselves, 1 for `\\u00XX`. */
const ESCAPE = new Uint8Array(256);
ESCAPE.fill(1, 0, 32);
for (const [byte, escaped] of [
  [8, "b"],
  [9, "t"],
  [10, "n"],
  [12, "f"],
  [13, "r"],
  [QUOTE, '"'],
  [BACKSLASH, "\\"],
] as const) {
  ESCAPE[byte] = escaped.charCodeAt(0);
}
const HEX_DIGITS = Buffer.from("0123456789abcdef");

/** The longest escape: `\\u001f` for one byte. */
export const MAX_ESCAPED = 6;

/** A growing byte buffer with the few writes that an encoder of JSON lines needs. */
export class ByteWriter {
  bytes: Buffer;
  length = 0;
  /** The same bytes, for writes of several at a time. */
  view: DataView;
  #day = Number.NaN;
  readonly #dayText = Buffer.alloc(24);
  readonly #dayView = new DataView(this.#dayText.buffer, this.#dayText.byteOffset, this.#dayText.length);
  #dayLength = 0;

  constructor(capacity: number) {
    this.bytes = Buffer.allocUnsafeSlow(capacity);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Makes room for so many more bytes. */
  reserve(more: number): void {
    const needed = this.length + more + OVERRUN;
    if (needed <= this.bytes.length) return;
    const bytes = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(bytes, 0, 0, this.length);
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }

  /** Copies [from, to) of a view that has sixteen readable bytes more. */
  copy(source: DataView, from: number, to: number): void {
    this.reserve(to - from);
    copySpan(source, from, to, this.view, this.length);
    this.length += to - from;
  }

  /** Copies bytes [from, to) of a buffer that may end there; for long spans, the fastest copy there is. */
  copyBytes(source: Buffer, from: number, to: number): void {
    this.reserve(to - from);
    this.length += source.copy(this.bytes, this.length, from, to);
  }

  /** Copies [from, to) of a view that has eight readable bytes more, escaping what JSON strings must not hold; eight bytes in one step where none is to be escaped. */
  copyEscaped(source: DataView, from: number, to: number): void {
    this.reserve((to - from) * MAX_ESCAPED);
    const out = this.view;
    let o = this.length;
    let i = from;
    while (i < to) {
      const low = source.getInt32(i, true);
      const high = source.getInt32(i + 4, true);
      out.setInt32(o, low, true);
      out.setInt32(o + 4, high, true);
      let plain = 8;
      const inLow = stopBits(low);
      if (inLow !== 0) plain = (31 - Math.clz32(inLow & -inLow)) >> 3;
      else {
        const inHigh = stopBits(high);
        if (inHigh !== 0) plain = 4 + ((31 - Math.clz32(inHigh & -inHigh)) >> 3);
      }
      i += plain;
      o += plain;
      if (plain < 8 && i < to) o = writeEscaped(out, o, source.getUint8(i++));
    }
    this.length = o - Math.max(0, i - to);
  }

  /**
   * As `copyEscaped`, for a span of which all bytes that may have to be escaped stand at `places` from the one with the number `first` on; the view has sixteen
   * readable bytes more.
   */
  copyMarked(source: DataView, from: number, to: number, places: Int32Array, first: number): void {
    this.reserve((to - from) * MAX_ESCAPED);
    const out = this.view;
    let o = this.length;
    let i = from;
    for (let mark = first; places[mark] < to; mark++) {
      const place = places[mark];
      copySpan(source, i, place, out, o);
      o = writeEscaped(out, o + place - i, source.getUint8(place));
      i = place + 1;
    }
    copySpan(source, i, to, out, o);
    this.length = o + to - i;
  }

  /** Writes a time given as day since 1970 and milliseconds of that day, as `2026-11-22T03:00:00.000Z`; the day's text is kept for the next. */
  time(day: number, ms: number): void {
    this.reserve(TIME_BYTES);
    if (day !== this.#day) this.#writeDay(day);
    this.length = writeTime(this.view, this.length, this.#dayView, this.#dayLength, ms);
  }

  /** Writes epoch milliseconds as ISO 8601 text. */
  epoch(ms: number): void {
    const day = Math.floor(ms / DAY_MS);
    this.time(day, ms - day * DAY_MS);
  }

  /** Writes a 32-bit integer in decimal. */
  integer(value: number): void {
    if (value >= 0 && value < 10) {
      this.reserve(1);
      this.bytes[this.length++] = ZERO + value;
    } else this.ascii(String(value));
  }

  /** Writes text of plain ASCII. */
  ascii(text: string): void {
    this.reserve(text.length);
    this.length += this.bytes.write(text, this.length, "latin1");
  }

  /** Writes any text as UTF-8. */
  text(text: string): void {
    this.reserve(text.length * 3);
    this.length += this.bytes.write(text, this.length, "utf8");
  }

  #writeDay(day: number): void {
    this.#day = day;
    const iso = new Date(day * DAY_MS).toISOString();
    this.#dayLength = this.#dayText.write(iso.slice(0, iso.indexOf("T") + 1), "latin1");
  }
}

function writeTime(out: DataView, at: number, day: DataView, dayLength: number, ms: number): number {
  copySpan(day, 0, dayLength, out, at);
  // Whole numbers below 2^31 throughout, which the engine divides without its slow division.
  const seconds = ((ms | 0) / 1000) | 0;
  const minutes = (seconds / 60) | 0;
  const hours = (minutes / 60) | 0;
  const fraction = (ms | 0) - seconds * 1000;
  const hundreds = (fraction / 100) | 0;
  const o = at + dayLength;
  out.setUint16(o, TWO_DIGITS[hours], true);
  out.setUint8(o + 2, COLON);
  out.setUint16(o + 3, TWO_DIGITS[minutes - hours * 60], true);
  out.setUint8(o + 5, COLON);
  out.setUint16(o + 6, TWO_DIGITS[seconds - minutes * 60], true);
  out.setUint8(o + 8, POINT);
  out.setUint8(o + 9, ZERO + hundreds);
  out.setUint16(o + 10, TWO_DIGITS[fraction - hundreds * 100], true);
  out.setUint8(o + 12, UPPER_Z);
  return o + 13;
}

function writeEscaped(out: DataView, at: number, byte: number): number {
  const escaped = ESCAPE[byte];
  if (escaped === 0) {
    out.setUint8(at, byte);
    return at + 1;
  }
  out.setUint8(at, BACKSLASH);
  if (escaped !== 1) {
    out.setUint8(at + 1, escaped);
    return at + 2;
  }
  out.setUint8(at + 1, LOWER_U);
  out.setUint16(at + 2, TWO_DIGITS[0], true);
  out.setUint8(at + 4, HEX_DIGITS[byte >>> 4]);
  out.setUint8(at + 5, HEX_DIGITS[byte & 15]);
  return at + 6;
}
