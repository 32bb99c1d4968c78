import { Byte, DIGIT } from "./redact-bytes.ts";

/** A part of a JSON text that may be overwritten: inside a string or a key, or a number as a whole. */
export interface JsonPart {
  readonly from: number;
  readonly to: number;
  readonly kind: "string" | "key" | "number";
}

/**
 * The parts of the span [low, high) that lie in the JSON text [from, to) and can be masked without breaking it: string contents without halves of
 * escapes, and numbers that the span touches. A key is among them only when the span lies within it: other spans mean its value.
 */
export function maskableParts(bytes: Uint8Array, from: number, to: number, low: number, high: number): JsonPart[] {
  const parts: JsonPart[] = [];
  let at = from;
  while (at < to && at < high) {
    const byte = bytes[at];
    if (byte === Byte.quote) {
      const close = endOfString(bytes, at + 1, to);
      const inside = withoutHalfEscapes(bytes, at + 1, close, low, high);
      const isKey = isFollowedByColon(bytes, close + 1, to);
      if (inside !== undefined && (!isKey || (low > at && high <= close))) {
        parts.push({ ...inside, kind: isKey ? "key" : "string" });
      }
      at = close + 1;
    } else if (DIGIT[byte] !== 0 || byte === Byte.dash) {
      const end = endOfNumber(bytes, at, to);
      if (at < high && end > low) parts.push({ from: at, to: end, kind: "number" });
      at = end;
    } else at++;
  }
  return parts;
}

/** The part of the span [low, high) that lies in the inside [from, to) of a JSON string, without halves of escapes; undefined when nothing is left. */
export function withoutHalfEscapes(
  bytes: Uint8Array,
  from: number,
  to: number,
  low: number,
  high: number,
): { from: number; to: number } | undefined {
  if (low >= to || high <= from) return undefined;
  const first = low <= from ? from : escapeAround(bytes, from, low).to;
  const last = high >= to ? to : escapeAround(bytes, from, high).from;
  return first < last ? { from: first, to: last } : undefined;
}

const LONGEST_ESCAPE = 6;

/** The escape that has bytes on both sides of `at`; when there is none, both ends are `at`. Nothing before `low` is read. */
function escapeAround(bytes: Uint8Array, low: number, at: number): { from: number; to: number } {
  for (let start = at - 1; start >= low && start > at - LONGEST_ESCAPE; start--) {
    if (bytes[start] !== Byte.backslash) continue;
    let first = start;
    while (first > low && bytes[first - 1] === Byte.backslash) first--;
    const end = start + (bytes[start + 1] === Byte.letterU ? LONGEST_ESCAPE : 2);
    return (start - first) % 2 === 0 && end > at ? { from: start, to: end } : { from: at, to: at };
  }
  return { from: at, to: at };
}

function endOfString(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] !== Byte.quote) at += bytes[at] === Byte.backslash ? 2 : 1;
  return Math.min(at, to);
}

function endOfNumber(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] > Byte.space && bytes[at] !== Byte.comma && !isClosing(bytes[at])) at++;
  return at;
}

function isClosing(byte: number): boolean {
  return byte === Byte.closeBrace || byte === Byte.closeBracket;
}

function isFollowedByColon(bytes: Uint8Array, from: number, to: number): boolean {
  let at = from;
  while (at < to && bytes[at] <= Byte.space) at++;
  return at < to && bytes[at] === Byte.colon;
}
