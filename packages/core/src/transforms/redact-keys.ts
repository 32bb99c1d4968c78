import { Byte, byteSet, HEX, UPPER_OR_DIGIT } from "./redact-bytes.ts";

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
const KEY_ID_LENGTH = 20;
/** How much of an access key id stays at either end, so that people can tell which one it was. */
const SHOWN = 4;

/** Length of a secret access key as IAM issues them; the alphabet is that of base64. */
export const SECRET_KEY_LENGTH = 40;
const SECRET_KEY = byteSet("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/");

/** How far behind an access key id its secret may begin: `AKIA…:…`, `AKIA…", "…`. */
const MAX_GAP = 8;

/**
 * Finds the access key id (AKIA…, ASIA…) whose second letter is at `at` within [low, high), and the secret access key behind it; adds the inner part of the
 * one and the other to `found`. Returns where to go on.
 */
export function findKeyId(bytes: Uint8Array, low: number, high: number, at: number, found: number[]): number {
  const from = at - 1;
  const end = from + KEY_ID_LENGTH;
  if (from < low || end > high || bytes[from] !== Byte.capitalA) return at + 1;
  if (bytes[at + 1] !== Byte.capitalI || bytes[at + 2] !== Byte.capitalA) return at + 1;
  if (bytes[at] !== Byte.capitalK && bytes[at] !== Byte.capitalS) return at + 1;
  for (let i = from + SHOWN; i < end; i++) if (UPPER_OR_DIGIT[bytes[i]] === 0) return at + 1;
  found.push(from + SHOWN, end - SHOWN);
  findSecretBehind(bytes, end, high, found);
  return end;
}

/** Finds the secret access key that stands right behind an access key id ending at `end`; adds its span to `found`. */
function findSecretBehind(bytes: Uint8Array, end: number, high: number, found: number[]): void {
  let at = end;
  while (at < high && at < end + MAX_GAP && SECRET_KEY[bytes[at]] === 0) at++;
  if (at > end && isSecretKey(bytes, at, Math.min(high, at + SECRET_KEY_LENGTH))) {
    const isLonger = at + SECRET_KEY_LENGTH < high && SECRET_KEY[bytes[at + SECRET_KEY_LENGTH]] !== 0;
    if (!isLonger) found.push(at, at + SECRET_KEY_LENGTH);
  }
}

/** Whether [from, to) has the form of a secret access key: 40 characters of base64, with capitals and small letters, and not a hash in hexadecimal. */
export function isSecretKey(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from !== SECRET_KEY_LENGTH) return false;
  let isHex = true;
  let hasUpper = false;
  let hasLower = false;
  for (let i = from; i < to; i++) {
    const byte = bytes[i];
    if (SECRET_KEY[byte] === 0) return false;
    isHex &&= HEX[byte] !== 0;
    if (byte > Byte.nine && UPPER_OR_DIGIT[byte] !== 0) hasUpper = true;
    else if (byte > Byte.nine) hasLower = true;
  }
  return !isHex && hasUpper && hasLower;
}
