import { type Clock, systemClock } from "./clock.ts";
import { BelfryError } from "./errors.ts";
import { maskCredentials } from "./mask-credentials.ts";

const LEVELS = { debug: 10, info: 20, warn: 30, error: 40, off: 50 } as const;

/** From the most to the least talkative; `off` writes nothing. */
export type LogLevel = keyof typeof LEVELS;

/** What an entry says besides its message, by name; `error` is written with its code, stack and causes. */
export type LogFields = Readonly<Record<string, unknown>>;

/** One JSON object a line. No method throws, whatever the fields hold. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger whose entries all carry these fields too: an invocation binds `requestId` and `traceId`. */
  with(fields: LogFields): Logger;
}

export interface LoggerOptions {
  readonly level?: LogLevel;
  /** For people at a terminal: one readable line in place of JSON. */
  readonly pretty?: boolean;
  readonly colors?: boolean;
  /** Takes one entry, without a newline. By default standard output, which Lambda sends to the function's log group. */
  readonly write?: (line: string) => void;
  readonly clock?: Clock;
}

/** The level that BELFRY_LOG_LEVEL names, in any case; `info` when it names none. */
export function levelFromEnv(env: Readonly<Record<string, string | undefined>>): LogLevel {
  const name = env.BELFRY_LOG_LEVEL?.toLowerCase() ?? "";
  return Object.hasOwn(LEVELS, name) ? (name as LogLevel) : "info";
}

/**
 * Makes a logger. The members are those of Lambda's own JSON log format, so that its level filter works on them:
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
 */
export function createLogger(options: LoggerOptions = {}): Logger {
  const { level = levelFromEnv(process.env), pretty = false, colors = false, clock = systemClock } = options;
  // Not the console: with the JSON log format the Lambda runtime would wrap its lines in another object.
  const write = options.write ?? ((line: string) => void process.stdout.write(`${line}\n`));
  const render = pretty ? (entry: Entry) => prettyLine(entry, colors) : jsonLine;

  const bound = (fixed: LogFields): Logger => {
    const at = (name: Exclude<LogLevel, "off">) => (message: string, fields?: LogFields) => {
      if (LEVELS[name] < LEVELS[level]) return;
      const timestamp = new Date(clock.now()).toISOString();
      write(render({ timestamp, level: name.toUpperCase(), message, fields: { ...fixed, ...fields } }));
    };
    return {
      debug: at("debug"),
      info: at("info"),
      warn: at("warn"),
      error: at("error"),
      with: (fields) => bound({ ...fixed, ...fields }),
    };
  };
  return bound({});
}

interface Entry {
  readonly timestamp: string;
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields;
}

function jsonLine({ timestamp, level, message, fields }: Entry): string {
  const head = { timestamp, level, message: presentableText(message) };
  try {
    return JSON.stringify({ ...(presentable(fields, 0) as object), ...head });
  } catch (thrown) {
    // A getter or toJSON of a field threw: the message must not be lost for it.
    return JSON.stringify({ ...head, unwritableFields: String(thrown) });
  }
}

const COLOR: Record<string, number> = { DEBUG: 90, INFO: 36, WARN: 33, ERROR: 31 };

function prettyLine(entry: Entry, colors: boolean): string {
  const { level, timestamp, message, ...fields } = JSON.parse(jsonLine(entry));
  const paint = (code: number | undefined, text: string) => (colors ? `\u001b[${code}m${text}\u001b[0m` : text);
  const rest = Object.entries(fields)
    .map(([name, value]) => `${paint(90, `${name}=`)}${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" ");
  const time = paint(90, timestamp.slice(11, 23));
  return `${time} ${paint(COLOR[level], level.padEnd(5))} ${message}${rest === "" ? "" : ` ${rest}`}`;
}

// What is deeper or longer is left out: an entry is for reading, and Lambda cuts long lines.
const MAX_DEPTH = 6;
const MAX_ITEMS = 100;
const MAX_TEXT_LENGTH = 16_384;

const SECRET_NAME = /passw|secret|token|authorization|cookie|credential|api[-_]?key|private[-_]?key|signature/i;

/** A copy that JSON can hold: errors with their causes, no cycles, big integers as text, values of names that mean a secret masked. */
function presentable(value: unknown, depth: number): unknown {
  if (typeof value === "string") return presentableText(value);
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (depth === MAX_DEPTH) return "…";
  if (value instanceof Error) return presentableError(value, depth);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => presentable(item, depth + 1));
  const entries = Object.entries(value).slice(0, MAX_ITEMS);
  return Object.fromEntries(entries.map(([name, member]) => [name, presentableMember(name, member, depth + 1)]));
}

function presentableMember(name: string, value: unknown, depth: number): unknown {
  return typeof value === "string" && SECRET_NAME.test(name) ? "[redacted]" : presentable(value, depth);
}

function presentableError(error: Error, depth: number): object {
  const code = (error as { code?: unknown }).code;
  return {
    type: error.name,
    ...(typeof code === "string" || typeof code === "number" ? { code } : {}),
    message: presentableText(error.message),
    ...(error instanceof BelfryError ? { retryable: error.retryable } : {}),
    ...(error.stack === undefined ? {} : { stack: frames(error.stack) }),
    ...(error.cause === undefined ? {} : { cause: presentable(error.cause, depth + 1) }),
    ...(error instanceof AggregateError ? { errors: presentable(error.errors, depth + 1) } : {}),
  };
}

function frames(stack: string): string[] {
  return stack
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.startsWith("at "))
    .map((line) => line.slice("at ".length));
}

/** Takes user and password out of URLs, and the end off what is too long. */
function presentableText(text: string): string {
  return maskCredentials(text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)}…` : text);
}
