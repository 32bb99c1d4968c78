const QUOTE = 34;
const BACKSLASH = 92;
const LOWER_U = 117;
const ZERO = 48;
const DAY_MS = 86_400_000;

/** Copies run in steps of eight bytes and may write this many too many; the next write covers them. */
const OVERRUN = 16;

/** From this length on the engine's own copy beats steps of eight bytes. */
const LONG_COPY = 256;

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

/** A growing byte buffer with the few writes that an encoder of JSON lines needs. */
export class ByteWriter {
  bytes: Buffer;
  length = 0;
  #view: DataView;
  #day = Number.NaN;
  readonly #dayText = Buffer.alloc(16);

  constructor(capacity: number) {
    this.bytes = Buffer.allocUnsafeSlow(capacity);
    this.#view = new DataView(this.bytes.buffer);
  }

  /** Makes room for so many more bytes. */
  reserve(more: number): void {
    const needed = this.length + more + OVERRUN;
    if (needed <= this.bytes.length) return;
    const bytes = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(bytes, 0, 0, this.length);
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }

  /**
   * Copies [from, to) of a view that has 8 readable bytes more. Moving eight bytes as one float is the fastest copy that JavaScript has for
   * short spans; it is exact because no eight bytes of UTF-8 text are a NaN (that would take F0–FF followed by 7F or FF).
   */
  copy(source: DataView, from: number, to: number): void {
    const length = to - from;
    this.reserve(length);
    if (length > LONG_COPY) {
      this.bytes.set(new Uint8Array(source.buffer, source.byteOffset + from, length), this.length);
    } else {
      const view = this.#view;
      for (let i = from, o = this.length; i < to; i += 8, o += 8) view.setFloat64(o, source.getFloat64(i, true), true);
    }
    this.length += length;
  }

  /** Copies a few bytes [from, to) of a buffer that may end there. */
  copyBytes(source: Buffer, from: number, to: number): void {
    this.reserve(to - from);
    const out = this.bytes;
    let o = this.length;
    for (let i = from; i < to; i++) out[o++] = source[i];
    this.length = o;
  }

  /** Copies bytes [from, to), escaping what JSON strings must not hold. */
  copyEscaped(source: Buffer, from: number, to: number): void {
    this.reserve((to - from) * 6);
    const out = this.bytes;
    let o = this.length;
    for (let i = from; i < to; i++) {
      const byte = source[i];
      const escaped = ESCAPE[byte];
      if (escaped === 0) {
        out[o++] = byte;
        continue;
      }
      out[o++] = BACKSLASH;
      if (escaped !== 1) {
        out[o++] = escaped;
        continue;
      }
      out[o++] = LOWER_U;
      out[o++] = ZERO;
      out[o++] = ZERO;
      out[o++] = HEX_DIGITS[byte >>> 4];
      out[o++] = HEX_DIGITS[byte & 15];
    }
    this.length = o;
  }

  /** Writes a time given as day since 1970 and milliseconds of that day, as `2026-11-22T03:00:00.000Z`; the day's text is kept for the next. */
  time(day: number, ms: number): void {
    this.reserve(32);
    if (day !== this.#day) this.#writeDay(day);
    const out = this.bytes;
    let o = this.length;
    for (let i = 0; i < this.#dayLength; i++) out[o++] = this.#dayText[i];
    const seconds = Math.floor(ms / 1000);
    const minutes = Math.floor(seconds / 60);
    o = two(out, o, Math.floor(minutes / 60));
    out[o++] = 58;
    o = two(out, o, minutes % 60);
    out[o++] = 58;
    o = two(out, o, seconds % 60);
    out[o++] = 46;
    const fraction = ms % 1000;
    const hundreds = Math.floor(fraction / 100);
    out[o++] = ZERO + hundreds;
    o = two(out, o, fraction - hundreds * 100);
    out[o++] = 90;
    this.length = o;
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

  #dayLength = 0;

  #writeDay(day: number): void {
    this.#day = day;
    const iso = new Date(day * DAY_MS).toISOString();
    this.#dayLength = this.#dayText.write(iso.slice(0, iso.indexOf("T") + 1), "latin1");
  }
}

function two(out: Buffer, o: number, value: number): number {
  const tens = Math.floor(value / 10);
  out[o] = ZERO + tens;
  out[o + 1] = ZERO + value - tens * 10;
  return o + 2;
}
