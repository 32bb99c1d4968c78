import {
  type Bound,
  decimalNumber,
  type GlobPiece,
  ipv4Number,
  isTextField,
  type Query,
  type RangeOrder,
  wordsOf,
} from "./query.ts";
import { isoTime } from "./time-range.ts";

/** Whether a document, as JSON gives it, matches a query: the same answer as the archive's SQL gives. */
export function matchesQuery(query: Query, document: unknown): boolean {
  switch (query.kind) {
    case "all":
      return true;
    case "and":
      return query.parts.every((part) => matchesQuery(part, document));
    case "or":
      return query.parts.some((part) => matchesQuery(part, document));
    case "not":
      return !matchesQuery(query.part, document);
    case "exists":
      return valuesAt(document, query.field.split(".")).some((value) => value !== null);
    default:
      return textsAt(document, query.field).some((value) => matchesValue(query, value));
  }
}

/** The values of a dotted field: of arrays, on the way and at the end, all elements. */
function valuesAt(value: unknown, keys: readonly string[]): unknown[] {
  if (Array.isArray(value)) return value.flatMap((element) => valuesAt(element, keys));
  const [key, ...rest] = keys;
  if (key === undefined) return [value];
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return [];
  return valuesAt((value as Record<string, unknown>)[key], rest);
}

function textsAt(document: unknown, field: string): string[] {
  return valuesAt(document, field.split("."))
    .filter((value) => typeof value !== "object")
    .map(String);
}

function matchesValue(
  query: Exclude<Query, { kind: "all" | "and" | "or" | "not" | "exists" }>,
  value: string,
): boolean {
  switch (query.kind) {
    case "term":
      return isTextField(query.field) ? holdsWords(value, query.text) : sameValue(value, query.text);
    case "cidr": {
      const address = ipv4Number(value);
      return address !== undefined && address >= query.first && address <= query.last;
    }
    case "wildcard":
      return isTextField(query.field)
        ? wordsOf(value).some((word) => globOf(query.pieces, "i").test(word))
        : globOf(query.pieces, "").test(value);
    case "range":
      return inRange(value, query.order, query.min, query.max);
  }
}

function holdsWords(text: string, sought: string): boolean {
  const words = wordsOf(sought);
  return words.length > 0 && ` ${wordsOf(text).join(" ")} `.includes(` ${words.join(" ")} `);
}

/** As text; a number also by its value, so that 443 finds 443.0. Digits after a leading zero are a name, not a number. */
function sameValue(value: string, sought: string): boolean {
  if (value === sought) return true;
  const number = decimalNumber(sought);
  return number !== undefined && !/^-?0\d/.test(value) && decimalNumber(value) === number;
}

function globOf(pieces: readonly GlobPiece[], flags: string): RegExp {
  const source = pieces.map((piece) => {
    if (piece === "many") return ".*";
    return piece === "one" ? "." : piece.text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  });
  return new RegExp(`^${source.join("")}$`, `su${flags}`);
}

const READ: Readonly<Record<RangeOrder, (text: string) => number | string | undefined>> = {
  number: decimalNumber,
  ipv4: ipv4Number,
  text: (text) => text,
  date: isoTime,
};

function inRange(text: string, order: RangeOrder, min: Bound | undefined, max: Bound | undefined): boolean {
  const read = READ[order];
  const value = read(text);
  if (value === undefined) return false;
  const isBeyond = (bound: Bound, less: boolean): boolean => {
    const limit = read(bound.text);
    if (limit === undefined) return true;
    if (value === limit) return !bound.inclusive;
    return value < limit === less;
  };
  return !(min !== undefined && isBeyond(min, true)) && !(max !== undefined && isBeyond(max, false));
}
