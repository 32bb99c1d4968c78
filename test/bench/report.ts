import { type Goal, keeps } from "./goals.ts";
import type { StoredWorkload, Times } from "./measure.ts";
import { type Spread, spreadOf } from "./statistics.ts";

/** A goal and what was measured for it: the median of the rounds' ratios, between its quartiles. */
export interface Result extends Spread {
  readonly goal: Goal;
}

/** The goal's result from the ratios of all rounds. */
export function resultOf(goal: Goal, ratios: readonly number[]): Result {
  return { goal, ...spreadOf(ratios) };
}

/** Lines for people. */
export const text = {
  workload: ({ set, records, events, rawBytes, gzipBytes }: StoredWorkload): string =>
    `${set.padEnd(10)} ${records} records, ${events} events, ${(rawBytes / 1e6).toFixed(1)} MB raw, ${(rawBytes / gzipBytes).toFixed(1)} : 1`,

  times: (set: string, times: Times): string =>
    [
      `CPU per event on ${set}, on this machine now (compare the ratios, not these)`,
      ...[...times].map(([name, ns]) => `${name.padEnd(11)}${(spreadOf(ns).value / 1000).toFixed(2).padStart(8)} µs`),
    ].join("\n"),

  header: `${"".padEnd(50)}${"value".padStart(7)}  ${"quartiles".padEnd(13)} bound`,

  result: ({ goal, value, low, high }: Result): string => {
    const spread = `${low.toFixed(2)}–${high.toFixed(2)}`;
    const bound = `${goal.direction === "atMost" ? "≤" : "≥"} ${goal.bound.toFixed(2)}`;
    const verdict = keeps(goal, value) ? "pass" : "MISS";
    const what = `${goal.id.padEnd(11)}${goal.says.padEnd(39)}`;
    return `${what}${value.toFixed(2).padStart(7)}  ${spread.padEnd(13)} ${bound.padEnd(8)} ${verdict}`;
  },

  source: (set: string, t1: number, t2: number): string =>
    `${set.padEnd(11)}${t1.toFixed(2).padStart(6)}${t2.toFixed(2).padStart(7)}`,
};

/** What `--json` prints. */
export function toJson(results: readonly Result[], equal: boolean): string {
  const ratios = results.map(({ goal, value, low, high }) => {
    const { id, bound, direction } = goal;
    return [id, { value, bound, low, high, direction }];
  });
  return JSON.stringify({ ratios: Object.fromEntries(ratios), equal });
}
