import { pathId } from "../event/field-path.ts";
import { literal } from "../event/literals.ts";
import type { RecordBatch } from "../event/record-batch.ts";
import { equals, startsWith } from "./bytes.ts";
import { JsonLog } from "./json-log.ts";
import { ROOT } from "./json-shape.ts";

const QUOTE = 34;
const SEMICOLON = 59;

/** Members of application logs, by AWS's own loggers and by Powertools. */
const APPLICATION = [
  ["faas.execution", ["requestId", "function_request_id", "AWSRequestId", "aws_request_id", "awsRequestId"]],
  ["faas.name", ["function_name", "functionName"]],
  ["faas.version", ["function_version", "functionVersion"]],
] as const;

/** Texts of platform records. https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html */
const TEXTS = [
  ["type", "event.action"],
  ["record/requestId", "faas.execution"],
  ["record/version", "faas.version"],
  ["record/functionVersion", "faas.version"],
  ["record/functionName", "faas.name"],
  ["record/status", "aws.lambda.status"],
  ["record/errorType", "aws.lambda.error_type"],
  ["record/errorType", "error.type"],
  ["record/phase", "aws.lambda.phase"],
  ["record/initializationType", "aws.lambda.initialization_type"],
  ["record/runtimeVersion", "aws.lambda.runtime_version"],
  ["record/runtimeVersionArn", "aws.lambda.runtime_version_arn"],
  ["record/name", "aws.lambda.extension.name"],
  ["record/state", "aws.lambda.extension.state"],
] as const;

const METRICS = [
  ["record/metrics/durationMs", "aws.lambda.duration_ms"],
  ["record/metrics/billedDurationMs", "aws.lambda.billed_duration_ms"],
  ["record/metrics/memorySizeMB", "aws.lambda.memory_size_mb"],
  ["record/metrics/maxMemoryUsedMB", "aws.lambda.max_memory_used_mb"],
  ["record/metrics/initDurationMs", "aws.lambda.init_duration_ms"],
  ["record/metrics/restoreDurationMs", "aws.lambda.restore_duration_ms"],
  ["record/metrics/billedRestoreDurationMs", "aws.lambda.billed_restore_duration_ms"],
  ["record/metrics/producedBytes", "aws.lambda.produced_bytes"],
] as const;

const COLD_STARTS = ["cold_start", "coldStart"] as const;
const TRACING = "record/tracing/value";

const path = {
  app: pathId("app"),
  outcome: pathId("event.outcome"),
  coldStart: pathId("faas.coldstart"),
  trace: pathId("trace.id"),
  errorType: pathId("error.type"),
  errorMessage: pathId("error.message"),
  errorStack: pathId("error.stack_trace"),
};

const SUCCESS = literal("success");
const FAILURE = literal("failure");
const YES = literal(true);
const NO = literal(false);

const PLATFORM = Buffer.from('"platform.');
const REPORT = Buffer.from('"platform.report"');
const SUCCEEDED = Buffer.from('"success"');
const TRACE_ROOT = Buffer.from("Root=");

/** Reads Lambda's JSON: what the platform reports, and what functions log. The whole object becomes `app`. */
export class LambdaJson {
  readonly #log: JsonLog;
  readonly #texts: readonly (readonly [slot: number, path: number])[];
  readonly #metrics: readonly (readonly [slot: number, path: number])[];
  readonly #coldStarts: readonly number[];
  readonly #type: number;
  readonly #record: number;
  readonly #status: number;
  readonly #initDuration: number;
  readonly #tracing: number;
  readonly #errorType: number;
  readonly #errorMessage: number;
  readonly #stack: number;

  constructor() {
    const mapped = [...TEXTS, ...METRICS];
    this.#log = new JsonLog(APPLICATION, [...mapped.map(([member]) => member), ...COLD_STARTS, TRACING]);
    const { shape } = this.#log;
    const fields = (mapping: readonly (readonly [string, string])[]) =>
      mapping.map(([member, field]) => [shape.slot(member), pathId(field)] as const);
    this.#texts = fields(TEXTS);
    this.#metrics = fields(METRICS);
    this.#coldStarts = COLD_STARTS.map((member) => shape.slot(member));
    this.#type = shape.slot("type");
    this.#record = shape.slot("record");
    this.#status = shape.slot("record/status");
    this.#initDuration = shape.slot("record/metrics/initDurationMs");
    this.#tracing = shape.slot(TRACING);
    this.#errorType = shape.slot("errorType");
    this.#errorMessage = shape.slot("errorMessage");
    this.#stack = shape.slot("stack");
  }

  /** False, with nothing added, when the message is no JSON object, or is the function's own and only the platform's is asked for. */
  parse(batch: RecordBatch, record: number, platformOnly: boolean): boolean {
    const { json } = this.#log;
    const bytes = batch.bytesOf(record);
    if (!json.scanRecord(batch, record)) return false;
    const isPlatform =
      json.isNested(this.#record) && startsWith(bytes, json.from[this.#type], json.to[this.#type], PLATFORM);
    if (platformOnly && !isPlatform) return false;
    json.addNested(batch, record, path.app, ROOT);
    if (isPlatform) this.#addPlatform(batch, record, bytes);
    else for (const slot of this.#coldStarts) json.addPlain(batch, record, path.coldStart, slot);
    this.#log.addFields(batch, record);
    return true;
  }

  /** Adds the error that Node's runtime writes behind a message: `Invoke Error ⇥ {"errorType": …, "errorMessage": …, "stack": […]}`. */
  addError(batch: RecordBatch, record: number, from: number, to: number): void {
    const { json } = this.#log;
    if (!json.scan(batch.bytesOf(record), from, to) || !json.isText(this.#errorType)) return;
    json.addText(batch, record, path.errorType, this.#errorType);
    json.addText(batch, record, path.errorMessage, this.#errorMessage);
    const lines = json.isNested(this.#stack) ? json.value(this.#stack) : undefined;
    if (Array.isArray(lines)) batch.addDerived(record, path.errorStack, lines.join("\n"));
    json.markSecrets(batch, record);
  }

  #addPlatform(batch: RecordBatch, record: number, bytes: Buffer): void {
    const { json } = this.#log;
    for (const [slot, field] of this.#texts) json.addText(batch, record, field, slot);
    for (const [slot, field] of this.#metrics) json.addPlain(batch, record, field, slot);
    if (equals(bytes, json.from[this.#type], json.to[this.#type], REPORT)) {
      batch.addLiteral(record, path.coldStart, json.isPlain(this.#initDuration) ? YES : NO);
    }
    if (json.isText(this.#status)) {
      const succeeded = equals(bytes, json.from[this.#status], json.to[this.#status], SUCCEEDED);
      batch.addLiteral(record, path.outcome, succeeded ? SUCCESS : FAILURE);
    }
    if (json.isText(this.#tracing)) this.#addTrace(batch, record, bytes);
  }

  /** `Root=1-…;Parent=…;Sampled=1`: the root is the trace. */
  #addTrace(batch: RecordBatch, record: number, bytes: Buffer): void {
    const { json } = this.#log;
    const from = json.from[this.#tracing] + 1;
    const to = json.to[this.#tracing] - 1;
    if (!startsWith(bytes, from, to, TRACE_ROOT)) return;
    const start = from + TRACE_ROOT.length;
    let end = start;
    while (end < to && bytes[end] !== SEMICOLON && bytes[end] !== QUOTE) end++;
    batch.addString(record, path.trace, start, end);
  }
}
