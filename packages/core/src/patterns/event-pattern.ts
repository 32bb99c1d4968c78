import { holdsConsistently } from "./array-consistency.ts";
import { BoundBranches, type BoundPattern } from "./bound-pattern.ts";
import { EventValues, PathSet } from "./event-values.ts";
import { type FieldCondition, fieldCondition } from "./field-condition.ts";
import { InvalidPatternError } from "./invalid-pattern-error.ts";
import { type Branch, readBranches } from "./pattern-branches.ts";
import { hasTooComplexWildcards } from "./wildcard-complexity.ts";

const START = { line: 1, column: 1 };

/**
 * A compiled Amazon EventBridge event pattern, which matches what AWS matches.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
export interface EventPattern {
  /** Dotted paths of all fields that the pattern reads, each once. */
  readonly paths: readonly string[];
  /** Whether a parsed JSON event matches; what is no object does not. Numbers whose digits parsing lost are taken for what is left of them. */
  matches(event: unknown): boolean;
  /** Whether a JSON text matches, its numbers taken as they are spelt and its duplicate keys all counted; what is no JSON object does not. */
  matchesText(json: string): boolean;
  /** Whether a record matches whose fields `read` gives by dotted path; see BoundPattern. */
  matchesFields(read: (path: string) => unknown): boolean;
  /** Makes the pattern read by ids: `resolve` is asked once for each path, and for the paths above it. */
  bind<Id>(resolve: (path: string) => Id): BoundPattern<Id>;
}

/**
 * Compiles an event pattern, given as JSON text or as what JSON.parse makes of it. Raises InvalidPatternError for what AWS refuses. Only text shows
 * duplicate keys and the spelling of numbers.
 */
export function compilePattern(pattern: unknown): EventPattern {
  const branches = readBranches(typeof pattern === "string" ? pattern : textOf(pattern));
  if (hasTooComplexWildcards(branches)) {
    const remedy =
      "try using fewer wildcard characters or fewer repeating character sequences after a wildcard character";
    throw new InvalidPatternError(`Rule is too complex - ${remedy}`, START);
  }
  return new CompiledPattern(branches);
}

function textOf(pattern: unknown): string {
  try {
    return JSON.stringify(pattern) ?? "";
  } catch (cause) {
    throw new InvalidPatternError("Filter cannot be written as JSON", START, { cause });
  }
}

class CompiledPattern implements EventPattern {
  readonly paths: readonly string[];
  readonly #pathSet: PathSet;
  readonly #parsed: readonly Conditions[];
  readonly #spelled: readonly Conditions[];
  readonly #byPath: BoundPattern<string>;

  constructor(branches: readonly Branch[]) {
    this.#pathSet = new PathSet(branches.flatMap((branch) => [...branch.keys()]));
    this.paths = this.#pathSet.paths;
    this.#parsed = conditionsOf(branches, false);
    this.#spelled = conditionsOf(branches, true);
    this.#byPath = this.bind((path) => path);
  }

  matches(event: unknown): boolean {
    if (typeof event !== "object" || event === null || Array.isArray(event)) return false;
    const values = new EventValues(this.#pathSet);
    values.addEvent(event);
    return holdsAny(this.#parsed, values);
  }

  matchesText(json: string): boolean {
    const values = new EventValues(this.#pathSet);
    return values.addText(json) && holdsAny(this.#spelled, values);
  }

  matchesFields(read: (path: string) => unknown): boolean {
    return this.#byPath.matches(read);
  }

  bind<Id>(resolve: (path: string) => Id): BoundPattern<Id> {
    return new BoundBranches(this.#parsed, this.#pathSet, resolve);
  }
}

/** What must hold in one branch, in the order of the paths, which array consistency depends on. */
type Conditions = readonly FieldCondition[];

function conditionsOf(branches: readonly Branch[], isSpelled: boolean): readonly Conditions[] {
  const known = new Map<unknown, FieldCondition>();
  return branches.map((branch) =>
    [...branch.keys()].sort().map((path) => {
      const patterns = branch.get(path) ?? [];
      const condition = known.get(patterns) ?? fieldCondition(path, patterns, isSpelled);
      known.set(patterns, condition);
      return condition;
    }),
  );
}

function holdsAny(branches: readonly Conditions[], values: EventValues): boolean {
  return branches.some((conditions) => holdsConsistently(conditions, values));
}
