import { ALPHANUMERIC, Byte, DIGIT, HEX } from "./redact-bytes.ts";

// https://en.wikipedia.org/wiki/Payment_card_number#Structure
const MIN_DIGITS = 13;
const MAX_DIGITS = 19;

/** Numbers that begin with one of `from` to `to` (of as many digits as these have) and are of one of the lengths. */
interface Issuer {
  readonly from: number;
  readonly to: number;
  readonly lengths: readonly number[];
}

const UP_TO_19 = [16, 17, 18, 19];

// Issuer identification numbers in use, by https://en.wikipedia.org/wiki/Payment_card_number#Issuer_identification_number_(IIN)
const ISSUERS: readonly Issuer[] = [
  { from: 4, to: 4, lengths: [13, 16, 18, 19] }, // Visa
  { from: 51, to: 55, lengths: [16] }, // Mastercard
  { from: 2221, to: 2720, lengths: [16] },
  { from: 34, to: 34, lengths: [15] }, // American Express
  { from: 37, to: 37, lengths: [15] },
  { from: 300, to: 305, lengths: [14, ...UP_TO_19] }, // Diners Club
  { from: 36, to: 36, lengths: [14, 15, ...UP_TO_19] },
  { from: 38, to: 39, lengths: [14, ...UP_TO_19] },
  { from: 3528, to: 3589, lengths: UP_TO_19 }, // JCB
  { from: 6011, to: 6011, lengths: UP_TO_19 }, // Discover
  { from: 644, to: 659, lengths: UP_TO_19 },
  { from: 60, to: 60, lengths: [16] }, // RuPay
  { from: 81, to: 82, lengths: [16] },
  { from: 62, to: 62, lengths: UP_TO_19 }, // UnionPay
  { from: 2200, to: 2204, lengths: UP_TO_19 }, // Mir
  { from: 50, to: 50, lengths: [13, 14, 15, ...UP_TO_19] }, // Maestro
  { from: 56, to: 58, lengths: [13, 14, 15, ...UP_TO_19] },
  { from: 6304, to: 6304, lengths: [13, 14, 15, ...UP_TO_19] },
  { from: 6759, to: 6763, lengths: [13, 14, 15, ...UP_TO_19] },
];

/** By number of digits, the first four of which issuers use it; a table, because digits are common in logs. */
const IN_USE: readonly Uint8Array[] = Array.from({ length: MAX_DIGITS + 1 }, (_, length) => {
  const table = new Uint8Array(10_000);
  for (const { from, to, lengths } of ISSUERS) {
    if (!lengths.includes(length)) continue;
    const scale = 10 ** (4 - String(from).length);
    table.fill(1, from * scale, (to + 1) * scale);
  }
  return table;
});

/** Finds the card number that the digits [from, to) are, all that stand together there, within a text [low, high); adds its span to `found`. */
export function findCard(
  bytes: Uint8Array,
  low: number,
  high: number,
  from: number,
  to: number,
  found: number[],
): void {
  const start = Math.max(from, afterEscapes(bytes, low, from));
  if (isFraction(bytes, low, high, start, to) || !isCardNumber(bytes, start, to, to - start)) return;
  if (!isInHex(bytes, low, high, start, to)) found.push(start, to);
}

// Groups of 4, 4, 4 and 1 with three separators.
const MIN_GROUPED = 16;

/** Finds card numbers written in groups, `4111 1111 1111 1111` or with dashes, in a run [from, to) of digits and separators. */
export function findGroupedCards(bytes: Uint8Array, low: number, from: number, to: number, found: number[]): void {
  for (let start = from; to - start >= MIN_GROUPED; start++) {
    if (DIGIT[bytes[start]] === 0) continue;
    const end = groupedEnd(bytes, start, to);
    if (end === 0 || afterEscapes(bytes, low, start) !== start) continue;
    found.push(start, end);
    start = end;
  }
}

