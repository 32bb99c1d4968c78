import { pathId } from "../event/field-path.ts";
import { literal } from "../event/literals.ts";
import type { RecordBatch } from "../event/record-batch.ts";
import { startsWith } from "./bytes.ts";
import { LambdaJson } from "./lambda-json.ts";
import { isRequestId, parsePlatformLine } from "./lambda-platform.ts";
import { isLevel } from "./level-names.ts";
import type { Parser } from "./parser.ts";
import { endOfText, LineReader } from "./text.ts";
import { isPlausible, TimeReader } from "./timestamp.ts";

const TAB = 9;
const SPACE = 32;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const UPPER_A = 65;
const UPPER_Z = 90;

/** Bytes of a level in its brackets. */
const MAX_LEVEL_BYTES = 16;

/** Length of a request's id. */
const ID_LENGTH = 36;

/** Node's runtime writes this for the id before the first request. */
const NO_REQUEST = Buffer.from("undefined");

const TIMED_OUT = Buffer.from("Task timed out after ");

const path = {
  message: pathId("message"),
  level: pathId("log.level"),
  execution: pathId("faas.execution"),
  action: pathId("event.action"),
  outcome: pathId("event.outcome"),
  status: pathId("aws.lambda.status"),
  errorMessage: pathId("error.message"),
  errorType: pathId("error.type"),
};

const FAULT = literal("platform.fault");
const FAILURE = literal("failure");
const TIMEOUT = literal("timeout");
const TIMEOUT_TYPE = literal("Sandbox.Timedout");

/**
 * Lines of Lambda functions: the platform's, as text or JSON, and the functions' own, as the runtimes' loggers write them. Where it is known
 * that a line is a function's, any JSON object and any text is taken too.
 */
export class LambdaParser implements Parser {
  readonly dataset = "aws.lambda";
  readonly #takesAny: boolean;
  readonly #json: LambdaJson;
  readonly #line = new LineReader();
  readonly #time = new TimeReader();

  constructor(takesAny = true, json = new LambdaJson()) {
    this.#takesAny = takesAny;
    this.#json = json;
  }

  /** The same parser for streams that may be anything's: it takes only what a function or its platform alone writes. */
  certainOnly(): LambdaParser {
    return new LambdaParser(false, this.#json);
  }

  parse(batch: RecordBatch, record: number): boolean {
    const bytes = batch.bytesOf(record);
    const from = batch.start[record];
    const first = bytes[from];
    if ((first === OPEN_BRACE || first <= SPACE) && this.#json.parse(batch, record, !this.#takesAny)) return true;
    if (first >= UPPER_A && first <= UPPER_Z && parsePlatformLine(batch, record)) return true;
    const to = endOfText(bytes, from, batch.end[record]);
    if (this.#parseConsole(batch, record, bytes, from, to)) return true;
    if (this.#takesAny) this.#line.read(batch, record, from, to);
    return this.#takesAny;
  }

  /** `time \t id \t level \t message` of Node.js and .NET, `[level] \t time \t id \t message` of Python, and the platform's time-outs. */
  #parseConsole(batch: RecordBatch, record: number, bytes: Buffer, from: number, to: number): boolean {
    const isPython = bytes[from] === OPEN_BRACKET;
    let at = from;
    if (isPython) {
      at = endOfField(bytes, from, Math.min(to, from + MAX_LEVEL_BYTES)) + 1;
      if (bytes[at - 2] !== CLOSE_BRACKET || !isLevel(bytes, from + 1, at - 2)) return false;
    }
    const time = this.#time.iso(bytes, at, to);
    if (Number.isNaN(time)) return false;
    at = this.#time.end + 1;
    if (bytes[at - 1] === SPACE) return this.#parseTimeout(batch, record, bytes, at, to, time);
    const hasId = isRequestId(bytes, at, to);
    if (bytes[at - 1] !== TAB || !(hasId || startsWith(bytes, at, to, NO_REQUEST))) return false;
    const idEnd = at + (hasId ? ID_LENGTH : NO_REQUEST.length);
    if (bytes[idEnd] !== TAB || idEnd >= to) return false;
    if (hasId) batch.addText(record, path.execution, at, idEnd);
    setTime(batch, record, time);
    at = idEnd + 1;
    if (isPython) batch.addText(record, path.level, from + 1, endOfField(bytes, from, to) - 1);
    else at = addLevel(batch, record, bytes, at, to);
    batch.addText(record, path.message, at, to);
    const detail = endOfField(bytes, at, to) + 1;
    if (bytes[detail] === OPEN_BRACE && detail < to) this.#json.addError(batch, record, detail, to);
    return true;
  }

  #parseTimeout(batch: RecordBatch, record: number, bytes: Buffer, at: number, to: number, time: number): boolean {
    if (!isRequestId(bytes, at, to) || !startsWith(bytes, at + ID_LENGTH + 1, to, TIMED_OUT)) return false;
    setTime(batch, record, time);
    batch.addText(record, path.message, batch.start[record], to);
    batch.addText(record, path.execution, at, at + ID_LENGTH);
    batch.addText(record, path.errorMessage, at + ID_LENGTH + 1, to);
    batch.addLiteral(record, path.errorType, TIMEOUT_TYPE);
    batch.addLiteral(record, path.action, FAULT);
    batch.addLiteral(record, path.outcome, FAILURE);
    batch.addLiteral(record, path.status, TIMEOUT);
    return true;
  }
}

/** Adds the level that stands before the message, if one does; the position where the message begins. */
function addLevel(batch: RecordBatch, record: number, bytes: Buffer, at: number, to: number): number {
  const end = endOfField(bytes, at, to);
  if (end >= to || !isLevel(bytes, at, end)) return at;
  batch.addText(record, path.level, at, end);
  return end + 1;
}

function setTime(batch: RecordBatch, record: number, time: number): void {
  if (isPlausible(time, batch.time[record])) batch.setTime(record, time);
}

function endOfField(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  while (i < to && bytes[i] !== TAB) i++;
  return i;
}
