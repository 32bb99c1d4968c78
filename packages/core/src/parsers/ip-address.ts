import { digitsOf, leadingDigits, shortNumber } from "./digits.ts";

const POINT = 46;
const ZERO = 48;
const NINE = 57;
const COLON = 58;
const LOWER = 32;
const LOWER_A = 97;
const LOWER_F = 102;

/** The version of the IP address that stands in bytes [from, to), as OpenSearch's `ip` type reads it; 0 when it is none. */
export function ipVersion(bytes: Uint8Array, from: number, to: number): 0 | 4 | 6 {
  if (endOfIpv4(bytes, from, to) === to) return 4;
  return isVersion6(bytes, from, to) ? 6 : 0;
}

/** The position after an IPv4 address that begins at `from`, or -1. */
export function endOfIpv4(bytes: Uint8Array, from: number, to: number): number {
  let i = endOfOctet(bytes, from, to);
  for (let groups = 1; groups < 4; groups++) {
    if (i < 0 || i >= to || bytes[i] !== POINT) return -1;
    i = endOfOctet(bytes, i + 1, to);
  }
  return i;
}

/** Bytes of the longest IPv4 address, and one more that ends it. */
export const IPV4_BYTES = 16;

/** As `endOfIpv4`, four bytes in one step: for texts that go on for IPV4_BYTES at least. */
export function endOfIpv4Ahead(view: DataView, from: number): number {
  let i = endOfOctetAhead(view, from);
  for (let groups = 1; groups < 4; groups++) {
    if (i < 0 || view.getUint8(i) !== POINT) return -1;
    i = endOfOctetAhead(view, i + 1);
  }
  return i;
}

function endOfOctetAhead(view: DataView, from: number): number {
  const digits = digitsOf(view.getInt32(from, true));
  const count = leadingDigits(digits);
  const isOctet = count === 1 || (count > 1 && (digits & 255) !== 0 && shortNumber(digits, count) <= 255);
  return isOctet ? from + count : -1;
}

/** The position after a number from 0 to 255, or -1. A leading zero may mean octal, so nobody reads it. */
function endOfOctet(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  let i = from;
  for (; i < to && bytes[i] >= ZERO && bytes[i] <= NINE; i++) value = value * 10 + bytes[i] - ZERO;
  return i === from || value > 255 || (bytes[from] === ZERO && i > from + 1) ? -1 : i;
}

function isVersion6(bytes: Uint8Array, from: number, to: number): boolean {
  let groups = 0;
  let digits = 0;
  let gap = false;
  let i = from;
  if (to - from < 2 || (bytes[i] === COLON && bytes[++i] !== COLON)) return false;
  for (; i < to; i++) {
    const byte = bytes[i];
    if (byte === COLON) {
      if (digits > 0) groups++;
      else if (gap) return false;
      else gap = true;
      digits = 0;
    } else if (byte === POINT) {
      if (endOfIpv4(bytes, i - digits, to) !== to) return false;
      return gap ? groups <= 5 : groups === 6;
    } else if (!isHexDigit(byte) || ++digits > 4) return false;
  }
  if (digits > 0) groups++;
  else if (bytes[to - 2] !== COLON) return false;
  return gap ? groups <= 7 : groups === 8;
}

function isHexDigit(byte: number): boolean {
  return (byte >= ZERO && byte <= NINE) || ((byte | LOWER) >= LOWER_A && (byte | LOWER) <= LOWER_F);
}
