import type { GroupSettings } from "@belfry/core/alerts/engine/settings";
import fc from "fast-check";
import { expect, test } from "vitest";
import { alertAt, GroupRun, MINUTE_MS, SECOND_MS } from "../support/group-run.ts";

const KEYS = ["a", "b", "c"];
const END_MS = 300 * MINUTE_MS;

/** A statement at a time; its version is the time, whenever it is delivered. */
interface Statement {
  readonly atMs: number;
  readonly key: string;
  readonly isOver: boolean;
}

const statement: fc.Arbitrary<Statement> = fc.record({
  atMs: fc.integer({ min: 0, max: 100 * 60 }).map((seconds) => seconds * SECOND_MS),
  key: fc.constantFrom(...KEYS),
  isOver: fc.boolean(),
});
/** One statement of a key at a time: two would contradict each other. */
const statements = fc.uniqueArray(statement, { maxLength: 25, selector: ({ atMs, key }) => `${key}${atMs}` });

/** Times in which nobody is told of a key. */
const quietTimes = fc.array(
  fc.record({
    key: fc.constantFrom(...KEYS),
    fromMs: fc.integer({ min: 0, max: 100 }).map((minute) => minute * MINUTE_MS),
    lengthMs: fc.integer({ min: 1, max: 40 }).map((minute) => minute * MINUTE_MS),
  }),
  { maxLength: 4 },
);

function muting(times: readonly { key: string; fromMs: number; lengthMs: number }[]): GroupRun["mutedBy"] {
  return (key, nowMs) =>
    times.some((quiet) => quiet.key === key && nowMs >= quiet.fromMs && nowMs < quiet.fromMs + quiet.lengthMs)
      ? { kind: "silence", by: "s" }
      : undefined;
}

/** What fires in the end: of each key, by its last statement. */
function firingOf(all: readonly Statement[]): string[] {
  const last = new Map(all.toSorted((a, b) => a.atMs - b.atMs).map((each) => [each.key, each]));
  return [...last.values()]
    .filter(({ isOver }) => !isOver)
    .map(({ key }) => key)
    .sort();
}

function take(run: GroupRun, nowMs: number, { atMs, key, isOver }: Statement): void {
  run.take(nowMs, alertAt(atMs, { key, status: isOver ? "resolved" : "firing" }));
}

/** What a channel shows that was told all this: the keys that its last notification calls firing. */
function shownOn(run: GroupRun, channel: string): string[] {
  const last = run.told.findLast((notification) => notification.channel === channel);
  return (last?.alerts ?? [])
    .filter(({ status }) => status === "firing")
    .map(({ key }) => key)
    .sort();
}

const flapping = { changes: 4, withinMs: 20 * MINUTE_MS };
const settings: fc.Arbitrary<Partial<GroupSettings>> = fc.record({
  flapping: fc.constantFrom(undefined, flapping),
  repeatIntervalMs: fc.constantFrom(7, 60, 10_000).map((minutes) => minutes * MINUTE_MS),
});

test("in the end a channel that holds a state shows what fires, whatever was quiet, doubled or late", () => {
  fc.assert(
    fc.property(
      statements,
      quietTimes,
      settings,
      fc.infiniteStream(fc.nat({ max: 90 })),
      (all, quiet, over, delays) => {
        const run = new GroupRun(over);
        run.mutedBy = muting(quiet);
        const deliveries = all
          .flatMap((each) => [each, each])
          .map((each) => ({ each, nowMs: each.atMs + (delays.next().value ?? 0) * SECOND_MS }))
          .sort((a, b) => a.nowMs - b.nowMs);
        for (const { each, nowMs } of deliveries) take(run, nowMs, each);
        run.until(END_MS);
        expect(shownOn(run, "pager")).toEqual(firingOf(all));
      },
    ),
    { numRuns: 1000 },
  );
});

test("between two notifications of changes lies the group's interval, and each says something new", () => {
  fc.assert(
    fc.property(statements, (all) => {
      const run = new GroupRun({ repeatIntervalMs: 10_000 * MINUTE_MS });
      for (const each of all.toSorted((a, b) => a.atMs - b.atMs)) take(run, each.atMs, each);
      run.until(END_MS);
      const told = run.told.filter(({ channel }) => channel === "pager");
      told.slice(1).forEach((notification, i) => {
        const before = told[i];
        if (before.status === "firing") expect(notification.at - before.at).toBeGreaterThanOrEqual(5 * MINUTE_MS);
        else expect(notification.kind).toBe("opened");
        expect(notification.sequence).toBeGreaterThan(before.sequence);
      });
      expect(new Set(run.told.map(({ id }) => id)).size).toBe(run.told.length);
    }),
    { numRuns: 500 },
  );
});

test("looking more often than needed changes nothing", () => {
  fc.assert(
    fc.property(statements, quietTimes, settings, fc.array(fc.nat({ max: 200 })), (all, quiet, rules, looks) => {
      // A repeat that is overdue because all was quiet is told as soon as somebody looks.
      const over = { ...rules, repeatIntervalMs: 10_000 * MINUTE_MS };
      const linesWith = (extra: readonly number[]): string[] => {
        const run = new GroupRun(over);
        run.mutedBy = muting(quiet);
        const inputs = [
          ...all.map((each) => ({ at: each.atMs, do: () => take(run, each.atMs, each) })),
          // Half a second off, so as not to be where a timer or a statement is.
          ...extra.map((minute) => ({ at: minute * MINUTE_MS + 500, do: () => run.wake(minute * MINUTE_MS + 500) })),
        ].sort((a, b) => a.at - b.at);
        for (const input of inputs) {
          run.until(input.at - 1);
          input.do();
        }
        run.until(END_MS);
        return run.lines();
      };
      expect(linesWith(looks)).toEqual(linesWith([]));
    }),
    { numRuns: 300 },
  );
});

test("what is replayed tells nobody", () => {
  fc.assert(
    fc.property(statements, settings, (all, over) => {
      const run = new GroupRun(over);
      for (const { atMs, key, isOver } of all.toSorted((a, b) => a.atMs - b.atMs)) {
        run.take(atMs, alertAt(atMs, { key, status: isOver ? "resolved" : "firing", replayed: true }));
      }
      run.until(END_MS);
      expect(run.told).toEqual([]);
      expect(Object.keys(run.state?.alerts ?? {}).sort()).toEqual(firingOf(all));
    }),
  );
});
