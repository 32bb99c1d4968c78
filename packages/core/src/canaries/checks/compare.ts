import { type ComparisonConfig, OPERATORS } from "../../config/canaries/comparison.ts";
import { messageOf } from "../../platform/errors.ts";
import { CanaryFailure } from "../failure.ts";

/** Whether of several values one must be as it is said, or all; with `notEquals` and `notContains` it is always all. */
export type Quantifier = "some" | "every";

const SHOWN_LENGTH = 200;

/**
 * What does not hold of some values, as a sentence about the subject; undefined when all comparisons hold. No value stands for an absent one, which only `exists: false`,
 * `notEquals` and `notContains` allow. Numbers and others are compared as texts where a text is expected, so that `equals: "5"` holds for 5.
 */
export function brokenComparison(
  subject: string,
  values: readonly unknown[],
  comparison: ComparisonConfig,
  quantifier: Quantifier = "some",
): string | undefined {
  for (const operator of OPERATORS) {
    const expected = comparison[operator];
    if (expected === undefined) continue;
    if (!holds(operator, values, expected, quantifier)) {
      return `${subject} ${shownValues(values)}, expected: ${operator} ${shown(expected)}`;
    }
  }
  return undefined;
}

function holds(
  operator: keyof ComparisonConfig,
  values: readonly unknown[],
  expected: unknown,
  quantifier: Quantifier,
): boolean {
  if (operator === "exists") return values.length > 0 === expected;
  if (operator === "notEquals") return values.every((value) => !isEqual(value, expected));
  if (operator === "notContains") return values.every((value) => !contains(value, String(expected)));
  const test = (value: unknown) => one(operator, value, expected);
  return quantifier === "some" ? values.some(test) : values.length > 0 && values.every(test);
}

function one(operator: keyof ComparisonConfig, value: unknown, expected: unknown): boolean {
  switch (operator) {
    case "equals":
      return isEqual(value, expected);
    case "contains":
      return contains(value, String(expected));
    case "startsWith":
      return textOf(value).startsWith(String(expected));
    case "endsWith":
      return textOf(value).endsWith(String(expected));
    case "matches":
      return expression(String(expected)).test(textOf(value));
    case "greaterThan":
      return numberOf(value) > Number(expected);
    case "lessThan":
      return numberOf(value) < Number(expected);
    case "between": {
      const [least = Number.NaN, most = Number.NaN] = expected as readonly number[];
      return numberOf(value) >= least && numberOf(value) <= most;
    }
    default:
      return false;
  }
}

/** A regular expression of a configuration, its templates filled in. Raises CanaryFailure of class `canary` for what is none. */
export function expression(source: string): RegExp {
  try {
    return new RegExp(source, "su");
  } catch (error) {
    throw new CanaryFailure("canary", messageOf(error), { cause: error });
  }
}

function isEqual(value: unknown, expected: unknown): boolean {
  return typeof expected === "string" ? textOf(value) === expected : value === expected;
}

/** Part of a text, or of a value's JSON, or an element of an array. */
function contains(value: unknown, expected: string): boolean {
  if (Array.isArray(value) && value.some((item) => textOf(item) === expected)) return true;
  return textOf(value).includes(expected);
}

function numberOf(value: unknown): number {
  if (typeof value === "string" && value.trim() === "") return Number.NaN;
  return typeof value === "number" || typeof value === "string" ? Number(value) : Number.NaN;
}

/** A value as a text: a text as it is, anything else as JSON. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

function shownValues(values: readonly unknown[]): string {
  if (values.length === 0) return "is absent";
  return values.length === 1 ? `is ${shown(values[0])}` : `are ${shown(values)}`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "undefined";
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}
