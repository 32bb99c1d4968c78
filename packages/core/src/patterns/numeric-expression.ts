import { numberFrom } from "./json-scalar.ts";
import type { PatternTokens } from "./pattern-tokens.ts";
import { TOO_MANY_ELEMENTS, type ValuePattern } from "./value-pattern.ts";

/** Reads the list of a `numeric` expression: `["=", 5]`, `["<", 10]`, `[">", 0, "<=", 5]`. */
export function readNumeric(tokens: PatternTokens): ValuePattern {
  if (tokens.next() !== "[") tokens.refuse("Value of numeric must be an array.");
  if (tokens.next() !== "string") tokens.refuse(`Invalid member in numeric match: ${tokens.text()}`);
  const operator = tokens.text();
  switch (operator) {
    case "=": {
      const value = readOperand(tokens, "equals");
      if (tokens.next() !== "]") tokens.refuse(TOO_MANY_ELEMENTS);
      return { kind: "literal", value };
    }
    case "<":
    case "<=": {
      const top = readOperand(tokens, operator);
      if (tokens.next() !== "]") tokens.refuse(TOO_MANY_ELEMENTS);
      return between(-Number.MAX_VALUE, false, top, operator === "<");
    }
    case ">":
    case ">=":
      return readRange(tokens, operator);
    default:
      return tokens.refuse(`Unrecognized numeric range operator: ${operator}`);
  }
}

/** The number that the current token spells; refused when AWS cannot compare it. */
export function readComparable(tokens: PatternTokens): number {
  const value = numberFrom(tokens.text());
  return typeof value === "number" ? value : tokens.refuse(`Cannot compare number : ${value.spelling}`);
}

function readRange(tokens: PatternTokens, bottomOperator: ">" | ">="): ValuePattern {
  const bottom = readOperand(tokens, bottomOperator);
  const isOpenBottom = bottomOperator === ">";
  const token = tokens.next();
  if (token === "]") return between(bottom, isOpenBottom, Number.MAX_VALUE, false);
  if (token !== "string") tokens.refuse(`Bad value in numeric range: ${tokens.text()}`);
  const operator = tokens.text();
  if (operator !== "<" && operator !== "<=") tokens.refuse(`Bad numeric range operator: ${operator}`);
  const top = readOperand(tokens, operator);
  if (tokens.next() !== "]") tokens.refuse("Too many terms in numeric range expression");
  if (bottom >= top) tokens.refuse("Bottom must be less than top");
  return between(bottom, isOpenBottom, top, operator === "<");
}

function readOperand(tokens: PatternTokens, operator: string): number {
  if (tokens.next() !== "number") tokens.refuse(`Value of ${operator} must be numeric`);
  return readComparable(tokens);
}

function between(bottom: number, isOpenBottom: boolean, top: number, isOpenTop: boolean): ValuePattern {
  return {
    kind: "test",
    test: (value) =>
      typeof value === "number" &&
      (isOpenBottom ? value > bottom : value >= bottom) &&
      (isOpenTop ? value < top : value <= top),
  };
}
