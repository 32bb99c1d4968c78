import { gzipSync } from "node:zlib";
import { total } from "@belfry/core/event/fates";
import { afterAll, describe, expect, it } from "vitest";
import type { Script } from "../support/bulk-store.ts";
import { controlEnvelope, envelope, eventId, kinesisEvent, zipped } from "../support/events.ts";
import { type FaultCase, type FaultResult, runFaultCase } from "../support/fault-run.ts";

const GOOD_RECORDS = 5;
const EVENTS_EACH = 20;
const MINUTE_MS = 60_000;
const START = Date.UTC(2026, 10, 22, 12);

/** Five good payloads, and after the second of them what the case puts there. */
function eventWith(...middle: readonly (Buffer | string)[]): ReturnType<typeof kinesisEvent> {
  const good = Array.from({ length: GOOD_RECORDS }, (_, record) =>
    zipped(
      envelope(
        Array.from({ length: EVENTS_EACH }, (_, i) => ({
          id: eventId(record * 1000 + i),
          message: `r${record} e${i}`,
        })),
      ),
    ),
  );
  return kinesisEvent([...good.slice(0, 2), ...middle, ...good.slice(2)]);
}

const GOOD = GOOD_RECORDS * EVENTS_EACH;
const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024));
const mapping = {
  status: 400,
  type: "mapper_parsing_exception",
  reason: "failed to parse field [message] of type [ip]",
};
const broken = { status: 400, type: "mapper_parsing_exception", reason: "failed to parse" };

/** A case, and what must have become of its records beside the hundred good ones. */
interface Expected {
  readonly quarantined?: number;
  readonly dropped?: number;
  /** Records that the search sink quarantines; the archive has them. */
  readonly refusedBySearch?: number;
  readonly again?: boolean;
}

const poison = kinesisEvent([zipped(envelope(Array.from({ length: 500 }, (_, i) => `message ${i}`)))]);
const isPoison = ({ document }: { document: string }): boolean => document.includes('"message 250"');

const CASES: readonly (FaultCase & { expected: Expected; good?: number })[] = [
  { name: "no fault", event: eventWith(), expected: {} },
  { name: "corrupt base64", event: eventWith("%%% not base64 %%%"), expected: { quarantined: 1 } },
  { name: "truncated gzip", event: eventWith(zipped(envelope(["cut"])).subarray(0, 40)), expected: { quarantined: 1 } },
  {
    name: "bad JSON",
    event: eventWith(gzipSync('{"messageType":"DATA_MESSAGE","logEvents":[{"id":}')),
    expected: { quarantined: 1 },
  },
  { name: "bomb", event: eventWith(bomb), expected: { quarantined: 1 } },
  { name: "control message", event: eventWith(zipped(controlEnvelope())), expected: { dropped: 1 } },
  { name: "empty batch", event: kinesisEvent([]), good: 0, expected: {} },
  { name: "envelope without events", event: eventWith(zipped(envelope([]))), expected: {} },
  {
    name: "1 poison record in 500",
    event: poison,
    good: 499,
    search: (store) => {
      store.otherwise = { items: (action) => (isPoison(action) ? broken : undefined) };
      return undefined;
    },
    expected: { refusedBySearch: 1 },
  },
  {
    name: "429 whole, once",
    event: eventWith(),
    search: (store, _, call) => scriptOnce(store, call, { whole: { status: 429 } }),
    expected: {},
  },
  {
    name: "429 whole, for a minute",
    event: eventWith(),
    search: (store, now) => script(store, now, { whole: { status: 429 } }),
    expected: { again: true },
  },
  {
    name: "429 for every third",
    event: eventWith(),
    search: (store, _, call) => scriptOnce(store, call, everyThird({ status: 429 })),
    expected: {},
  },
  {
    name: "500 whole, for a minute",
    event: eventWith(),
    search: (store, now) => script(store, now, { whole: { status: 500 } }),
    expected: { again: true },
  },
  {
    name: "500 for every third, for a minute",
    event: eventWith(),
    search: (store, now) => script(store, now, everyThird({ status: 500 })),
    expected: { again: true },
  },
  {
    name: "413 whole, once",
    event: eventWith(),
    search: (store, _, call) => scriptOnce(store, call, { whole: { status: 413 } }),
    expected: {},
  },
  {
    name: "400 whole, once",
    event: eventWith(),
    search: (store, _, call) => scriptOnce(store, call, { whole: { status: 400 } }),
    expected: {},
  },
  {
    name: "400 for a field of every third",
    event: eventWith(),
    search: (store, _, call) => scriptOnce(store, call, everyThird(mapping)),
    expected: {},
  },
  {
    name: "sink down for a minute",
    event: eventWith(),
    search: (_, now) => (now - START < MINUTE_MS ? "down" : undefined),
    expected: { again: true },
  },
  {
    name: "time-out mid-batch",
    event: eventWith(),
    search: (_s, _n, call) => (call === 0 ? "hang" : undefined),
    firstInvocationMs: 100,
    expected: { again: true },
  },
  {
    name: "archive full for a minute, search works",
    event: eventWith(),
    archiveFails: (now) => now - START < MINUTE_MS,
    expected: { again: true },
  },
];

