import type { TextMarks } from "../event/text-marks.ts";

const QUOTE = 34;
const BACKSLASH = 92;
const LOWER_U = 117;
const SPACE = 32;

/** What the byte after a backslash stands for; 0 for those that JSON does not know. */
const MEANING = new Uint8Array(256);
for (const [escaped, byte] of [
  ['"', QUOTE],
  ["\\", BACKSLASH],
  ["/", 47],
  ["b", 8],
  ["f", 12],
  ["n", 10],
  ["r", 13],
  ["t", 9],
] as const) {
  MEANING[escaped.charCodeAt(0)] = byte;
}

/** Where the text of a string that was unescaped in place ends, and where the reader goes on. One is kept and filled anew. */
export interface Unescaped {
  textEnd: number;
  next: number;
  /** Whether the marks are all that there are: none is lost, and no control character stands there as it is, which JSON would have escaped. */
  isMarked: boolean;
}

/** Bytes that are looked at and moved in one turn. */
const STEP = 8;

/**
 * Undoes the JSON escapes of a string in place: text is never longer than its escaped form, so it is written over itself from `backslash`, the
 * first escape, on. Returns false when the string does not end before `end` or holds an unknown escape; the bytes are then spoilt. What of the text is a quote, a backslash
 * or a control character is noted in `marks`. `view` shows the
 * same bytes and has eight readable ones behind `end`. Eight bytes in one turn: with one, this loop is a tenth of the whole path.
 */
export function unescapeInPlace(
  bytes: Buffer,
  view: DataView,
  backslash: number,
  end: number,
  into: Unescaped,
  marks: TextMarks,
): boolean {
  let read = backslash;
  let write = backslash;
  const { places } = marks;
  let { count } = marks;
  let unusual = 0;
  while (read < end) {
    const low = view.getInt32(read, true);
    const high = view.getInt32(read + 4, true);
    const plain = plainBytes(low, high);
    // Control characters make the top bits of their bytes 1; what is beyond ASCII may, and only counts as not marked then.
    unusual |= (low - 0x20202020) | (high - 0x20202020);
    // What is moved too far must not cover what is still to be read, which begins behind the plain bytes.
    if (read + plain - write >= STEP) {
      view.setInt32(write, low, true);
      view.setInt32(write + 4, high, true);
    } else for (let i = 0; i < plain; i++) bytes[write + i] = bytes[read + i];
    read += plain;
    write += plain;
    if (plain === STEP) continue;
    const byte = bytes[read];
    if (byte === QUOTE) {
      into.textEnd = write;
      into.next = read + 1;
      into.isMarked = marks.endText(count) && (unusual & 0x80808080) === 0;
      return read < end;
    }
    const meaning = MEANING[bytes[read + 1]];
    if (meaning > 0) {
      places[count++] = write;
      bytes[write++] = meaning;
      read += 2;
      // In JSON, which most escapes are in, the next one is often a byte on: `\":\"`, `\",\"`.
      const between = bytes[read];
      if (bytes[read + 1] === BACKSLASH && bytes[read + 2] === QUOTE && isPlain(between)) {
        bytes[write] = between;
        bytes[write + 1] = QUOTE;
        places[count++] = write + 1;
        write += 2;
        read += 3;
      }
      continue;
    }
    if (bytes[read + 1] !== LOWER_U) return false;
    const point = codePoint(bytes, read, end);
    if (point < 0) return false;
    read += point > 0xffff ? 12 : 6;
    if (!isPlain(point)) places[count++] = write;
    write = writePoint(bytes, write, point);
  }
  return false;
}

function isPlain(point: number): boolean {
  return point >= SPACE && point !== QUOTE && point !== BACKSLASH;
}

/** How many of eight bytes stand before the first quote or backslash among them. */
function plainBytes(low: number, high: number): number {
  const inLow = stopBits(low);
  if (inLow !== 0) return (31 - Math.clz32(inLow & -inLow)) >> 3;
  const inHigh = stopBits(high);
  return inHigh === 0 ? STEP : 4 + ((31 - Math.clz32(inHigh & -inHigh)) >> 3);
}

/** Not 0 when one of four bytes is a quote or a backslash; the lowest bit set is the top bit of the first of them (`haszero` of Bit Twiddling Hacks). */
function stopBits(word: number): number {
  const quote = word ^ 0x22222222;
  const backslash = word ^ 0x5c5c5c5c;
  return (((quote - 0x01010101) & ~quote) | ((backslash - 0x01010101) & ~backslash)) & 0x80808080;
}

/** The code point of the `\uXXXX` at `at`, or of the pair of them that makes a surrogate pair; -1 when it is none. */
function codePoint(bytes: Uint8Array, at: number, end: number): number {
  const unit = codeUnit(bytes, at + 2, end);
  if (unit < 0xd800 || unit >= 0xdc00 || bytes[at + 6] !== BACKSLASH || bytes[at + 7] !== LOWER_U) return unit;
  const low = codeUnit(bytes, at + 8, end);
  return low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00) : unit;
}

function codeUnit(bytes: Uint8Array, at: number, end: number): number {
  if (at + 4 > end) return -1;
  let unit = 0;
  for (let i = at; i < at + 4; i++) {
    const digit = hexDigit(bytes[i]);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** Half of a surrogate pair alone is no character; it becomes U+FFFD. */
function writePoint(bytes: Uint8Array, at: number, point: number): number {
  const code = point >= 0xd800 && point < 0xe000 ? 0xfffd : point;
  if (code < 0x80) {
    bytes[at] = code;
    return at + 1;
  }
  if (code < 0x800) {
    bytes[at] = 0xc0 | (code >>> 6);
    bytes[at + 1] = 0x80 | (code & 63);
    return at + 2;
  }
  if (code < 0x10000) {
    bytes[at] = 0xe0 | (code >>> 12);
    bytes[at + 1] = 0x80 | ((code >>> 6) & 63);
    bytes[at + 2] = 0x80 | (code & 63);
    return at + 3;
  }
  bytes[at] = 0xf0 | (code >>> 18);
  bytes[at + 1] = 0x80 | ((code >>> 12) & 63);
  bytes[at + 2] = 0x80 | ((code >>> 6) & 63);
  bytes[at + 3] = 0x80 | (code & 63);
  return at + 4;
}
