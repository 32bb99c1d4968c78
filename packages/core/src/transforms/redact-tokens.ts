import { ALPHANUMERIC, Byte, looksRandom, startsWith, TOKEN } from "./redact-bytes.ts";

// Header and payload of the shortest tokens in use are longer.
const MIN_JWT_LENGTH = 24;
const MIN_CREDENTIALS_LENGTH = 8;

/**
 * Finds the JSON Web Token (or encrypted one) that begins with the `eyJ` whose J is at `at`: base64 of `{"`, with two dots or more. Adds its span to
 * `found`; returns where to go on. https://www.rfc-editor.org/rfc/rfc7519
 */
export function findJwt(bytes: Uint8Array, low: number, high: number, at: number, found: number[]): number {
  const from = at - 2;
  if (from < low || bytes[from] !== 101 || bytes[from + 1] !== 121) return at + 1;
  let dots = 0;
  let to = at + 1;
  for (; to < high && isTokenByte(bytes[to]); to++) if (bytes[to] === Byte.dot) dots++;
  // A dot may end the sentence instead of an unsigned token.
  const end = dots > 2 && bytes[to - 1] === Byte.dot ? to - 1 : to;
  if (dots >= 2 && end - from >= MIN_JWT_LENGTH) found.push(from, end);
  return to;
}

function isTokenByte(byte: number): boolean {
  return ALPHANUMERIC[byte] !== 0 || byte === Byte.dash || byte === Byte.underscore || byte === Byte.dot;
}

/** Finds the credentials behind `Bearer ` or `Basic ` whose B is at `at`; adds their span to `found` and returns where to go on. */
export function findCredentials(bytes: Uint8Array, low: number, high: number, at: number, found: number[]): number {
  if (at > low && ALPHANUMERIC[bytes[at - 1]] !== 0 && bytes[at - 2] !== Byte.backslash) return at + 1;
  let from = at;
  if (startsWith(bytes, at, "bearer")) from += 6;
  else if (startsWith(bytes, at, "basic")) from += 5;
  const scheme = from;
  while (from < high && bytes[from] === Byte.space) from++;
  if (from === scheme || scheme === at) return at + 1;
  let to = from;
  while (to < high && TOKEN[bytes[to]] !== 0) to++;
  while (to > from && bytes[to - 1] === Byte.dot) to--;
  if (to - from < MIN_CREDENTIALS_LENGTH || !looksRandom(bytes, from, to)) return at + 1;
  found.push(from, to);
  return to;
}
