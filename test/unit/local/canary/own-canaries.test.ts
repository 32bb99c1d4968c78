import { expect, test } from "vitest";
import { scheduledDelays } from "../../../../packages/local/src/canary/own-canaries.ts";

const MINUTE_MS = 60_000;

/** The times of a schedule's first runs, in minutes from midnight, each of which takes so long. */
function timesOf(schedule: string, tookMinutes = 0): number[] {
  const midnightMs = Date.UTC(2026, 10, 22);
  let nowMs = midnightMs;
  const times: number[] = [];
  for (const delayMs of scheduledDelays(schedule, { now: () => nowMs })) {
    nowMs += delayMs;
    times.push((nowMs - midnightMs) / MINUTE_MS);
    if (times.length === 3) break;
    nowMs += tookMinutes * MINUTE_MS;
  }
  return times;
}

test("a rate begins at once and does not drift; what a long run has missed is not made up for", () => {
  expect(timesOf("rate(5 minutes)")).toEqual([0, 5, 10]);
  expect(timesOf("rate(5 minutes)", 2)).toEqual([0, 5, 10]);
  expect(timesOf("rate(5 minutes)", 12)).toEqual([0, 15, 30]);
});

test("cron and at run at their times, once at once, and what is past or further off than a timer goes never", () => {
  expect(timesOf("cron(30 8 * * ? *)")).toEqual([510, 510 + 1440, 510 + 2880]);
  expect(timesOf("at(2026-11-22T00:07:00)")).toEqual([7]);
  expect(timesOf("once")).toEqual([0]);
  expect(timesOf("at(2026-11-21T00:07:00)")).toEqual([]);
  expect(timesOf("at(2027-11-21T00:07:00)")).toEqual([]);
});
