import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { KinesisStreamEvent } from "aws-lambda";
import { makeWorkload, type SetName, type Workload } from "./generate.ts";
import { ratios } from "./statistics.ts";
import { Worker } from "./workers.ts";

/** Where workloads and outputs are kept while the benchmark runs; git ignores it. */
export const FOLDER = resolve(import.meta.dirname, "../../.cache/bench");

// A call works on at least so much, so that each has its share of the engine's larger collections.
const MIN_CALL_BYTES = 32_000_000;

/** How often each variant is measured in one life of its process, and how long it works before that to let the engine compile it. */
export interface Plan {
  readonly rounds: number;
  /** CPU time of each variant. */
  readonly warmUpMs: number;
}

/** A workload as its workers get it: by file. */
export interface StoredWorkload extends Omit<Workload, "event"> {
  readonly file: string;
}

/** CPU nanoseconds per log event of each variant, a value a round. */
export type Times = ReadonlyMap<string, number[]>;

/** Makes a workload and stores its event. */
export function storeWorkload(set: SetName): StoredWorkload {
  const { event, ...workload } = makeWorkload(set);
  return { ...workload, file: store(set, event) };
}

/** Stores an event under a name. */
export function store(name: string, event: KinesisStreamEvent): string {
  mkdirSync(FOLDER, { recursive: true });
  const file = resolve(FOLDER, `${name}.json`);
  writeFileSync(file, JSON.stringify(event));
  return file;
}

/** Times without any value yet. */
export function noTimes(names: Iterable<string>): Times {
  return new Map([...names].map((name) => [name, []]));
}

/** Runs the variants on a workload in turns, one at a time, each round beginning with another; adds to `times`. */
export async function measureTimes(
  workers: readonly Worker[],
  workload: StoredWorkload,
  plan: Plan,
  times: Times = noTimes(workers.map(({ name }) => name)),
): Promise<Times> {
  const { set, file, events, rawBytes } = workload;
  const calls = Math.ceil(MIN_CALL_BYTES / rawBytes);
  for (const worker of workers) {
    await worker.call({ command: "load", set, file });
    await warmUp(worker, set, plan.warmUpMs);
  }
  for (let round = 0; round < plan.rounds; round++) {
    for (let turn = 0; turn < workers.length; turn++) {
      const worker = workers[(turn + round) % workers.length];
      const { cpuUs = 0 } = await worker.call({ command: "run", set, times: calls });
      times.get(worker.name)?.push((cpuUs * 1000) / (calls * events));
    }
  }
  return times;
}

async function warmUp(worker: Worker, set: string, cpuMs: number): Promise<void> {
  for (let leftUs = cpuMs * 1000; leftUs > 0; )
    leftUs -= (await worker.call({ command: "run", set, times: 1 })).cpuUs ?? leftUs;
}

/** The ratio of two variants in each round. */
export function pairedRatios(times: Times, over: string, under: string): number[] {
  return ratios(times.get(over) ?? [], times.get(under) ?? []);
}

/** Uses a process that has done nothing yet, and stops it. */
export async function inFreshWorker<T>(name: string, use: (worker: Worker) => Promise<T>): Promise<T> {
  const worker = new Worker(name);
  try {
    return await use(worker);
  } finally {
    worker.stop();
  }
}
