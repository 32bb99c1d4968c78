// `npm run bench`: what the pipeline costs, as ratios to baselines and peers measured side by side in this run. See docs/benchmarks.md.
import { availableParallelism, cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { firstDifference } from "./equality.ts";
import { bombRatios, firstBatchRatios, memoryRatios } from "./fresh.ts";
import { SETS, type SetName } from "./generate.ts";
import { BOMB_GOAL, FIRST_BATCH_GOAL, type Goal, isGuarded, keeps, MEMORY_GOAL, TIME_GOALS } from "./goals.ts";
import { inFreshWorker, measureTimes, noTimes, type Plan, pairedRatios, storeWorkload } from "./measure.ts";
import { optionalPeers } from "./peers.ts";
import { type Result, resultOf, text, toJson } from "./report.ts";
import { spreadOf } from "./statistics.ts";
import { INFLATED_BYTES } from "./variants/settings.ts";
import { pinned, Worker } from "./workers.ts";

const HELP = `Usage: npm run bench -- [options]

Measures the pipeline against baselines and peers, side by side, in CPU time per log event.

Options:
  --short      few rounds and sets (what CI runs)
  --strict     end with 1 when a bound is missed
  --set S      measure on this set alone instead of mixed and each source: ${SETS.join(" ")}
  --rounds N   rounds to measure (15; 6 with --short)
  --json       print {"ratios": {ID: {"value", "bound", "low", "high", "direction"}}, "equal": true} and nothing else
  --help       print this

Ends with 1 when the documents are not equal to the reference's, or when a ratio is beyond its guard: where it was, and must not come back to.

Example: npm run bench -- --short --set cloudtrail`;

// The largest sets take most of the time of comparing, and show nothing that the others do not.
const SHORT_SETS = SETS.filter((set) => set !== "max6m" && set !== "rec1m");

const { values: options } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    strict: { type: "boolean", default: false },
    set: { type: "string" },
    rounds: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const { short } = options;

// What the engine compiles differs from process to process: each variant is measured in several, one after the other.
const LIVES = short ? 2 : 3;

function say(line: string): void {
  if (!options.json) console.log(line);
}

async function main(): Promise<number> {
  const set = chosenSet();
  const plan: Plan = { rounds: Math.ceil(chosenRounds() / LIVES), warmUpMs: short ? 2000 : 3000 };
  say(
    `node ${process.version}, ${availableParallelism()} cores (${cpus()[0]?.model}), load ${loadavg()[0].toFixed(2)}`,
  );
  say(`${plan.rounds * LIVES} rounds, ${pinned ? "bound to one core" : "not bound to a core: there is no taskset"}\n`);
  const difference = await checkEquality(options.set === undefined ? (short ? SHORT_SETS : SETS) : [set]);
  if (difference !== undefined) {
    console.error(`not equal to the reference: ${difference}`);
    if (options.json) console.log(toJson([], false));
    return 1;
  }
  const results = [...(await timeResults(set, plan)), ...(await freshResults(short ? 3 : 5))];
  const missed = results.filter(({ goal, value }) => !keeps(goal, value)).map(({ goal }) => goal.id);
  say(missed.length === 0 ? "\nall bounds are kept" : `\nmissed: ${missed.join(", ")}`);
  if (options.json) console.log(toJson(results, true));
  const fallenBack = results.filter(({ goal, value }) => !isGuarded(goal, value)).map(({ goal }) => goal.id);
  if (fallenBack.length > 0) console.error(`beyond their guards: ${fallenBack.join(", ")}`);
  return fallenBack.length > 0 || (missed.length > 0 && options.strict) ? 1 : 0;
}

function chosenSet(): SetName {
  const name = options.set ?? "mixed";
  const set = SETS.find((known) => known === name);
  if (set === undefined) throw new Error(`there is no set "${name}"; there are ${SETS.join(", ")}`);
  return set;
}

function chosenRounds(): number {
  const rounds = Number(options.rounds ?? (short ? 6 : 15));
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds takes a whole number from 1, not "${options.rounds}"`);
  return rounds;
}

function checkEquality(sets: readonly SetName[]): Promise<string | undefined> {
  return inFreshWorker("product", (product) =>
    inFreshWorker("reference", async (reference) => {
      for (const set of sets) {
        const workload = storeWorkload(set);
        const difference = await firstDifference(product, reference, workload);
        if (difference !== undefined) return difference;
        say(`equal  ${text.workload(workload)}`);
      }
      return undefined;
    }),
  );
}

async function timeResults(set: SetName, plan: Plan): Promise<Result[]> {
  const optional = optionalPeers();
  const goals = [...TIME_GOALS, ...optional.map(({ goal }) => goal)];
  const names = new Set(TIME_GOALS.flatMap(({ over, under }) => [over, under]));
  const workload = storeWorkload(set);
  const times = noTimes([...names, ...optional.map(({ goal }) => goal.id)]);
  for (let life = 0; life < LIVES; life++) {
    const workers = [...names].map((name) => new Worker(name)).concat(optional.map(({ start }) => start()));
    await measureTimes(workers, workload, plan, times).finally(() => stopAll(workers));
  }
  say(`\n${text.times(set, times)}\n\n${text.header}`);
  const results = goals.map((goal) => resultOf(goal, pairedRatios(times, goal.over, goal.under)));
  for (const result of results) say(text.result(result));
  if (options.set === undefined) await saySources(plan);
  return results;
}

function stopAll(workers: readonly Worker[]): void {
  for (const worker of workers) worker.stop();
}

/** T1 and T2 of each source alone: to read, not to judge, since the engine's state moves them more than those of the mixed set. */
async function saySources(plan: Plan): Promise<void> {
  const sets: readonly SetName[] = short ? ["vpc2", "cloudtrail"] : SETS.filter((set) => set !== "mixed");
  say(`\n${"set".padEnd(11)}${"T1".padStart(6)}${"T2".padStart(7)}`);
  for (const set of sets) {
    const workers = ["product", "decode", "floor"].map((name) => new Worker(name));
    const times = await measureTimes(workers, storeWorkload(set), plan).finally(() => stopAll(workers));
    const [t1, t2] = ["decode", "floor"].map((under) => spreadOf(pairedRatios(times, "product", under)).value);
    say(text.source(set, t1, t2));
  }
}

async function freshResults(rounds: number): Promise<Result[]> {
  const small = storeWorkload("small");
  const results: Result[] = [];
  const add = (goal: Goal, ratios: readonly number[]): void => {
    const result = resultOf(goal, ratios);
    results.push(result);
    say(text.result(result));
  };
  say(`\n${text.header}`);
  add(MEMORY_GOAL, await memoryRatios(storeWorkload("max6m"), small, rounds));
  add(FIRST_BATCH_GOAL, await firstBatchRatios(small, rounds));
  add(BOMB_GOAL, await bombRatios(INFLATED_BYTES, rounds));
  return results;
}

if (options.help) console.log(HELP);
else {
  process.exitCode = await main().catch((error: Error) => {
    console.error(error.message);
    return 1;
  });
}
