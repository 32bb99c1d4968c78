import { endsLikeSecret, LAST_LETTERS } from "../event/secret-names.ts";
import { ALPHANUMERIC, Byte, DIGIT, UPPER_OR_DIGIT } from "./redact-bytes.ts";
import { findCard, findGroupedCards } from "./redact-cards.ts";
import { atSignWidth, findEmail } from "./redact-email.ts";
import { findKeyIds, findSecretBehind } from "./redact-keys.ts";
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
 * has eight readable ones behind the text. Returns whether the text has a `\u` escape, which may hide secrets from this search.
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
  if (rules.cards || rules.awsKeys) scanRuns(bytes, view, from, to, rules, found);
  return isEscaped;
}

/**
 * Neighbours are looked at in pairs, since most pairs cannot be part of anything: bit 0 where the first byte needs a closer look, bit 1 where the
 * second does. A mark may be either of its pair, so both are in the table, each with the one neighbour that is known then.
 */
const PAIRS = new Uint8Array(65_536);

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
    for (; at < to; at += 8) {
      const low = view.getInt32(at, true);
      const high = view.getInt32(at + 4, true);
      marks = PAIRS[low & 0xffff] | (PAIRS[low >>> 16] << 2) | (PAIRS[high & 0xffff] << 4) | (PAIRS[high >>> 16] << 6);
      if (marks !== 0) break;
    }
    if (marks === 0) return isEscaped;
    const group = at;
    at += 8;
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
    case Byte.capitalJ:
      return rules.tokens ? findJwt(bytes, low, high, at, found) : at + 1;
    case Byte.capitalB:
      return rules.tokens ? findCredentials(bytes, low, high, at, found) : at + 1;
    default: {
      const width = rules.email ? atSignWidth(bytes, at) : 0;
      return width === 0 ? at + 1 : findEmail(bytes, low, high, at, width, found);
    }
  }
}

/** The shortest run that is looked for is a card number of 13 digits. */
const MIN_RUN = 13;

/** Of a run of 13 bytes at least one window of four, ten bytes apart, is a part. */
const STRIDE = MIN_RUN - 3;

/** Pairs of neighbours that access key ids and card numbers are made of, with the separators of grouped ones. */
const RUN_PAIRS = new Uint8Array(65_536);
const RUN = Uint8Array.from(UPPER_OR_DIGIT);
RUN[Byte.space] = RUN[Byte.dash] = 1;
for (let first = 0; first < 128; first++) {
  if (RUN[first] === 0) continue;
  for (let second = 0; second < 128; second++) {
    const isSeparated = UPPER_OR_DIGIT[first] === 0 || UPPER_OR_DIGIT[second] === 0;
    if (RUN[second] === 1 && (!isSeparated || DIGIT[first] + DIGIT[second] === 1)) RUN_PAIRS[first | (second << 8)] = 1;
  }
}

/** Finds runs of capitals and digits that are long enough for card numbers and access key ids. */
function scanRuns(
  bytes: Uint8Array,
  view: DataView,
  from: number,
  to: number,
  rules: SecretRules,
  found: number[],
): void {
  for (let at = from; at < to; at += STRIDE) {
    const window = view.getInt32(at, true);
    if ((RUN_PAIRS[window & 0xffff] & RUN_PAIRS[window >>> 16]) === 0) continue;
    let start = at;
    let end = at + 4;
    while (start > from && RUN[bytes[start - 1]] !== 0) start--;
    while (end < to && RUN[bytes[end]] !== 0) end++;
    if (end - start >= MIN_RUN) lookInto(bytes, from, to, start, end, rules, found);
    at = Math.max(at, end - STRIDE);
  }
}

/** Looks for keys and numbers in a run [from, to) of capitals, digits, blanks and dashes. */
function lookInto(
  bytes: Uint8Array,
  low: number,
  high: number,
  from: number,
  to: number,
  rules: SecretRules,
  found: number[],
): void {
  let hasGroups = false;
  for (let at = from; at < to; at++) {
    if (UPPER_OR_DIGIT[bytes[at]] === 0) continue;
    let end = at;
    while (end < to && UPPER_OR_DIGIT[bytes[end]] !== 0) end++;
    if (end - at >= MIN_RUN) findInRun(bytes, low, high, at, end, rules, found);
    else hasGroups ||= DIGIT[bytes[at]] !== 0 && DIGIT[bytes[end + 1]] !== 0;
    at = end;
  }
  if (rules.cards && hasGroups) findGroupedCards(bytes, low, from, to, found);
}

function findInRun(
  bytes: Uint8Array,
  low: number,
  high: number,
  from: number,
  to: number,
  rules: SecretRules,
  found: number[],
): void {
  if (rules.awsKeys) {
    const end = findKeyIds(bytes, from, to, rules.keyIds ? found : undefined);
    if (end > 0) findSecretBehind(bytes, end, high, found);
  }
  if (!rules.cards) return;
  for (let start = from; start < to; start++) {
    if (DIGIT[bytes[start]] === 0) continue;
    let end = start;
    while (end < to && DIGIT[bytes[end]] !== 0) end++;
    if (end - start >= MIN_RUN) findCard(bytes, low, high, start, end, found);
    start = end;
  }
}
