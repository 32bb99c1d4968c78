/** A ratio that must keep within a bound. */
export interface Goal {
  readonly id: string;
  /** What is over what, for the table. */
  readonly says: string;
  readonly bound: number;
  /** Where CI draws the line while the bound is not reached yet, so that what was won is not lost again; none for goals that are only told. */
  readonly guard?: number;
  /** Whether the bound is the largest or the smallest good value. */
  readonly direction: "atMost" | "atLeast";
}

/** A goal that is a quotient of two variants' CPU time on the same workload. */
export interface TimeGoal extends Goal {
  readonly over: string;
  readonly under: string;
}

/** Goals on CPU time, stated for the mixed workload. */
export const TIME_GOALS: readonly TimeGoal[] = [
  {
    id: "T1",
    says: "full path / decoding alone",
    over: "product",
    under: "decode",
    bound: 2.2,
    guard: 3,
    direction: "atMost",
  },
  {
    id: "T2",
    says: "full path / naive pass-through",
    over: "product",
    under: "floor",
    bound: 1,
    guard: 1.4,
    direction: "atMost",
  },
  { id: "T3", says: "full path / inflating alone", over: "product", under: "gunzip", bound: 5.5, direction: "atMost" },
  {
    id: "T5",
    says: "objects and regexes / full path",
    over: "reference",
    under: "product",
    bound: 8,
    guard: 5,
    direction: "atLeast",
  },
  {
    id: "AWS",
    says: "AWS LogsToElasticsearch / full path",
    over: "aws",
    under: "product",
    bound: 3,
    guard: 2.2,
    direction: "atLeast",
  },
  {
    id: "Powertools",
    says: "Powertools, decoding only / full path",
    over: "powertools",
    under: "product",
    bound: 1,
    direction: "atLeast",
  },
];

/** A peer that npm does not have: measured when the environment names a program that runs its code in the worker's protocol. */
export interface OptionalPeer extends TimeGoal {
  /** Holds the program's path; one in Python is run by BENCH_PYTHON. */
  readonly variable: string;
}

export const OPTIONAL_PEERS: readonly OptionalPeer[] = [
  peer("Datadog", "BENCH_DATADOG", 7),
  peer("Elastic", "BENCH_ELASTIC", 13),
];

function peer(id: string, variable: string, bound: number): OptionalPeer {
  return { id, says: `${id} forwarder / full path`, over: id, under: "product", bound, direction: "atLeast", variable };
}

/** The largest resident set at 6 MB of event over that at the smallest. */
export const MEMORY_GOAL: Goal = {
  id: "M1",
  says: "peak memory, 31 MB raw / 0.6 MB raw",
  bound: 2.2,
  guard: 3,
  direction: "atMost",
};

/** What a function that has just been started pays, before its code is compiled. */
export const FIRST_BATCH_GOAL: Goal = {
  id: "C2",
  says: "first batch / warm batch, small",
  bound: 8,
  direction: "atMost",
};

/** Refusing a payload of 1 MB that inflates to 1 GB. */
export const BOMB_GOAL: Goal = {
  id: "Z1",
  says: "refusing a bomb / inflating the bound",
  bound: 1,
  guard: 3,
  direction: "atMost",
};

/** True when the value keeps within the bound. */
export function keeps(goal: Goal, value: number): boolean {
  return isWithin(goal, value, goal.bound);
}

/** True when the value keeps within the guard, or the goal has none. */
export function isGuarded(goal: Goal, value: number): boolean {
  return goal.guard === undefined || isWithin(goal, value, goal.guard);
}

function isWithin({ direction }: Goal, value: number, limit: number): boolean {
  return direction === "atMost" ? value <= limit : value >= limit;
}
