import type { Scalar } from "./json-scalar.ts";
import type { JsonToken } from "./json-tokens.ts";
import { readComparable } from "./numeric-expression.ts";
import type { PatternTokens } from "./pattern-tokens.ts";
import { endsWith, equalsIgnoreCase, startsWith } from "./text-tests.ts";
import { type TextTest, TOO_MANY_ELEMENTS, type ValuePattern } from "./value-pattern.ts";
import { matchesWildcard, parseWildcard, type Wildcard } from "./wildcard.ts";

const AFFIX_REFUSAL = "prefix/suffix match pattern must be a string";

/** What AWS says when an operand of these, within `anything-but`, is no string. */
const REFUSALS = {
  prefix: AFFIX_REFUSAL,
  suffix: AFFIX_REFUSAL,
  "equals-ignore-case": "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.",
  wildcard: "wildcard match pattern must be a string",
};
type Operator = keyof typeof REFUSALS;

/**
 * Reads the operand of `anything-but`: a value, a list of strings or of numbers, or one of `prefix`, `suffix`, `equals-ignore-case`, `wildcard`
 * with a string or a list. It matches every value, of whatever type, that is none of these; a field without a value does not match.
 */
export function readAnythingBut(tokens: PatternTokens): ValuePattern {
  const token = tokens.next();
  if (token !== "{") return readValues(token, tokens);
  if (tokens.next() !== "name") tokens.refuse("Anything-But expression name not found");
  const name = tokens.text();
  if (!Object.hasOwn(REFUSALS, name)) tokens.refuse(`Unsupported anything-but pattern: ${name}`);
  return readExpression(name as Operator, tokens);
}

function readValues(token: JsonToken, tokens: PatternTokens): ValuePattern {
  const values = readOperands(token, tokens, (operand) => {
    if (operand === "string") return tokens.text();
    if (operand === "number") return readComparable(tokens);
    return tokens.refuse("Inside anything but list, start|null|boolean is not supported.");
  });
  const strings = values.filter((value) => typeof value === "string").length;
  if (values.length === 0 || (strings > 0 && strings < values.length)) {
    tokens.refuse("Inside anything but list, either all values are number or string, mixed type is not supported");
  }
  const excluded = new Set<Scalar>(values);
  return { kind: "test", test: (value) => !excluded.has(value) };
}

function readExpression(operator: Operator, tokens: PatternTokens): ValuePattern {
  const wildcards: Wildcard[] = [];
  const excluded = readOperands(tokens.next(), tokens, (operand): TextTest => {
    if (operand !== "string") tokens.refuse(REFUSALS[operator]);
    const text = tokens.text();
    if (operator === "equals-ignore-case") return equalsIgnoreCase(text);
    if (operator !== "wildcard") {
      if (text === "") tokens.refuse("Null prefix/suffix not allowed");
      return operator === "prefix" ? startsWith(text) : endsWith(text);
    }
    const wildcard = parseWildcard(text);
    if (typeof wildcard === "string") return tokens.refuse(wildcard);
    wildcards.push(wildcard);
    return (value) => matchesWildcard(wildcard, value);
  });
  if (tokens.next() !== "}") tokens.refuse(TOO_MANY_ELEMENTS);
  return { kind: "test", test: (value) => typeof value !== "string" || !isAny(excluded, value), wildcards };
}

function readOperands<T>(token: JsonToken, tokens: PatternTokens, readOne: (operand: JsonToken) => T): T[] {
  if (token === "string" || token === "number") return [readOne(token)];
  if (token !== "[") tokens.refuse("Value of anything-but must be an array or single string/number value.");
  const operands: T[] = [];
  for (let operand = tokens.next(); operand !== "]"; operand = tokens.next()) operands.push(readOne(operand));
  return operands;
}

function isAny(tests: readonly TextTest[], text: string): boolean {
  for (const test of tests) if (test(text)) return true;
  return false;
}
