import { InexactNumber, type Scalar } from "./json-scalar.ts";
import type { ValuePattern } from "./value-pattern.ts";

type ScalarTest = (value: Scalar) => boolean;

/** What one field of an event must be. */
export interface FieldCondition {
  readonly path: string;
  /** The field may be without a value. */
  readonly acceptsAbsence: boolean;
  /** Whether the field may have this value; of a field with several values one must pass. */
  readonly accepts: ScalarTest;
  /** The field is compared with whole values only, which costs less than a test of another kind. */
  readonly isExact: boolean;
}

/**
 * Makes of a field's list of patterns one condition. In a parsed event a number may have lost digits, so there a literal with more digits than
 * AWS compares is equal to the number that parsing makes of it; where numbers come as they are spelt it is equal to its spelling alone.
 */
export function fieldCondition(path: string, patterns: readonly ValuePattern[], isSpelled: boolean): FieldCondition {
  const literals: Scalar[] = [];
  const tests: ScalarTest[] = [];
  let acceptsAbsence = false;
  for (const pattern of patterns) {
    if (pattern.kind === "literal") {
      if (pattern.value instanceof InexactNumber) {
        tests.push(spelt(pattern.value.spelling));
        if (!isSpelled) literals.push(Number(pattern.value.spelling));
      } else literals.push(pattern.value);
    } else if (pattern.kind === "test") tests.push(pattern.test);
    else acceptsAbsence = true;
  }
  const isExact = tests.length === 0;
  if (literals.length > 0) tests.unshift(oneOf(literals));
  return { path, acceptsAbsence, accepts: anyOf(tests), isExact };
}

function spelt(spelling: string): ScalarTest {
  return (value) => value instanceof InexactNumber && value.spelling === spelling;
}

function oneOf(literals: readonly Scalar[]): ScalarTest {
  const [only] = literals;
  if (literals.length === 1) return (value) => value === only;
  const set = new Set(literals);
  return (value) => set.has(value);
}

function anyOf(tests: readonly ScalarTest[]): ScalarTest {
  const [first, second] = tests;
  if (tests.length === 0) return () => false;
  if (tests.length === 1) return first;
  if (tests.length === 2) return (value) => first(value) || second(value);
  return (value) => {
    for (const test of tests) if (test(value)) return true;
    return false;
  };
}
