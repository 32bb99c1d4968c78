const QUOTE = 34;
const DOT = 46;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const COMMA = 44;
const SPACE = 32;

/** The object has no such member. */
export const ABSENT = -1;
/** It cannot be told without parsing: an array or a key with dots or escapes is on the way. */
export const UNSURE = -2;

/** By byte: 1 for what stands for itself in a JSON string. */
const PLAIN = new Uint8Array(256).fill(1);
PLAIN[QUOTE] = PLAIN[BACKSLASH] = 0;

/** By byte: 1 for what has no meaning between the quotes and brackets of nested JSON. */
const FILLING = new Uint8Array(256).fill(1);
for (const byte of [QUOTE, OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE]) FILLING[byte] = 0;

/**
 * Where in the JSON value that begins at `from` the value at a path of keys begins; or ABSENT, or UNSURE. The bytes must be valid JSON. Nothing is parsed or
 * allocated: rules on fields of JSON logs read one member of many.
 */
export function findRawMember(bytes: Uint8Array, from: number, keys: readonly Uint8Array[]): number {
  let at = from;
  for (const key of keys) {
    if (bytes[at] === OPEN_BRACKET) return UNSURE;
    if (bytes[at] !== OPEN_BRACE) return ABSENT;
    at = findMember(bytes, at, key);
    if (at < 0) return at;
  }
  return at;
}

/** Where the JSON value that begins at `at` ends. */
export function endOfRaw(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  if (first === QUOTE) return endOfString(bytes, at + 1);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return endOfNested(bytes, at + 1);
  let end = at;
  while (end < bytes.length && bytes[end] > SPACE && bytes[end] !== COMMA && !isClosing(bytes[end])) end++;
  return end;
}

/** Where the value of the key begins in the object that begins at `open`; of a key that comes twice the last counts. */
function findMember(bytes: Uint8Array, open: number, key: Uint8Array): number {
  let found = ABSENT;
  let at = skipSpace(bytes, open + 1);
  while (bytes[at] === QUOTE) {
    const name = at + 1;
    const end = endOfString(bytes, name);
    at = skipSpace(bytes, skipSpace(bytes, end) + 1);
    const fit = compare(bytes, name, end - 1, key);
    if (fit === UNSURE) return UNSURE;
    if (fit !== ABSENT) found = at;
    at = skipSpace(bytes, endOfRaw(bytes, at));
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1);
  }
  return found;
}

/** 0 when the name [from, to) is the key, ABSENT when it is another, UNSURE when it may stand for the key and more, or is written with escapes. */
function compare(bytes: Uint8Array, from: number, to: number, key: Uint8Array): number {
  for (let i = 0; i < key.length; i++) {
    if (bytes[from + i] === BACKSLASH) return UNSURE;
    if (bytes[from + i] !== key[i]) return ABSENT;
  }
  if (from + key.length === to) return 0;
  return bytes[from + key.length] === DOT || bytes[from + key.length] === BACKSLASH ? UNSURE : ABSENT;
}

/** The position behind the closing quote of the string whose inside begins at `at`. */
function endOfString(bytes: Uint8Array, at: number): number {
  let end = at;
  for (;;) {
    while (PLAIN[bytes[end]] === 1) end++;
    if (bytes[end] !== BACKSLASH) return end + 1;
    end += 2;
  }
}

/** The position behind the bracket that closes what was opened before `at`. */
function endOfNested(bytes: Uint8Array, at: number): number {
  let end = at;
  for (let depth = 1; depth > 0 && end < bytes.length; ) {
    while (FILLING[bytes[end]] === 1) end++;
    const byte = bytes[end];
    if (byte === QUOTE) end = endOfString(bytes, end + 1);
    else {
      depth += isClosing(byte) ? -1 : 1;
      end++;
    }
  }
  return end;
}

function isClosing(byte: number): boolean {
  return byte === CLOSE_BRACE || byte === CLOSE_BRACKET;
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] <= SPACE) at++;
  return at;
}
