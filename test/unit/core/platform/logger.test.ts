import { expect, it } from "vitest";
import { BelfryError } from "../../../../packages/core/src/platform/errors.ts";
import { createLogger, type LoggerOptions, levelFromEnv } from "../../../../packages/core/src/platform/logger.ts";

const clock = { now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678) };

function capture(options: LoggerOptions = {}) {
  const lines: string[] = [];
  const logger = createLogger({ level: "debug", clock, write: (line) => lines.push(line), ...options });
  return { logger, lines, entries: () => lines.map((line) => JSON.parse(line)) };
}

it("writes one JSON object a line, with bound fields", () => {
  const { logger, lines, entries } = capture();
  logger.with({ requestId: "r-1" }).with({ traceId: "1-a-b" }).info("decoded\nbatch", { records: 3 });
  expect(lines[0]).not.toContain("\n");
  expect(entries()).toEqual([
    {
      timestamp: "2026-01-02T03:04:05.678Z",
      level: "INFO",
      message: "decoded\nbatch",
      requestId: "r-1",
      traceId: "1-a-b",
      records: 3,
    },
  ]);
});

it("writes nothing below its level, and nothing at all when off", () => {
  const warn = capture({ level: "warn" });
  warn.logger.debug("a");
  warn.logger.info("b");
  warn.logger.warn("c");
  warn.logger.error("d");
  expect(warn.entries().map((entry) => entry.message)).toEqual(["c", "d"]);
  const off = capture({ level: "off" });
  off.logger.error("e");
  expect(off.lines).toEqual([]);
});

it("reads its level from BELFRY_LOG_LEVEL", () => {
  expect(levelFromEnv({ BELFRY_LOG_LEVEL: "DEBUG" })).toBe("debug");
  expect(levelFromEnv({ BELFRY_LOG_LEVEL: "toString" })).toBe("info");
  expect(levelFromEnv({})).toBe("info");
});

it("writes an error with its code and the chain of its causes", () => {
  const { logger, entries } = capture();
  const root = Object.assign(new Error("socket closed"), { code: "ECONNRESET" });
  logger.error("write failed", {
    error: new BelfryError("UNAVAILABLE", "no answer", { cause: root, retryable: true }),
  });
  expect(entries()[0].error).toMatchObject({
    type: "BelfryError",
    code: "UNAVAILABLE",
    message: "no answer",
    retryable: true,
    cause: { type: "Error", code: "ECONNRESET", message: "socket closed" },
  });
  expect(entries()[0].error.stack[0]).toContain("logger.test");
});

it("writes the errors of an aggregate", () => {
  const { logger, entries } = capture();
  logger.error("several", { error: new AggregateError([new Error("a"), "b"], "two") });
  expect(entries()[0].error.errors).toMatchObject([{ message: "a" }, "b"]);
});

it("masks the values of names that mean a secret, and credentials in URLs", () => {
  const { logger, lines } = capture();
  logger.info("calling https://ann:hunter2@search.example.com/x", {
    headers: { Authorization: "Bearer hunter2", accept: "json" },
    password: "hunter2",
    error: new Error("no route to https://ann:hunter2@search.example.com"),
  });
  expect(lines[0]).not.toContain("hunter2");
  expect(lines[0]).toContain("https://search.example.com/x");
  expect(lines[0]).toContain('"accept":"json"');
});

it("survives cycles, big integers, bytes, wrong dates and throwing getters", () => {
  const { logger, entries } = capture();
  const cycle: Record<string, unknown> = { count: 2n ** 64n, bytes: new Uint8Array(3), at: new Date(Number.NaN) };
  cycle.self = cycle;
  logger.info("cycle", { cycle });
  const throwing = {
    get bad(): never {
      throw new Error("no");
    },
  };
  logger.info("getter", { throwing });
  expect(entries()[0].cycle).toMatchObject({ count: "18446744073709551616", bytes: "3 bytes", at: null });
  expect(entries()[1]).toMatchObject({ message: "getter", unwritableFields: "Error: no" });
});

it("does not let a field take the place of the message or the level", () => {
  const { logger, entries } = capture();
  logger.warn("real", { message: "fake", level: "DEBUG" });
  expect(entries()[0]).toMatchObject({ message: "real", level: "WARN" });
});

it("writes readable lines for a terminal", () => {
  const plain = capture({ pretty: true });
  plain.logger.warn("slow sink", { sink: "archive", tookMs: 12 });
  expect(plain.lines).toEqual(["03:04:05.678 WARN  slow sink sink=archive tookMs=12"]);
  const colored = capture({ pretty: true, colors: true });
  colored.logger.error("down");
  expect(colored.lines[0]).toContain("\u001b[31mERROR\u001b[0m down");
});
