import { pathId } from "../event/field-path.ts";
import { literal } from "../event/literals.ts";
import type { RecordBatch } from "../event/record-batch.ts";
import { JsonScanner } from "./json-scan.ts";
import { JsonShape } from "./json-shape.ts";
import { epochMs, isPlausible, TimeReader } from "./timestamp.ts";

const QUOTE = 34;

/** In place of a slot or a field. */
const NONE = -1;

/** Members in which loggers write the time, the likeliest first. */
const TIMES = ["@timestamp", "timestamp", "time", "ts", "eventTime", "event_time", "datetime", "date"];

/** Numbers of pino and bunyan for their levels. https://github.com/pinojs/pino/blob/main/docs/api.md#loggerlevels-object */
const LEVEL_NUMBERS = new Map([
  [10, literal("trace")],
  [20, literal("debug")],
  [30, literal("info")],
  [40, literal("warn")],
  [50, literal("error")],
  [60, literal("fatal")],
]);

/** Fields with the members that loggers write them in, the likeliest first; of each field the first that is a text counts. No member is of two fields. */
const FIELDS: readonly (readonly [field: string, members: readonly string[]])[] = [
  ["message", ["message", "msg"]],
  [
    "log.level",
    [
      "level",
      "log.level",
      "log/level",
      "severity",
      "severityText",
      "severity_text",
      "levelname",
      "loglevel",
      "logLevel",
      "lvl",
    ],
  ],
  ["log.logger", ["logger", "log.logger", "log/logger", "logger_name", "loggerName"]],
  ["trace.id", ["trace_id", "traceId", "trace.id", "trace/id", "traceID", "xray_trace_id", "xrayTraceId"]],
  ["span.id", ["span_id", "spanId", "span.id", "span/id", "spanID"]],
  ["service.name", ["service", "service.name", "service/name", "service_name", "serviceName"]],
  ["error.message", ["error", "error/message", "error.message", "err/message", "errorMessage", "error_message"]],
  [
    "error.type",
    ["error/type", "error/name", "error.type", "err/type", "err/name", "errorType", "error_type", "exception_name"],
  ],
  [
    "error.stack_trace",
    [
      "error/stack_trace",
      "error/stack",
      "error.stack_trace",
      "err/stack",
      "stack_trace",
      "stackTrace",
      "stack",
      "exception",
    ],
  ],
];

/** Reads what loggers write in JSON: the record's time and level, message, ids of its trace, service, error, each under any of its usual names. */
export class JsonLog {
  readonly json: JsonScanner;
  readonly shape: JsonShape;
  readonly #time = new TimeReader();
  readonly #times: Int32Array;
  readonly #level: number;
  readonly #paths: Int32Array;
  /** By slot: the field that the member may be, -1 for none, and how many members of this field are likelier. */
  readonly #fieldOf: Int32Array;
  readonly #rankOf: Int32Array;
  /** By field: the slot that it is read from, -1 for none. */
  readonly #chosen: Int32Array;

  /** Takes more fields with their members; what `shape` of the scanner has besides is for the caller. */
  constructor(fields: typeof FIELDS = [], others: readonly string[] = []) {
    const all = [...FIELDS, ...fields];
    const shape = new JsonShape([...TIMES, ...all.flatMap(([, members]) => members), ...others]);
    this.shape = shape;
    this.json = new JsonScanner(shape);
    this.#times = Int32Array.from(TIMES, (member) => shape.slot(member));
    this.#level = shape.slot("level");
    this.#paths = Int32Array.from(all, ([field]) => pathId(field));
    this.#chosen = new Int32Array(all.length);
    this.#fieldOf = new Int32Array(shape.size).fill(NONE);
    this.#rankOf = new Int32Array(shape.size);
    for (const [field, [, members]] of all.entries()) {
      for (const [rank, member] of members.entries()) {
        this.#fieldOf[shape.slot(member)] = field;
        this.#rankOf[shape.slot(member)] = rank;
      }
    }
  }

  /** Adds the fields of the object scanned last, and sets the record's time. */
  addFields(batch: RecordBatch, record: number): void {
    const { json } = this;
    this.#choose();
    for (let field = 0; field < this.#paths.length; field++) {
      if (this.#chosen[field] !== NONE) json.addText(batch, record, this.#paths[field], this.#chosen[field]);
    }
    const bytes = batch.bytesOf(record);
    if (json.isPlain(this.#level)) this.#addLevelNumber(batch, record, bytes);
    for (let i = 0; i < this.#times.length; i++) {
      const slot = this.#times[i];
      if (json.from[slot] >= 0 && this.#setTime(batch, record, bytes, slot)) break;
    }
    json.markSecrets(batch, record);
  }

  /** Of the members that are texts, the likeliest for each field. */
  #choose(): void {
    const { json } = this;
    const chosen = this.#chosen;
    // A loop: for so few the engine's own `fill` takes longer.
    for (let field = 0; field < chosen.length; field++) chosen[field] = NONE;
    for (let i = 0; i < json.metCount; i++) {
      const slot = json.met[i];
      const field = this.#fieldOf[slot];
      if (field === NONE || !json.isText(slot)) continue;
      if (chosen[field] === NONE || this.#rankOf[slot] < this.#rankOf[chosen[field]]) chosen[field] = slot;
    }
  }

  #addLevelNumber(batch: RecordBatch, record: number, bytes: Buffer): void {
    const from = this.json.from[this.#level];
    const to = this.json.to[this.#level];
    if (to - from !== 2) return;
    const name = LEVEL_NUMBERS.get((bytes[from] - 48) * 10 + bytes[from + 1] - 48);
    if (name !== undefined) batch.addLiteral(record, LEVEL, name);
  }

  #setTime(batch: RecordBatch, record: number, bytes: Buffer, slot: number): boolean {
    const quoted = bytes[this.json.from[slot]] === QUOTE ? 1 : 0;
    const from = this.json.from[slot] + quoted;
    const to = this.json.to[slot] - quoted;
    const time = quoted === 0 ? epochMs(bytes, from, to) : this.#readText(bytes, from, to);
    if (!isPlausible(time, batch.time[record])) return false;
    batch.setTime(record, time);
    return true;
  }

  #readText(bytes: Buffer, from: number, to: number): number {
    const iso = this.#time.iso(bytes, from, to);
    if (!Number.isNaN(iso)) return this.#time.end === to ? iso : Number.NaN;
    const common = this.#time.commonLog(bytes, from, to);
    return Number.isNaN(common) ? epochMs(bytes, from, to) : common;
  }
}

const LEVEL = pathId("log.level");
