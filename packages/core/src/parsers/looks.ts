import { isRequestId } from "./lambda-platform.ts";
import { NameTable } from "./name-table.ts";
import type { Dataset } from "./parser.ts";
import { isDigit } from "./timestamp.ts";
import { columnNames } from "./vpcflow-columns.ts";

const TAB = 9;
const SPACE = 32;
const QUOTE = 34;
const UPPER_A = 65;
const UPPER_T = 84;
const UPPER_Z = 90;
const OPEN_BRACKET = 91;
const OPEN_BRACE = 123;

/** Bytes in which the first key of an object, the level in brackets, or the first column of a header ends. */
const HEAD_BYTES = 32;

/** Bytes of `2026-11-22T03:00:00.123Z`, behind which Lambda's runtimes write a tab and the platform a space. */
const ISO_BYTES = 24;

const CLOUDTRAIL = 0;
const LAMBDA = 1;

/** First keys of objects that AWS writes; it keeps the order. */
const FIRST_KEYS = new NameTable([
  ["eventVersion", CLOUDTRAIL],
  ["awsAccountId", CLOUDTRAIL],
  ["time", LAMBDA],
]);

/** What a record most likely is, by its first bytes alone. */
export function looksLike(bytes: Uint8Array, start: number, to: number): Dataset {
  let from = start;
  while (from < to && bytes[from] <= SPACE) from++;
  const first = bytes[from];
  if (first === OPEN_BRACE) return objectLooksLike(bytes, from + 1, to);
  if (isDigit(first)) return numberLooksLike(bytes, from, to);
  if (first >= UPPER_A && first <= UPPER_Z) return "aws.lambda";
  if (first === OPEN_BRACKET)
    return find(bytes, from, Math.min(to, from + HEAD_BYTES), TAB) < 0 ? "app.text" : "aws.lambda";
  const wordEnd = find(bytes, from, Math.min(to, from + HEAD_BYTES), SPACE);
  return wordEnd >= 0 && columnNames.find(bytes, from, wordEnd) >= 0 ? "aws.vpcflow" : "app.text";
}

function objectLooksLike(bytes: Uint8Array, from: number, to: number): Dataset {
  const open = find(bytes, from, Math.min(to, from + HEAD_BYTES), QUOTE);
  const close = open < 0 ? -1 : find(bytes, open + 1, Math.min(to, open + HEAD_BYTES), QUOTE);
  const key = close < 0 ? -1 : FIRST_KEYS.find(bytes, open + 1, close);
  if (key === CLOUDTRAIL) return "aws.cloudtrail";
  return key === LAMBDA ? "aws.lambda" : "app.json";
}

/** A line of a flow log begins with its version, a console line of Lambda with a time and the id of the request. */
function numberLooksLike(bytes: Uint8Array, from: number, to: number): Dataset {
  if (bytes[from + 1] === SPACE || (isDigit(bytes[from + 1]) && bytes[from + 2] === SPACE)) return "aws.vpcflow";
  if (bytes[from + 10] !== UPPER_T || from + ISO_BYTES >= to) return "app.text";
  const behind = bytes[from + ISO_BYTES];
  return behind === TAB || (behind === SPACE && isRequestId(bytes, from + ISO_BYTES + 1, to))
    ? "aws.lambda"
    : "app.text";
}

function find(bytes: Uint8Array, from: number, to: number, byte: number): number {
  for (let i = from; i < to; i++) if (bytes[i] === byte) return i;
  return -1;
}