function everyThird(refusal: { status: number; type?: string; reason?: string }): Script {
  return { items: (_, i) => (i % 3 === 0 ? refusal : undefined) };
}

function scriptOnce(store: FaultResult["store"], call: number, answer: Script): undefined {
  if (call === 0) store.script(answer);
  return undefined;
}

function script(store: FaultResult["store"], nowMs: number, answer: Script): undefined {
  store.otherwise = nowMs - START < MINUTE_MS ? answer : { items: () => undefined };
  return undefined;
}

const table: Record<string, unknown>[] = [];

describe("under faults", () => {
  afterAll(() => {
    process.stdout.write(`${rows(table)}\n`);
  });

  it.each(CASES)(
    "$name: every record ends delivered, dropped by name or quarantined, and each id is there once",
    async (fault) => {
      const { expected, good = GOOD } = fault;
      const result = await runFaultCase(fault);
      table.push(rowOf(fault.name, result));
      const { sums, store, archivedIds, quarantined, broken: identity } = result;
      expect(identity).toBeUndefined();
      expect(result.invocations > 1).toBe(expected.again === true);
      const refused = expected.refusedBySearch ?? 0;
      expect([...store.countById().values()]).toEqual(Array.from({ length: good }, () => 1));
      expect(new Set(archivedIds).size).toBe(good + refused);
      expect(archivedIds).toHaveLength(good + refused);
      expect([...store.countById().keys()].every((id) => archivedIds.includes(id))).toBe(true);
      expect(quarantined).toHaveLength((expected.quarantined ?? 0) + refused);
      expect(total(sums.dropped)).toBe(expected.dropped ?? 0);
      expect(total(sums.quarantined)).toBe(expected.quarantined ?? 0);
    },
  );
});

function rowOf(name: string, { invocations, sums, broken: identity }: FaultResult): Record<string, unknown> {
  const sink = (key: string): string => {
    const { routed, delivered, quarantined, retried } = sums.sinks[key] ?? {
      routed: 0,
      delivered: 0,
      quarantined: {},
      retried: {},
    };
    return `${routed} = ${delivered} + ${total(quarantined)} + ${total(retried)}`;
  };
  return {
    fault: name,
    invocations,
    received: sums.received,
    dropped: total(sums.dropped),
    quarantined: total(sums.quarantined),
    retried: total(sums.retried),
    "search: routed = delivered + quarantined + retried": sink("search"),
    "archive: the same": sink("archive"),
    identity: identity ?? "holds",
  };
}

function rows(lines: readonly Record<string, unknown>[]): string {
  const heads = Object.keys(lines[0] ?? {});
  const texts = [heads, ...lines.map((line) => heads.map((head) => String(line[head])))];
  const widths = heads.map((_, i) => Math.max(...texts.map((cells) => cells[i]?.length ?? 0)));
  return texts.map((cells) => cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ")).join("\n");
}
