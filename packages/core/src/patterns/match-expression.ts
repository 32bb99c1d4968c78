import { readAnythingBut } from "./anything-but.ts";
import { IpRange } from "./ip-range.ts";
import { numberFrom } from "./json-scalar.ts";
import type { JsonToken } from "./json-tokens.ts";
import { readNumeric } from "./numeric-expression.ts";
import type { PatternTokens } from "./pattern-tokens.ts";
import { endsWith, endsWithIgnoreCase, equalsIgnoreCase, startsWith, startsWithIgnoreCase } from "./text-tests.ts";
import { type TextTest, TOO_MANY_ELEMENTS, textPattern, type ValuePattern } from "./value-pattern.ts";
import { matchesWildcard, parseWildcard } from "./wildcard.ts";

const IGNORE_CASE_REFUSAL = "equals-ignore-case match pattern must be a string";
const ONE_KEY = "Only one key allowed in match expression";

const OPERATORS = new Map<string, (tokens: PatternTokens) => ValuePattern>([
  ["exactly", (tokens) => ({ kind: "literal", value: readText(tokens, "exact match pattern must be a string") })],
  ["prefix", (tokens) => textPattern(readAffix(tokens, "prefix"))],
  ["suffix", (tokens) => textPattern(readAffix(tokens, "suffix"))],
  ["equals-ignore-case", (tokens) => textPattern(equalsIgnoreCase(readText(tokens, IGNORE_CASE_REFUSAL)))],
  ["wildcard", readWildcard],
  ["anything-but", readAnythingBut],
  ["numeric", readNumeric],
  ["exists", readExists],
  ["cidr", readCidr],
]);

/** Reads one entry of a field's list, of which `token` is the first token. */
export function readValuePattern(token: JsonToken, tokens: PatternTokens): ValuePattern {
  switch (token) {
    case "{":
      return readExpression(tokens);
    case "string":
      return textLiteral(tokens.text());
    case "number":
      return { kind: "literal", value: numberFrom(tokens.text()) };
    case "true":
    case "false":
      return { kind: "literal", value: token === "true" };
    case "null":
      return { kind: "literal", value: null };
    default:
      return tokens.refuse("Match value must be String, number, true, false, or null");
  }
}

/** An IP address stands for the address, however the event writes it. */
function textLiteral(text: string): ValuePattern {
  const address = IpRange.ofAddress(text);
  return address === undefined ? { kind: "literal", value: text } : textPattern((value) => address.holds(value));
}

function readExpression(tokens: PatternTokens): ValuePattern {
  if (tokens.next() !== "name") tokens.refuse("Match expression name not found");
  const name = tokens.text();
  const read = OPERATORS.get(name);
  if (read === undefined) return tokens.refuse(`Unrecognized match type ${name}`);
  const pattern = read(tokens);
  if (tokens.next() !== "}") tokens.refuse(name === "numeric" || name === "anything-but" ? TOO_MANY_ELEMENTS : ONE_KEY);
  return pattern;
}

function readText(tokens: PatternTokens, refusal: string): string {
  if (tokens.next() !== "string") tokens.refuse(refusal);
  return tokens.text();
}

/** The operand of `prefix` or `suffix`: a string, or `{ "equals-ignore-case": string }`. */
function readAffix(tokens: PatternTokens, affix: "prefix" | "suffix"): TextTest {
  const token = tokens.next();
  if (token === "string") return (affix === "prefix" ? startsWith : endsWith)(tokens.text());
  if (token !== "{") tokens.refuse(`${affix} match pattern must be a string`);
  if (tokens.next() !== "name") tokens.refuse(`${affix === "prefix" ? "Prefix" : "Suffix"} expression name not found`);
  const name = tokens.text();
  if (name !== "equals-ignore-case") tokens.refuse(`Unsupported ${affix} pattern: ${name}`);
  const text = readText(tokens, IGNORE_CASE_REFUSAL);
  if (tokens.next() !== "}") tokens.refuse(ONE_KEY);
  return (affix === "prefix" ? startsWithIgnoreCase : endsWithIgnoreCase)(text);
}

function readWildcard(tokens: PatternTokens): ValuePattern {
  const wildcard = parseWildcard(readText(tokens, "wildcard match pattern must be a string"));
  if (typeof wildcard === "string") return tokens.refuse(wildcard);
  return {
    kind: "test",
    test: (value) => typeof value === "string" && matchesWildcard(wildcard, value),
    wildcards: [wildcard],
  };
}

function readExists(tokens: PatternTokens): ValuePattern {
  const token = tokens.next();
  if (token === "true") return { kind: "test", test: () => true };
  if (token === "false") return { kind: "absent" };
  return tokens.refuse("exists match pattern must be either true or false.");
}

function readCidr(tokens: PatternTokens): ValuePattern {
  // "prefix" is what AWS says here.
  const range = IpRange.ofBlock(readText(tokens, "prefix match pattern must be a string"));
  return typeof range === "string" ? tokens.refuse(range) : textPattern((text) => range.holds(text));
}
