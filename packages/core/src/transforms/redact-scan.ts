import { SLACK } from "../event/payload.ts";
import { endsLikeSecret, LAST_LETTERS } from "../event/secret-names.ts";
import { ALPHANUMERIC, Byte, DIGIT } from "./redact-bytes.ts";
import { findCard, findGroupedCards } from "./redact-cards.ts";
import { atSignWidth, findEmail } from "./redact-email.ts";
import { findKeyId } from "./redact-keys.ts";
import { findCredentials, findJwt } from "./redact-tokens.ts";
import { findNamedValue } from "./redact-values.ts";

/** Which kinds of secrets are looked for. */
export interface SecretRules {
  readonly email: boolean;
  readonly cards: boolean;
  readonly keyIds: boolean;
  readonly awsKeys: boolean;
  readonly tokens: boolean;
}

/**
 * Finds the secrets of a text [from, to) and adds their spans to `found`: from, to, from, to, … Spans may overlap. `view` shows the same bytes and
 * has SLACK readable ones behind the text. Returns whether the text has a `\u` escape, which may hide secrets from this search.
 */
export function findSecrets(
  bytes: Uint8Array,
  view: DataView,
  from: number,
  to: number,
  rules: SecretRules,
  found: number[],
): boolean {
  const isEscaped = scanMarks(bytes, view, from, to, rules, found);
  if (rules.cards) scanRuns(bytes, view, from, to, found);
  return isEscaped;
}

/**
 * Neighbours are looked at in pairs, since most pairs cannot be part of anything: bit 0 where the first byte needs a closer look, bit 1 where the
 * second does. A mark may be either of its pair, so both are in the table, each with the one neighbour that is known then.
 */
const PAIRS = new Uint8Array(65_536);

/** Bytes that are looked at in one step: as many as are readable behind any payload. */
const GROUP = SLACK;

function mark(byte: number, before: (byte: number) => boolean, behind: (byte: number) => boolean): void {
  for (let other = 0; other < 256; other++) {
    if (before(other)) PAIRS[other | (byte << 8)] |= 2;
    if (behind(other)) PAIRS[byte | (other << 8)] |= 1;
  }
}

const any = (): boolean => true;
const oneOf =
  (characters: string) =>
  (byte: number): boolean =>
    characters.includes(String.fromCharCode(byte));
const endsName = oneOf(`${LAST_LETTERS}${LAST_LETTERS.toUpperCase()}"'\` \t`);

mark(Byte.at, any, any);
mark(Byte.equals, endsName, any);
mark(Byte.colon, endsName, (byte) => byte !== Byte.slash);
mark(Byte.percent, any, oneOf("4"));
mark(Byte.backslash, any, oneOf("u"));
mark(Byte.capitalK, oneOf("A"), oneOf("I"));
mark(Byte.capitalS, oneOf("A"), oneOf("I"));
mark(Byte.capitalJ, oneOf("y"), (byte) => ALPHANUMERIC[byte] !== 0 || oneOf("_-")(byte));
// A letter before may belong to an escape: `\nBearer`.
mark(Byte.capitalB, (byte) => ALPHANUMERIC[byte] === 0 || oneOf("bfnrt")(byte), oneOf("eaEA"));

function scanMarks(
  bytes: Uint8Array,
  view: DataView,
  from: number,
  to: number,
  rules: SecretRules,
  found: number[],
): boolean {
  let isEscaped = false;
  let at = from;
  for (;;) {
    let marks = 0;
    for (; at < to; at += GROUP) {
      const a = view.getInt32(at, true);
      const b = view.getInt32(at + 4, true);
      const c = view.getInt32(at + 8, true);
      const d = view.getInt32(at + 12, true);
      marks =
        PAIRS[a & 0xffff] |
        (PAIRS[a >>> 16] << 2) |
        (PAIRS[b & 0xffff] << 4) |
        (PAIRS[b >>> 16] << 6) |
        ((PAIRS[c & 0xffff] | (PAIRS[c >>> 16] << 2) | (PAIRS[d & 0xffff] << 4) | (PAIRS[d >>> 16] << 6)) << 8);
      if (marks !== 0) break;
    }
    if (marks === 0) return isEscaped;
    const group = at;
    at += GROUP;
    for (; marks !== 0; marks &= marks - 1) {
      const place = group + 31 - Math.clz32(marks & -marks);
      const byte = bytes[place];
      if (byte === Byte.backslash) isEscaped ||= bytes[place + 1] === Byte.letterU;
      else if (place < to && ((byte !== Byte.colon && byte !== Byte.equals) || mayEndName(bytes, place))) {
        const next = lookAt(bytes, from, to, place, rules, found);
        if (next <= place + 1) continue;
        at = next;
        break;
      }
    }
  }
}

