import type { Branch } from "./pattern-branches.ts";
import { ANY_BYTES, type Wildcard } from "./wildcard.ts";

// EventBridge publishes no number. Rules of complexity 9 were seen accepted and such of 11 refused; the measure is that of event-ruler's
// MachineComplexityEvaluator, https://github.com/aws/event-ruler
const MAX_COMPLEXITY = 10;

// Ours: real patterns need a few hundred steps. What needs more is taken for too complex.
const MAX_STEPS = 50_000;

const QUOTE = 0x22;
// Stands for every byte that none of the active states asks for.
const OTHER_BYTE = 256;

/**
 * Whether EventBridge would refuse the pattern for its wildcards. Counted are the beginnings of wildcard patterns that one value of a field can
 * match at the same time: `*:*` has `*`, `*:` and `*:*` for the value `:`. Wildcards of the same field count together within a branch, and
 * across branches whose fields of lower path are the same.
 */
export function hasTooComplexWildcards(branches: readonly Branch[]): boolean {
  const groups = new Map<string, Group>();
  const numbers = new Map<unknown, number>();
  for (const branch of branches) {
    let above = "";
    for (const path of [...branch.keys()].sort()) {
      const patterns = branch.get(path) ?? [];
      const key = `${above}${JSON.stringify(path)}`;
      const group: Group = groups.get(key) ?? new Map();
      for (const pattern of patterns) {
        const wildcards = pattern.kind === "test" ? (pattern.wildcards ?? []) : [];
        if (wildcards.length > 0) group.set(wildcards.map(({ bytes }) => bytes.join()).join("|"), wildcards);
      }
      groups.set(key, group);
      if (!numbers.has(patterns)) numbers.set(patterns, numbers.size);
      above = `${key}=${numbers.get(patterns)},`;
    }
  }
  return [...groups.values()].some((group) => isTooComplex([...group.values()]));
}

/** The wildcards that count together, each pattern's once: one, or the alternatives of an `anything-but`. */
type Group = Map<string, readonly Wildcard[]>;

/** A state of the automaton that follows all wildcard patterns of a field at once: a beginning of one of them. */
interface State {
  readonly next: { readonly byte: number; readonly to: number }[];
  /** The state behind a wildcard that follows this one: reached without a byte. */
  wildcard: number | undefined;
  /** Ends in a wildcard: every byte leads to itself. */
  isWildcard: boolean;
}

function isTooComplex(patterns: readonly (readonly Wildcard[])[]): boolean {
  const states = automaton(patterns);
  const seen = new Set<string>();
  const pending: number[][] = [[0]];
  for (let active = pending.pop(); active !== undefined; active = pending.pop()) {
    const bytes = new Set([OTHER_BYTE, ...active.flatMap((state) => states[state].next.map(({ byte }) => byte))]);
    for (const byte of bytes) {
      const after = step(states, active, byte);
      if (after.length > MAX_COMPLEXITY || seen.size > MAX_STEPS) return true;
      const key = after.join();
      if (seen.has(key)) continue;
      seen.add(key);
      pending.push(after);
    }
  }
  return false;
}

/** The states that one more byte leads to, in order. */
function step(states: readonly State[], active: readonly number[], byte: number): number[] {
  const after = new Set<number>();
  for (const from of active) {
    const state = states[from];
    if (state.isWildcard) after.add(from);
    for (const next of state.next) if (next.byte === byte) after.add(next.to);
  }
  for (const reached of after) {
    const { wildcard } = states[reached];
    if (wildcard !== undefined) after.add(wildcard);
  }
  return [...after].sort((a, b) => a - b);
}

/** The alternatives of one `anything-but` share their beginnings up to the first wildcard, and their end. */
function automaton(patterns: readonly (readonly Wildcard[])[]): State[] {
  const states: State[] = [newState(false)];
  for (const wildcards of patterns) {
    const shared = new Map<string, number>();
    for (const { bytes } of wildcards) {
      const tokens = [QUOTE, ...bytes, QUOTE];
      const determinate = tokens.indexOf(ANY_BYTES) + 1 || tokens.length;
      let from = 0;
      for (let length = 1; length <= tokens.length; length++) {
        const token = tokens[length - 1];
        const key = length === tokens.length ? "end" : length <= determinate ? `${from} ${token}` : undefined;
        const known = key === undefined ? undefined : shared.get(key);
        const to = known ?? states.push(newState(token === ANY_BYTES)) - 1;
        if (key !== undefined) shared.set(key, to);
        if (token === ANY_BYTES) states[from].wildcard = to;
        else states[from].next.push({ byte: token, to });
        from = to;
      }
    }
  }
  return states;
}

function newState(isWildcard: boolean): State {
  return { next: [], wildcard: undefined, isWildcard };
}
