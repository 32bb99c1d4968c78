import { pathId } from "../event/field-path.ts";
import { literal } from "../event/literals.ts";
import type { RecordBatch } from "../event/record-batch.ts";
import { equals, startsWith } from "./bytes.ts";
import { endOfScalar } from "./json-syntax.ts";
import { NameTable } from "./name-table.ts";
import { endOfText } from "./text.ts";
import { isDigit } from "./timestamp.ts";

const TAB = 9;
const NEWLINE = 10;
const SPACE = 32;
const HYPHEN = 45;
const COLON = 58;

/**
 * What the platform writes beside a function's own lines, told by how it begins: the word that is no part of the first pair, the beginning
 * of that pair, and the name that Lambda's telemetry has for it.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
 */
const LINES = (
  [
    ["START ", "RequestId: ", "platform.start"],
    ["END ", "RequestId: ", "platform.end"],
    ["REPORT ", "RequestId: ", "platform.report"],
    ["INIT_START ", "Runtime Version: ", "platform.initStart"],
    ["INIT_REPORT ", "Init Duration: ", "platform.initReport"],
    ["RESTORE_START ", "Runtime Version: ", "platform.restoreStart"],
    ["RESTORE_REPORT ", "Restore Duration: ", "platform.restoreReport"],
    ["EXTENSION\t", "Name: ", "platform.extension"],
    ["TELEMETRY\t", "Name: ", "platform.telemetrySubscription"],
    ["LOGS\t", "Name: ", "platform.logsSubscription"],
    ["", "RequestId: ", "platform.fault"],
  ] as const
).map(([word, pair, action]) => ({
  prefix: Buffer.from(word + pair),
  skip: word.length,
  namesRequest: pair === "RequestId: ",
  action: literal(action),
  isReport: action === "platform.report",
  isFault: action === "platform.fault",
}));

const Value = { text: 0, word: 1, figure: 2 } as const;

/** The platform's `Name: value` pairs: what the value is, and the fields that it becomes. */
const PAIRS: readonly (readonly [name: string, kind: number, ...fields: string[]])[] = [
  ["RequestId", Value.word, "faas.execution"],
  ["Version", Value.word, "faas.version"],
  ["Duration", Value.figure, "aws.lambda.duration_ms"],
  ["Billed Duration", Value.figure, "aws.lambda.billed_duration_ms"],
  ["Memory Size", Value.figure, "aws.lambda.memory_size_mb"],
  ["Max Memory Used", Value.figure, "aws.lambda.max_memory_used_mb"],
  ["Init Duration", Value.figure, "aws.lambda.init_duration_ms"],
  ["Restore Duration", Value.figure, "aws.lambda.restore_duration_ms"],
  ["Billed Restore Duration", Value.figure, "aws.lambda.billed_restore_duration_ms"],
  ["Status", Value.word, "aws.lambda.status"],
  ["Error Type", Value.text, "aws.lambda.error_type", "error.type"],
  ["Error", Value.text, "error.message"],
  ["Phase", Value.word, "aws.lambda.phase"],
  ["Runtime Version", Value.text, "aws.lambda.runtime_version"],
  ["Runtime Version ARN", Value.text, "aws.lambda.runtime_version_arn"],
  ["XRAY TraceId", Value.word, "trace.id"],
  ["Name", Value.text, "aws.lambda.extension.name"],
  ["State", Value.text, "aws.lambda.extension.state"],
];
const PAIR_TABLE = new NameTable(PAIRS.map(([name], i) => [name, i] as const));
const PAIR_KINDS = PAIRS.map(([, kind]) => kind);
const PAIR_PATHS = PAIRS.map(([, , ...fields]) => fields.map(pathId));
const STATUS = PAIRS.findIndex(([name]) => name === "Status");

const path = {
  message: pathId("message"),
  action: pathId("event.action"),
  outcome: pathId("event.outcome"),
  coldStart: pathId("faas.coldstart"),
  initDuration: pathId("aws.lambda.init_duration_ms"),
  errorMessage: pathId("error.message"),
  errorType: pathId("error.type"),
};

const YES = literal(true);
const NO = literal(false);
const FAILURE = literal("failure");
const SUCCEEDED = Buffer.from("success");

/** Reads a line that the platform wrote; false, with nothing added, when it did not write it. */
export function parsePlatformLine(batch: RecordBatch, record: number): boolean {
  const bytes = batch.bytesOf(record);
  const from = batch.start[record];
  const to = endOfText(bytes, from, batch.end[record]);
  const line = LINES.find(({ prefix }) => startsWith(bytes, from, to, prefix));
  if (line === undefined || (line.namesRequest && !isRequestId(bytes, from + line.prefix.length, to))) return false;
  batch.addText(record, path.message, from, to);
  batch.addLiteral(record, path.action, line.action);
  if (line.isFault) batch.addLiteral(record, path.outcome, FAILURE);
  for (let i = from + line.skip; i < to; ) i = readPair(batch, record, bytes, i, to, line.isFault);
  if (line.isReport) batch.addLiteral(record, path.coldStart, batch.rowOf(record, path.initDuration) >= 0 ? YES : NO);
  return true;
}

/** Whether a request's id, 36 characters as of a UUID, begins at `at`. */
export function isRequestId(bytes: Uint8Array, at: number, to: number): boolean {
  return (
    at + 36 <= to &&
    bytes[at + 8] === HYPHEN &&
    bytes[at + 13] === HYPHEN &&
    bytes[at + 18] === HYPHEN &&
    bytes[at + 23] === HYPHEN &&
    !(bytes[at + 36] > SPACE && at + 36 < to)
  );
}

/** Adds the fields of the pair, or of the loose text of a fault, that begins at `at`; the position after it. */
function readPair(batch: RecordBatch, record: number, bytes: Buffer, at: number, to: number, isFault: boolean): number {
  if (bytes[at] <= SPACE) return at + 1;
  const segmentEnd = endOfSegment(bytes, at, to);
  let nameEnd = at;
  while (nameEnd < segmentEnd && bytes[nameEnd] !== COLON) nameEnd++;
  const pair = PAIR_TABLE.find(bytes, at, nameEnd);
  if (pair < 0 || bytes[nameEnd + 1] !== SPACE) {
    if (isFault) addLoose(batch, record, at, segmentEnd);
    return segmentEnd;
  }
  const from = nameEnd + 2;
  const kind = PAIR_KINDS[pair];
  const end = kind === Value.text ? segmentEnd : endOfValue(bytes, from, segmentEnd);
  if (kind === Value.figure) {
    if (isDigit(bytes[from]) && endOfScalar(bytes, from) === end)
      for (const field of PAIR_PATHS[pair]) batch.addRaw(record, field, from, end);
    return segmentEnd;
  }
  for (const field of PAIR_PATHS[pair]) if (end > from) batch.addText(record, field, from, end);
  if (pair === STATUS && !equals(bytes, from, end, SUCCEEDED)) batch.addLiteral(record, path.outcome, FAILURE);
  return end;
}

/** What a fault says without naming it: first the message, then the type of the error. */
function addLoose(batch: RecordBatch, record: number, from: number, to: number): void {
  batch.addText(record, batch.rowOf(record, path.errorMessage) < 0 ? path.errorMessage : path.errorType, from, to);
}

function endOfSegment(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  while (i < to && bytes[i] !== TAB && bytes[i] !== NEWLINE) i++;
  return i;
}

function endOfValue(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  while (i < to && bytes[i] > SPACE) i++;
  return i;
}