/** Whether a name that ends like one of a secret may stand before this place, itself or its closing quote. */
function mayEndName(bytes: Uint8Array, at: number): boolean {
  const last = bytes[at - 1];
  const beforeLast = bytes[at - 2];
  if (last === Byte.quote) return endsLikeSecret(bytes[at - 3], beforeLast) || beforeLast === Byte.backslash;
  return endsLikeSecret(beforeLast, last) || last === Byte.space || last === Byte.apostrophe;
}

/** Looks closer at a mark; returns where to go on. */
function lookAt(bytes: Uint8Array, low: number, high: number, at: number, rules: SecretRules, found: number[]): number {
  switch (bytes[at]) {
    case Byte.equals:
    case Byte.colon:
      return rules.tokens || rules.awsKeys ? findNamedValue(bytes, low, high, at, rules, found) : at + 1;
    case Byte.capitalK:
    case Byte.capitalS:
      return rules.keyIds ? findKeyId(bytes, low, high, at, found) : at + 1;
    case Byte.capitalJ:
      return rules.tokens ? lookAtToken(bytes, low, high, at, rules, found) : at + 1;
    case Byte.capitalB:
      return rules.tokens ? findCredentials(bytes, low, high, at, found) : at + 1;
    default: {
      const width = rules.email ? atSignWidth(bytes, at) : 0;
      return width === 0 ? at + 1 : findEmail(bytes, low, high, at, width, found);
    }
  }
}

/** What begins like a token and is none is passed over; but an access key id may be in it. */
function lookAtToken(
  bytes: Uint8Array,
  low: number,
  high: number,
  at: number,
  rules: SecretRules,
  found: number[],
): number {
  const before = found.length;
  const to = findJwt(bytes, low, high, at, found);
  if (!rules.keyIds || found.length > before) return to;
  let next = at + 1;
  while (next < to) next = findKeyId(bytes, low, high, next, found);
  return next;
}

/** Card numbers have 13 digits at least. */
const MIN_RUN = 13;

/** Of a run of 13 bytes at least one window of four, ten bytes apart, is a part. */
const STRIDE = MIN_RUN - 3;

/** The bytes of card numbers, grouped ones too; and which pairs of them may be neighbours there: a separator stands between digits alone. */
const IN_RUN = Uint8Array.from(DIGIT);
IN_RUN[Byte.space] = IN_RUN[Byte.dash] = 1;
const RUN_PAIRS = new Uint8Array(65_536);
for (let first = 0; first < 128; first++) {
  for (let second = 0; second < 128; second++) {
    const isRun = IN_RUN[first] === 1 && IN_RUN[second] === 1 && DIGIT[first] + DIGIT[second] > 0;
    if (isRun) RUN_PAIRS[first | (second << 8)] = 1;
  }
}

/** Bits of four bytes that digits, blanks and dashes do not have, and letters do. */
const BEYOND_DIGITS = 0xc0c0c0c0 | 0;

/** Finds runs that are long enough for card numbers. */
function scanRuns(bytes: Uint8Array, view: DataView, from: number, to: number, found: number[]): void {
  for (let at = from; at < to; at += STRIDE) {
    const window = view.getInt32(at, true);
    if ((window & BEYOND_DIGITS) !== 0 || (RUN_PAIRS[window & 0xffff] & RUN_PAIRS[window >>> 16]) === 0) continue;
    let start = at;
    let end = at + 4;
    while (start > from && IN_RUN[bytes[start - 1]] !== 0) start--;
    while (end < to && IN_RUN[bytes[end]] !== 0) end++;
    if (end - start >= MIN_RUN) lookInto(bytes, from, to, start, end, found);
    at = Math.max(at, end - STRIDE);
  }
}

/** Groups of a card number have four digits at least, but for the last. */
const MIN_GROUP = 4;

function startsGroup(bytes: Uint8Array, at: number): boolean {
  for (let i = at; i < at + MIN_GROUP; i++) if (DIGIT[bytes[i]] === 0) return false;
  return true;
}

/** Looks for card numbers in a run [from, to) of digits, blanks and dashes. */
function lookInto(bytes: Uint8Array, low: number, high: number, from: number, to: number, found: number[]): void {
  let hasGroups = false;
  for (let at = from; at < to; at++) {
    if (DIGIT[bytes[at]] === 0) continue;
    let end = at;
    while (end < to && DIGIT[bytes[end]] !== 0) end++;
    if (end - at >= MIN_RUN) findCard(bytes, low, high, at, end, found);
    else hasGroups ||= end - at >= MIN_GROUP && startsGroup(bytes, end + 1);
    at = end;
  }
  if (hasGroups) findGroupedCards(bytes, low, from, to, found);
}
