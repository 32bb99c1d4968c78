import type { FilterReader } from "./filter-reader.ts";

/** CloudWatch Logs takes two regular expressions in a JSON or space-delimited pattern. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html */
const MAX_REGEXES = 2;

const REGEX = /%([^%]*)%/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;
const BARE = /[A-Za-z0-9_.*+-]+/y;
const OPERATOR = />=|<=|!=|=|>|</y;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
// What a regular expression may have, by the same page; groups are not among it, so no expression takes more than polynomial time.
const REGEX_PIECE = /[A-Za-z0-9_#=@/;,:^$?[\]{}|*+.-]|\\(?:[dDsSwW]|x[0-9a-fA-F]{2}|[_#=@/;,:^$?[\]{}|*+.%\\-])/y;

/** Whether a field's text satisfies the right side of a comparison. */
export type ValueTest = (text: string) => boolean;

/** Reads `= "text*"`, `!= %regex%`, `>= 5`: what stands behind a selector or a field's name. */
export function readComparison(reader: FilterReader): ValueTest {
  const operator = reader.match(OPERATOR)?.[0];
  if (operator === undefined) reader.refuse("expected an operator: =, !=, <, <=, >, >=");
  reader.skipSpace();
  if (operator === "=" || operator === "!=") {
    const holds = readValue(reader);
    reader.skipSpace();
    return operator === "=" ? holds : (text) => !holds(text);
  }
  const spelling = reader.match(BARE)?.[0] ?? "";
  if (!NUMBER.test(spelling)) reader.refuse(`expected a number after ${operator}`);
  reader.skipSpace();
  return numberTest(operator, Number(spelling));
}

function numberTest(operator: string, bound: number): ValueTest {
  const holds: (value: number) => boolean =
    operator === ">"
      ? (value) => value > bound
      : operator === ">="
        ? (value) => value >= bound
        : operator === "<"
          ? (value) => value < bound
          : (value) => value <= bound;
  return (text) => NUMBER.test(text) && holds(Number(text));
}

function readValue(reader: FilterReader): ValueTest {
  const quoted = readQuoted(reader);
  if (quoted !== undefined) return wildcardTest(quoted);
  const regex = readRegex(reader);
  if (regex !== undefined) return (text) => regex.test(text);
  const bare = reader.match(BARE)?.[0];
  if (bare === undefined) {
    return reader.refuse('expected a value: a word, a number, "text" or %regular expression%');
  }
  if (!NUMBER.test(bare)) return wildcardTest(bare);
  const value = Number(bare);
  return (text) => text === bare || (NUMBER.test(text) && Number(text) === value);
}

/** The text between double quotes, in which `\"` and `\\` stand for the characters; undefined when no quote stands here. */
export function readQuoted(reader: FilterReader): string | undefined {
  if (reader.text[reader.at] !== '"') return undefined;
  const found = reader.match(QUOTED);
  if (found === undefined) reader.refuse("expected a closing double quote");
  return found[1].replaceAll(/\\(["\\])/g, "$1");
}

/** `%…%` as a regular expression; undefined when no percent sign stands here. */
export function readRegex(reader: FilterReader): RegExp | undefined {
  if (reader.text[reader.at] !== "%") return undefined;
  const start = reader.at;
  const source = reader.match(REGEX)?.[1];
  if (source === undefined) return reader.refuse("expected a closing %");
  if (source === "") return reader.refuse("the regular expression is empty");
  for (let at = 0; at < source.length; at = REGEX_PIECE.lastIndex) {
    REGEX_PIECE.lastIndex = at;
    if (REGEX_PIECE.test(source)) continue;
    reader.at = start + 1 + at;
    return reader.refuse(`${source[at]} is not supported in a regular expression`);
  }
  try {
    return new RegExp(source);
  } catch (cause) {
    reader.at = start;
    return reader.refuse(`not a regular expression: ${String(cause)}`);
  }
}

/** Refuses more regular expressions than CloudWatch Logs takes. Quoted texts are no expressions, whatever percent signs they hold. */
export function checkRegexCount(reader: FilterReader): void {
  const count = (reader.text.replaceAll(/"(?:[^"\\]|\\.)*"/g, "").match(/%[^%]*%/g) ?? []).length;
  if (count > MAX_REGEXES) reader.refuse(`${count} regular expressions, but ${MAX_REGEXES} is the most`);
}

/** An asterisk stands for any characters at the beginning and at the end of a value; elsewhere it is itself. */
function wildcardTest(value: string): ValueTest {
  const isOpenAtStart = value.startsWith("*");
  const isOpenAtEnd = value.length > 1 && value.endsWith("*");
  const inner = value.slice(isOpenAtStart ? 1 : 0, isOpenAtEnd ? -1 : undefined);
  if (isOpenAtStart && isOpenAtEnd) return (text) => text.includes(inner);
  if (isOpenAtStart) return (text) => text.endsWith(inner);
  if (isOpenAtEnd) return (text) => text.startsWith(inner);
  return (text) => text === value;
}
