import { stopBits } from "../event/stop-bits.ts";

/** What the functions here give instead of a position when the bytes are not JSON. */
export const NOT_JSON = -1;

const QUOTE = 34;
const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const NINE = 57;
const BACKSLASH = 92;
const LOWER_E = 101;
const LOWER_F = 102;
const LOWER_N = 110;
const LOWER_T = 116;
const LOWER_U = 117;
const LOWER = 32;

/** By byte: 1 for what stands for itself in a JSON string. */
const PLAIN = new Uint8Array(256).fill(1, 32);
PLAIN[QUOTE] = PLAIN[BACKSLASH] = 0;

const ESCAPED = tableOf('"\\/bfnrt');
const HEX_DIGIT = tableOf("0123456789abcdefABCDEF");

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const byte of Buffer.from(characters)) table[byte] = 1;
  return table;
}

/**
 * The position of the quote that closes a string whose inside begins at `from`. `view` shows the same bytes and has eight readable ones behind `end`.
 * Four bytes a step: strings are most of all JSON.
 */
export function endOfString(bytes: Uint8Array, view: DataView, from: number, end: number): number {
  let i = from;
  for (;;) {
    let stops = stopBits(view.getInt32(i, true));
    while (stops === 0 && i < end) {
      i += 4;
      stops = stopBits(view.getInt32(i, true));
    }
    i += (31 - Math.clz32(stops & -stops)) >> 3;
    if (i >= end) return NOT_JSON;
    if (bytes[i] === QUOTE) return i;
    if (bytes[i] !== BACKSLASH) return NOT_JSON;
    i = endOfEscape(bytes, i + 1);
    if (i < 0) return NOT_JSON;
  }
}

/** The position after the escape whose backslash stands before `i`. */
export function endOfEscape(bytes: Uint8Array, i: number): number {
  if (ESCAPED[bytes[i]] === 1) return i + 1;
  const isUnicode =
    bytes[i] === LOWER_U &&
    HEX_DIGIT[bytes[i + 1]] === 1 &&
    HEX_DIGIT[bytes[i + 2]] === 1 &&
    HEX_DIGIT[bytes[i + 3]] === 1 &&
    HEX_DIGIT[bytes[i + 4]] === 1;
  return isUnicode ? i + 5 : NOT_JSON;
}

const TRUE = Buffer.from("true");
const FALSE = Buffer.from("false");
const NULL = Buffer.from("null");

/** The position after a number, `true`, `false` or `null` that begins at `i`. */
export function endOfScalar(bytes: Uint8Array, i: number): number {
  switch (bytes[i]) {
    case LOWER_T:
      return endOfWord(bytes, i, TRUE);
    case LOWER_F:
      return endOfWord(bytes, i, FALSE);
    case LOWER_N:
      return endOfWord(bytes, i, NULL);
    default:
      return endOfNumber(bytes, i);
  }
}

function endOfWord(bytes: Uint8Array, from: number, word: Uint8Array): number {
  for (let k = 1; k < word.length; k++) if (bytes[from + k] !== word[k]) return NOT_JSON;
  return from + word.length;
}

function endOfNumber(bytes: Uint8Array, from: number): number {
  let i = bytes[from] === MINUS ? from + 1 : from;
  if (bytes[i] === ZERO) i++;
  else i = endOfDigits(bytes, i);
  if (i > 0 && bytes[i] === POINT) i = endOfDigits(bytes, i + 1);
  if (i > 0 && (bytes[i] | LOWER) === LOWER_E) {
    i++;
    i = endOfDigits(bytes, bytes[i] === PLUS || bytes[i] === MINUS ? i + 1 : i);
  }
  return i;
}

function endOfDigits(bytes: Uint8Array, from: number): number {
  let i = from;
  while (bytes[i] >= ZERO && bytes[i] <= NINE) i++;
  return i === from ? NOT_JSON : i;
}
