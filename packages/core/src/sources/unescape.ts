const QUOTE = 34;
const BACKSLASH = 92;
const LOWER_U = 117;

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
}

/**
 * Undoes the JSON escapes of a string in place: text is never longer than its escaped form, so it is written over itself from `backslash`, the
 * first escaped, on. Returns false when the string does not end before `end` or holds an unknown escaped; the bytes are then spoilt.
 */
export function unescapeInPlace(bytes: Buffer, backslash: number, end: number, into: Unescaped): boolean {
  let read = backslash;
  let write = backslash;
  while (read < end) {
    const byte = bytes[read++];
    if (byte === QUOTE) {
      into.textEnd = write;
      into.next = read;
      return true;
    }
    if (byte !== BACKSLASH) {
      bytes[write++] = byte;
      continue;
    }
    const escaped = bytes[read++];
    const meaning = MEANING[escaped];
    if (meaning !== 0) bytes[write++] = meaning;
    else if (escaped === LOWER_U) {
      const unit = codeUnit(bytes, read, end);
      if (unit < 0) return false;
      read += 4;
      let point = unit;
      if (unit >= 0xd800 && unit < 0xdc00 && bytes[read] === BACKSLASH && bytes[read + 1] === LOWER_U) {
        const low = codeUnit(bytes, read + 2, end);
        if (low >= 0xdc00 && low < 0xe000) {
          point = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
          read += 6;
        }
      }
      write = writePoint(bytes, write, point);
    } else return false;
  }
  return false;
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
