import { Byte, DIGIT } from "./redact-bytes.ts";
import type { Spans } from "./redact-spans.ts";

/** A part of a JSON text that may be overwritten: inside a string or a key, or a number as a whole. */
export interface JsonPart {
  readonly from: number;
  readonly to: number;
  readonly kind: "string" | "key" | "number";
}

/**
 * The parts of merged spans that lie in the JSON text [from, to) and can be masked without breaking it: string contents without halves of escapes, and
 * numbers that a span touches. A key is among them only when the span lies within it: other spans mean its value. Goes through the text once.
 */
export function maskableParts(bytes: Uint8Array, from: number, to: number, spans: Spans): JsonPart[] {
  const parts: JsonPart[] = [];
  let span = 0;
  let at = from;
  while (at < to) {
    while (span < spans.length && spans[span + 1] <= at) span += 2;
    if (span >= spans.length) break;
    const byte = bytes[at];
    if (byte === Byte.quote) {
      const close = endOfString(bytes, at + 1, to);
      if (spans[span] < close) addInside(bytes, at + 1, close, to, spans, span, parts);
      at = close + 1;
    } else if (DIGIT[byte] !== 0 || byte === Byte.dash) {
      const end = endOfNumber(bytes, at, to);
      if (spans[span] < end) parts.push({ from: at, to: end, kind: "number" });
      at = end;
    } else at++;
  }
  return parts;
}

/** Adds the parts of the spans from `first` on that lie in the string with the inside [from, to); `end` is where the text ends. */
function addInside(
  bytes: Uint8Array,
  from: number,
  to: number,
  end: number,
  spans: Spans,
  first: number,
  parts: JsonPart[],
): void {
  const isKey = isFollowedByColon(bytes, to + 1, end);
  for (let i = first; i < spans.length && spans[i] < to; i += 2) {
    if (isKey && (spans[i] < from || spans[i + 1] > to)) continue;
    const inside = withoutHalfEscapes(bytes, from, to, spans[i], spans[i + 1]);
    if (inside !== undefined) parts.push({ ...inside, kind: isKey ? "key" : "string" });
  }
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
