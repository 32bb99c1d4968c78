import { ALPHANUMERIC, Byte, byteSet } from "./redact-bytes.ts";

// 1: what local parts are made of; 2: what RFC 5322 allows besides, which in logs is mostly punctuation around the address.
const LOCAL = byteSet("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-");
for (const byte of Buffer.from("!#$&*/=?^|~")) LOCAL[byte] = 2;

/** Local parts have 64 octets at most, in URLs three times as many. https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1.1 */
const MAX_LOCAL_LENGTH = 192;

const DOMAIN = byteSet("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");

/** Width in bytes of the sign between local part and domain at this place: 1 for `@`, 3 for `%40` as URLs write it, else 0. */
export function atSignWidth(bytes: Uint8Array, at: number): number {
  if (bytes[at] === Byte.at) return 1;
  return bytes[at] === Byte.percent && bytes[at + 1] === 52 && bytes[at + 2] === 48 ? 3 : 0;
}

/** Finds the address around the sign at `at` within [from, to) and adds its span to `found`; returns where to go on. */
export function findEmail(
  bytes: Uint8Array,
  from: number,
  to: number,
  at: number,
  width: number,
  found: number[],
): number {
  const low = Math.max(from, at - MAX_LOCAL_LENGTH);
  let start = at;
  if (start > low && LOCAL[bytes[start - 1]] === 2) while (start > low && LOCAL[bytes[start - 1]] !== 0) start--;
  else while (start > low && LOCAL[bytes[start - 1]] === 1) start--;
  let end = at + width;
  while (end < to && DOMAIN[bytes[end]] !== 0) end++;
  while (end > at + width && ALPHANUMERIC[bytes[end - 1]] === 0) end--;
  if (start === at || !endsInTopLevelDomain(bytes, at + width, end)) return at + width;
  found.push(start, end);
  return end;
}

/** Two labels or more, the last with two characters or more and not beginning with a digit: `1.2.3` is a version, not a domain. */
function endsInTopLevelDomain(bytes: Uint8Array, from: number, to: number): boolean {
  let label = to;
  while (label > from && bytes[label - 1] !== Byte.dot) label--;
  return label > from + 1 && to - label >= 2 && bytes[label] > Byte.nine;
}
