import { type Document, get, isObject, put } from "./document.ts";

const DAY_MS = 86_400_000;
const YEAR_MS = 366 * DAY_MS;

const TIMES = ["@timestamp", "timestamp", "time", "ts", "eventTime", "event_time", "datetime", "date"];

/** Fields with the members that loggers write them in; the first that is a text counts. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  message: ["message", "msg"],
  "log.level": ["level", "log.level", "severity", "levelname", "loglevel", "logLevel", "lvl"],
  "log.logger": ["logger", "log.logger", "logger_name", "loggerName"],
  "trace.id": ["trace_id", "traceId", "trace.id", "traceID", "xray_trace_id", "xrayTraceId"],
  "service.name": ["service", "service.name", "service_name", "serviceName"],
  "error.message": ["error", "error.message", "err.message", "errorMessage", "error_message"],
  "error.type": ["error.type", "error.name", "err.type", "err.name", "errorType", "error_type"],
  "error.stack_trace": ["error.stack_trace", "error.stack", "err.stack", "stack_trace", "stackTrace", "stack"],
};

/** Any JSON object: whole as `app`, with the ECS fields found in it. Returns the object, or undefined when the message is none. */
export function parseJson(message: string, timestamp: number, document: Document): Document | undefined {
  const object = parseObject(message);
  if (object === undefined) return undefined;
  if (Object.keys(object).length > 0) put(document, "app", object);
  for (const [field, members] of Object.entries(FIELDS)) {
    put(document, field, members.map((member) => object[member] ?? get(object, member)).find(isText));
  }
  for (const member of TIMES) {
    const time = timeOf(object[member]);
    if (!isPlausible(time, timestamp)) continue;
    put(document, "@timestamp", new Date(time).toISOString());
    break;
  }
  return object;
}

/** A text that is not empty. */
export function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** Whether a time that a message says may be the event's: from a year before to a day after its carrier's. */
export function isPlausible(timeMs: number, carrierMs: number): boolean {
  return timeMs <= carrierMs + DAY_MS && timeMs >= carrierMs - YEAR_MS;
}

function timeOf(value: unknown): number {
  if (typeof value === "number") return value < 1e11 ? value * 1000 : value;
  return typeof value === "string" ? Date.parse(value) : Number.NaN;
}

function parseObject(message: string): Document | undefined {
  if (!message.trimStart().startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(message);
    return isObject(value) ? value : undefined;
  } catch {
    // A line that begins with a brace and is no JSON is text.
    return undefined;
  }
}
