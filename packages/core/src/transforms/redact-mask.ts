import { Kind, kindOf, type RecordBatch } from "../event/record-batch.ts";
import { Byte } from "./redact-bytes.ts";
import { type JsonPart, maskableParts, withoutHalfEscapes } from "./redact-json.ts";

const STARS = Buffer.alloc(256, "*");
const NULL = "null";

interface JsonSpan {
  readonly from: number;
  readonly to: number;
  /** The span is the inside of a JSON string, not a JSON value. */
  readonly isInside: boolean;
}

/**
 * Masks the span [from, to) of a record's payload, as far as it lies in its message. What the document copies as JSON stays JSON: quotes, keys and
 * escapes stay whole, and a number becomes `null`. `ordinal` tells apart keys of one object that are masked.
 */
export function maskSpan(batch: RecordBatch, record: number, from: number, to: number, ordinal: number): void {
  const bytes = batch.bytesOf(record);
  const low = Math.max(from, batch.start[record]);
  const high = Math.min(to, batch.end[record]);
  let at = low;
  for (const span of jsonSpans(batch, record, low, high)) {
    if (span.from > at) mask(batch, record, at, span.from);
    for (const part of partsOf(bytes, span, low, high)) batch.mask(record, part.from, maskOf(part, ordinal));
    at = Math.max(at, span.to);
  }
  if (at < high) mask(batch, record, at, high);
}

function mask(batch: RecordBatch, record: number, from: number, to: number): void {
  batch.mask(record, from, stars(to - from));
}

/** What overwrites a part of a JSON text: as many stars, or for a number `null` and blanks (`0` and blanks when it is shorter). */
export function maskOf(part: JsonPart, ordinal: number): Buffer {
  const length = part.to - part.from;
  if (part.kind === "number") return Buffer.from((length < NULL.length ? "0" : NULL).padEnd(length));
  if (part.kind === "string") return stars(length);
  // Two keys of one object that look the same would be one key: OpenSearch refuses the document.
  const number = String(ordinal);
  return Buffer.from(number.length < length ? number.padStart(length, "*") : "*".repeat(length));
}

function stars(length: number): Buffer {
  return length <= STARS.length ? STARS.subarray(0, length) : Buffer.alloc(length, Byte.star);
}

function partsOf(bytes: Uint8Array, span: JsonSpan, low: number, high: number): JsonPart[] {
  if (!span.isInside) return maskableParts(bytes, span.from, span.to, low, high);
  const inside = withoutHalfEscapes(bytes, span.from, span.to, low, high);
  return inside === undefined ? [] : [{ ...inside, kind: "string" }];
}

/** The spans that the document copies as JSON and that touch [low, high), by where they begin. */
function jsonSpans(batch: RecordBatch, record: number, low: number, high: number): JsonSpan[] {
  const spans: JsonSpan[] = [];
  for (let row = batch.rowsFrom[record]; row < batch.rowsTo[record]; row++) {
    const kind = kindOf(batch.code[row]);
    const isInside = kind === Kind.string && batch.clean[record] === 0;
    if (kind !== Kind.raw && !isInside) continue;
    const from = batch.a[row];
    const to = batch.b[row];
    if (from < high && to > low) spans.push({ from, to, isInside });
  }
  return spans.sort((x, y) => x.from - y.from);
}
