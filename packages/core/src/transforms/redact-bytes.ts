/** Bytes that the searches for secrets look for by name. */
export const Byte = {
  tab: 9,
  newline: 10,
  space: 32,
  quote: 34,
  percent: 37,
  apostrophe: 39,
  star: 42,
  comma: 44,
  dash: 45,
  dot: 46,
  slash: 47,
  zero: 48,
  nine: 57,
  colon: 58,
  equals: 61,
  greater: 62,
  at: 64,
  capitalA: 65,
  capitalB: 66,
  capitalI: 73,
  capitalJ: 74,
  capitalK: 75,
  capitalS: 83,
  openBracket: 91,
  backslash: 92,
  closeBracket: 93,
  underscore: 95,
  backtick: 96,
  letterU: 117,
  openBrace: 123,
  closeBrace: 125,
} as const;

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS = "0123456789";

/** A table by byte: 1 for those of the text, 0 for all others. */
export function byteSet(characters: string): Uint8Array {
  const set = new Uint8Array(256);
  for (const byte of Buffer.from(characters, "latin1")) set[byte] = 1;
  return set;
}

export const DIGIT = byteSet(DIGITS);
export const UPPER_OR_DIGIT = byteSet(UPPER + DIGITS);
export const ALPHANUMERIC = byteSet(LOWER + UPPER + DIGITS);
export const HEX = byteSet(`${DIGITS}abcdefABCDEF`);
/** Base64 with either of its alphabets, its padding and the dots between the parts of a token. */
export const TOKEN = byteSet(`${LOWER}${UPPER}${DIGITS}+/-_.~=`);

/** Whether bytes [at, …) begin with this lower-case ASCII text, in any case. */
export function startsWith(bytes: Uint8Array, at: number, lowerCase: string): boolean {
  for (let i = 0; i < lowerCase.length; i++) {
    if ((bytes[at + i] | 32) !== lowerCase.charCodeAt(i)) return false;
  }
  return true;
}

/** Whether a value looks made rather than written: it has a digit or a sign, or a capital after its first letter. */
export function looksRandom(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const lower = bytes[i] | 32;
    if (lower < 97 || lower > 122 || (i > from && bytes[i] < 91)) return true;
  }
  return false;
}