/** Where the grouped number that starts here ends, 0 when there is none: groups of four with a shorter last one, or 4-6-4 and 4-6-5. */
function groupedEnd(bytes: Uint8Array, start: number, high: number): number {
  const separator = bytes[start + 4];
  if ((separator !== Byte.space && separator !== Byte.dash) || groupLength(bytes, start, high) !== 4) return 0;
  const second = groupLength(bytes, start + 5, high);
  if (bytes[start + 5 + second] !== separator) return 0;
  const third = groupLength(bytes, start + 6 + second, high);
  if (second === 6) {
    const end = start + 12 + third;
    return (third === 4 || third === 5) && isCardNumber(bytes, start, end, 10 + third) ? end : 0;
  }
  if (second !== 4 || third !== 4 || bytes[start + 14] !== separator) return 0;
  const fourth = groupLength(bytes, start + 15, high);
  if (fourth === 0 || fourth > 4) return 0;
  const end = start + 15 + fourth;
  const fifth = fourth === 4 && bytes[end] === separator ? groupLength(bytes, end + 1, high) : 0;
  if (fifth > 0 && fifth <= 4 && isCardNumber(bytes, start, end + 1 + fifth, 16 + fifth)) return end + 1 + fifth;
  return isCardNumber(bytes, start, end, 12 + fourth) ? end : 0;
}

function groupLength(bytes: Uint8Array, from: number, high: number): number {
  let at = from;
  while (at < high && DIGIT[bytes[at]] !== 0) at++;
  return at - from;
}

/** Whether the digits among [from, to) are of a length and a beginning that issuers use, and pass the Luhn check. */
function isCardNumber(bytes: Uint8Array, from: number, to: number, digits: number): boolean {
  if (digits < MIN_DIGITS || digits > MAX_DIGITS) return false;
  let beginning = 0;
  for (let i = from; i < from + 4; i++) beginning = beginning * 10 + bytes[i] - Byte.zero;
  return IN_USE[digits][beginning] === 1 && passesLuhn(bytes, from, to);
}

/** https://en.wikipedia.org/wiki/Luhn_algorithm */
function passesLuhn(bytes: Uint8Array, from: number, to: number): boolean {
  let sum = 0;
  let isDoubled = false;
  for (let i = to - 1; i >= from; i--) {
    if (DIGIT[bytes[i]] === 0) continue;
    let digit = bytes[i] - Byte.zero;
    if (isDoubled) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
    sum += digit;
    isDoubled = !isDoubled;
  }
  return sum % 10 === 0;
}

/** Whether the digits are part of a decimal number such as `0.4111111111111111`. */
function isFraction(bytes: Uint8Array, low: number, high: number, from: number, to: number): boolean {
  if (from - 2 >= low && bytes[from - 1] === Byte.dot && DIGIT[bytes[from - 2]] !== 0) return true;
  return to + 1 < high && bytes[to] === Byte.dot && DIGIT[bytes[to + 1]] !== 0;
}

/** How far around a number letters are looked at. */
const MAX_NEIGHBOURS = 16;

/** Whether letters a to f and no others stand next to the digits: they are then part of a hash or an id. */
function isInHex(bytes: Uint8Array, low: number, high: number, from: number, to: number): boolean {
  const first = Math.max(low, from - MAX_NEIGHBOURS, afterEscapes(bytes, low, from));
  const last = Math.min(high, to + MAX_NEIGHBOURS);
  let hasLetter = false;
  for (let i = from - 1; i >= first && ALPHANUMERIC[bytes[i]] !== 0; i--) {
    if (HEX[bytes[i]] === 0) return false;
    hasLetter ||= DIGIT[bytes[i]] === 0;
  }
  for (let i = to; i < last && ALPHANUMERIC[bytes[i]] !== 0; i++) {
    if (HEX[bytes[i]] === 0) return false;
    hasLetter ||= DIGIT[bytes[i]] === 0;
  }
  return hasLetter;
}

/** Where the letters and digits before `at` begin behind an escape, `\n`, `\u0020` or `%20`; what is longer than an escape does not matter. */
function afterEscapes(bytes: Uint8Array, low: number, at: number): number {
  let start = at;
  while (start > low && at - start < LONGEST_ESCAPE && ALPHANUMERIC[bytes[start - 1]] !== 0) start--;
  if (start === low) return start;
  if (bytes[start - 1] === Byte.percent) return start + 2;
  if (bytes[start - 1] !== Byte.backslash) return start;
  return bytes[start] === Byte.letterU ? start + 5 : start + 1;
}

const LONGEST_ESCAPE = 6;
