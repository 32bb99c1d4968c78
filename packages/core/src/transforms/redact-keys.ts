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

/** Finds access key ids (AKIA…, ASIA…) in a run [from, to) of capitals and digits and adds their inner part to `found`. Returns where the last one ends, 0 for none. */
export function findKeyIds(bytes: Uint8Array, from: number, to: number, found: number[]): number {
  let end = 0;
  for (let at = from; at + KEY_ID_LENGTH <= to; at++) {
    if (!isKeyIdPrefix(bytes, at)) continue;
    end = at + KEY_ID_LENGTH;
    found.push(at + SHOWN, end - SHOWN);
    at = end - 1;
  }
  return end;
}

function isKeyIdPrefix(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== 65 || bytes[at + 2] !== 73 || bytes[at + 3] !== 65) return false;
  return bytes[at + 1] === 75 || bytes[at + 1] === 83;
}

/** Finds the secret access key that stands right behind an access key id ending at `end`; adds its span to `found`. */
export function findSecretBehind(bytes: Uint8Array, end: number, high: number, found: number[]): void {
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
