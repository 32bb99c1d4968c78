import { NameKind, nameKind } from "../event/secret-names.ts";
import { ALPHANUMERIC, Byte, byteSet, DIGIT, HEX, looksRandom, startsWith } from "./redact-bytes.ts";
import { isSecretKey, SECRET_KEY_LENGTH } from "./redact-keys.ts";

/** Bytes that end a value without quotes. */
const STOP = byteSet(" &;,\"'`<>()[]{}|");
for (let control = 0; control < 32; control++) STOP[control] = 1;

/** Bytes that may end a value in quotes, or take that meaning from a quote. */
const QUOTING = byteSet("\"'`\\");

/** Bytes between a name and its sign: closing quote, its backslashes, blanks. */
const BETWEEN = byteSet("\"'`\\ \t");

const NOT_SECRET = ["null", "true", "false", "none", "nil", "undefined"];

/** A token of fewer digits and nothing else is a number of tokens, or an index. */
const MIN_DIGIT_TOKEN = 6;

/** Which of the values that have a telling name are wanted. */
export interface ValueRules {
  readonly tokens: boolean;
  readonly awsKeys: boolean;
}

/**
 * Finds the value behind the `=` or `:` at `at` in a text [low, high) if the name before it says that it is secret: `password=…`, `"token": "…"`,
 * `\"apiKey\":\"…\"` (JSON inside a JSON string), `Authorization: Bearer …`. Adds its span, without quotes, to `found`; returns where to go on.
 */
export function findNamedValue(
  bytes: Uint8Array,
  low: number,
  high: number,
  at: number,
  rules: ValueRules,
  found: number[],
): number {
  const kind = nameKind(bytes, low, endOfName(bytes, low, at));
  if (kind === NameKind.none) return at + 1;
  let from = at + 1;
  while (bytes[from] === Byte.equals || bytes[from] === Byte.greater) from++;
  while (from < high && (bytes[from] === Byte.space || bytes[from] === Byte.tab)) from++;
  let escapes = 0;
  while (bytes[from + escapes] === Byte.backslash) escapes++;
  const quote = bytes[from + escapes];
  const isQuoted = quote === Byte.quote || quote === Byte.apostrophe || quote === Byte.backtick;
  if (isQuoted) from += escapes + 1;
  if (from >= high) return at + 1;
  if (kind === NameKind.authorization) from = afterScheme(bytes, from, high);
  // What can only be a secret access key is not read further than one is long.
  const bound = rules.tokens && kind !== NameKind.key ? high : Math.min(high, from + SECRET_KEY_LENGTH + 1);
  const to = isQuoted ? endOfQuoted(bytes, from, bound, quote, escapes) : endOfBare(bytes, from, bound);
  const isWritten = !isQuoted && bytes[at] === Byte.colon && kind !== NameKind.authorization;
  if (!isWanted(bytes, from, to, kind, rules) || (isWritten && !looksRandom(bytes, from, to))) return at + 1;
  found.push(from, to);
  return to;
}

function endOfName(bytes: Uint8Array, low: number, at: number): number {
  if (ALPHANUMERIC[bytes[at - 1]] !== 0) return at;
  let end = at;
  while (end > low && BETWEEN[bytes[end - 1]] !== 0) end--;
  return end;
}

function isWanted(bytes: Uint8Array, from: number, to: number, kind: NameKind, rules: ValueRules): boolean {
  if (to <= from || isMasked(bytes, from, to)) return false;
  if (rules.awsKeys && isSecretKey(bytes, from, to)) return true;
  if (!rules.tokens || kind === NameKind.key) return false;
  if (kind === NameKind.token && to - from < MIN_DIGIT_TOKEN && isDigits(bytes, from, to)) return false;
  return !isNothing(bytes, from, to);
}

/** Whether the value is a word that stands for none. */
function isNothing(bytes: Uint8Array, from: number, to: number): boolean {
  for (const word of NOT_SECRET) if (to - from === word.length && startsWith(bytes, from, word)) return true;
  return false;
}

/** Stars, with or without the ordinal behind them that tells masked keys apart. */
function isMasked(bytes: Uint8Array, from: number, to: number): boolean {
  let stars = from;
  while (stars < to && bytes[stars] === Byte.star) stars++;
  return stars > from && isDigits(bytes, stars, to);
}

function isDigits(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (DIGIT[bytes[i]] === 0) return false;
  return true;
}

/** Past `Bearer `, `Basic ` and the like, when something stands behind it. */
function afterScheme(bytes: Uint8Array, from: number, high: number): number {
  let at = from;
  while (at < high && STOP[bytes[at]] === 0 && bytes[at] !== Byte.backslash) at++;
  let next = at;
  while (next < high && bytes[next] === Byte.space) next++;
  return next > at && next < high && STOP[bytes[next]] === 0 && bytes[next] !== Byte.backslash ? next : from;
}

/**
 * Where a quoted value ends, before the closing quote and the backslashes that belong to it. `escapes` is how many of them stood before the
 * opening one: 1 in JSON within a JSON string, 3 one level further in. A quote of JSON itself ends the value too.
 */
function endOfQuoted(bytes: Uint8Array, from: number, high: number, quote: number, escapes: number): number {
  const unit = 2 * (escapes + 1);
  let at = from;
  for (;;) {
    while (at < high && QUOTING[bytes[at]] === 0) at++;
    let slashes = 0;
    while (at + slashes < high && bytes[at + slashes] === Byte.backslash) slashes++;
    const end = at + slashes;
    if (end >= high) return high;
    if (bytes[end] === quote && slashes % unit === escapes) return end - escapes;
    if (bytes[end] === Byte.quote && (quote === Byte.quote ? slashes < escapes : slashes === 0)) return at;
    at = end + 1;
  }
}

/** Where a value without quotes ends. An escaped line break, quote or other ASCII character ends it as these themselves would; other escapes are part of it. */
function endOfBare(bytes: Uint8Array, from: number, high: number): number {
  let at = from;
  while (at < high && STOP[bytes[at]] === 0) {
    if (bytes[at] !== Byte.backslash) at++;
    else if (bytes[at + 1] === Byte.letterU) {
      if (!isEscapedLetter(bytes, at + 2)) return at;
      at += 6;
    } else if (bytes[at + 1] === Byte.backslash || bytes[at + 1] === Byte.slash) at += 2;
    else return at;
  }
  return Math.min(at, high);
}

/** Whether the four hexadecimal digits of an escape stand for a character beyond ASCII. */
function isEscapedLetter(bytes: Uint8Array, at: number): boolean {
  for (let i = at; i < at + 4; i++) if (HEX[bytes[i]] === 0) return false;
  return bytes[at] !== Byte.zero || bytes[at + 1] !== Byte.zero || bytes[at + 2] >= 56;
}
