import type { FilterReader } from "./filter-reader.ts";
import { readQuoted, readRegex } from "./filter-value.ts";

const WORD = /[A-Za-z0-9_]+(?![^\s])/y;
const NOT_SPACE = /\S+/y;

interface Term {
  readonly sign: "" | "?" | "-";
  readonly isIn: (message: string) => boolean;
}

/**
 * Reads an unstructured pattern: words, "phrases" and %expressions% that a message must all have, `-` before one that it must not have, or only terms with `?`
 * of which it must have one. Terms with `?` beside others are ignored, as CloudWatch Logs ignores them.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function readTermsPattern(reader: FilterReader): (message: string) => boolean {
  const terms: Term[] = [];
  for (reader.skipSpace(); !reader.isAtEnd; reader.skipSpace()) terms.push(readTerm(reader));
  const optional = terms.filter(({ sign }) => sign === "?");
  if (optional.length > 0 && optional.length === terms.length) {
    return (message) => optional.some(({ isIn }) => isIn(message));
  }
  const decisive = terms.filter(({ sign }) => sign !== "?");
  return (message) => decisive.every(({ sign, isIn }) => isIn(message) === (sign === ""));
}

function readTerm(reader: FilterReader): Term {
  const sign = reader.take("-") ? "-" : reader.take("?") ? "?" : "";
  const regex = readRegex(reader);
  if (regex !== undefined) return { sign, isIn: (message) => regex.test(message) };
  const phrase = readQuoted(reader);
  if (phrase !== undefined) return { sign, isIn: (message) => phrase.trim() === "" || message.includes(phrase) };
  const word = reader.match(WORD)?.[0];
  if (word !== undefined) return { sign, isIn: (message) => message.includes(word) };
  const term = reader.match(NOT_SPACE);
  if (term === undefined) return reader.refuse(`expected a term after ${sign}`);
  reader.at -= term[0].length;
  return reader.refuse(`a term with other characters than letters, digits and _ stands in double quotes: "${term[0]}"`);
}
