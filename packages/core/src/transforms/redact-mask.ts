import { Kind, kindOf, type RecordBatch } from "../event/record-batch.ts";
import { Byte } from "./redact-bytes.ts";
import { type JsonPart, maskableParts, withoutHalfEscapes } from "./redact-json.ts";
import { type Spans, within } from "./redact-spans.ts";

const STARS = Buffer.alloc(256, "*");
const NULL = "null";

interface JsonSpan {
  readonly from: number;
  readonly to: number;
  /** The span is the inside of a JSON string, not a JSON value. */
  readonly isInside: boolean;
}

/**
 * Masks merged spans of a record's payload, as far as they lie in its message. What the document copies as JSON stays JSON: quotes, keys and escapes stay whole,
 * and a number becomes `null`.
 */
export function maskSpans(batch: RecordBatch, record: number, found: Spans): void {
  const spans = within(found, batch.start[record], batch.end[record]);
  if (spans.length === 0) return;
  let at = batch.start[record];
  // Fields may lie in one another, a member in its object: what ends before `at` is done.
  for (const json of jsonSpans(batch, record, spans[0], spans[spans.length - 1])) {
    if (json.to <= at) continue;
    maskText(batch, record, within(spans, at, json.from));
    const parts = partsOf(batch.bytesOf(record), json, spans);
    for (const [i, part] of parts.entries()) batch.mask(record, part.from, maskOf(part, i + 1));
    at = Math.max(at, json.to);
  }
  maskText(batch, record, within(spans, at, batch.end[record]));
}

function maskText(batch: RecordBatch, record: number, spans: Spans): void {
  for (let i = 0; i < spans.length; i += 2) batch.mask(record, spans[i], stars(spans[i + 1] - spans[i]));
}

/**
 * What overwrites a part of a JSON text: as many stars, or for a number `null` and blanks (`0` and blanks when it is shorter). Stars in a key end with the
 * ordinal: two keys of one object that look the same would be one key, and OpenSearch refuses the document.
 */
export function maskOf(part: JsonPart, ordinal: number): Buffer {
  const length = part.to - part.from;
  if (part.kind === "number") return Buffer.from((length < NULL.length ? "0" : NULL).padEnd(length));
  const digits = String(ordinal);
  if (part.kind === "key" && digits.length < length) return Buffer.from(digits.padStart(length, "*"));
  return stars(length);
}

function stars(length: number): Buffer {
  return length <= STARS.length ? STARS.subarray(0, length) : Buffer.alloc(length, Byte.star);
}

function partsOf(bytes: Uint8Array, json: JsonSpan, spans: Spans): JsonPart[] {
  if (!json.isInside) return maskableParts(bytes, json.from, json.to, spans);
  const parts: JsonPart[] = [];
  const inside = within(spans, json.from, json.to);
  for (let i = 0; i < inside.length; i += 2) {
    const part = withoutHalfEscapes(bytes, json.from, json.to, inside[i], inside[i + 1]);
    if (part !== undefined) parts.push({ ...part, kind: "string" });
  }
  return parts;
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
