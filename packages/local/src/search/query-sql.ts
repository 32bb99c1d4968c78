import { BelfryError } from "@belfry/core/platform/errors";
import {
  decimalNumber,
  type GlobPiece,
  ipv4Number,
  isTextField,
  type Query,
  type RangeOrder,
  wordsOf,
} from "./query.ts";

/** A condition in DuckDB's SQL over a column `doc` of type JSON; everything that a user wrote is a parameter, nothing is part of the text. */
export interface SqlCondition {
  readonly text: string;
  readonly parameters: readonly (string | number)[];
}

/** A condition on a value, whose SQL is given. */
type Test = (value: string) => string;

type ValueQuery = Exclude<Query, { kind: "all" | "and" | "or" | "not" | "exists" }>;

/** What the standard analyzer takes for no part of a word, in RE2's syntax. */
const NO_WORD = "[^\\pL\\pN_]";
const IS_WORD = /^[\p{L}\p{N}_]*$/u;
const IN_WORD = "[\\pL\\pN_]";

/** Translates a query; a field that a document does not have makes its clause false there, never an error. */
export function toSql(query: Query): SqlCondition {
  const writer = new SqlWriter();
  return { text: writer.condition(query), parameters: writer.parameters };
}

class SqlWriter {
  readonly parameters: (string | number)[] = [];
  readonly #bound = new Map<string | number, string>();

  condition(query: Query): string {
    switch (query.kind) {
      case "all":
        return "true";
      case "and":
      case "or":
        return `(${query.parts.map((part) => this.condition(part)).join(query.kind === "and" ? " AND " : " OR ")})`;
      case "not":
        return `(NOT ${this.condition(query.part)})`;
      case "exists":
        return this.#exists(query.field);
      default:
        return this.#anyValue(query.field, this.#test(query));
    }
  }

  #test(query: ValueQuery): Test {
    switch (query.kind) {
      case "term":
        return isTextField(query.field) ? this.#words(query.text) : this.#equals(query.text);
      case "wildcard":
        return isTextField(query.field) ? this.#wordLike(query.pieces) : this.#like(query.pieces);
      case "cidr": {
        const [first, last] = [this.#bind(query.first), this.#bind(query.last)];
        return (value) => `${ipv4Of(value)} BETWEEN ${first} AND ${last}`;
      }
      case "range":
        return this.#range(query);
    }
  }

  /** As text; a number also by its value, so that 443 finds 443.0. */
  #equals(text: string): Test {
    const parameter = this.#bind(text);
    const number = decimalNumber(text);
    if (number === undefined || !Number.isFinite(number)) return (value) => `${value} = ${parameter}`;
    const same = `= CAST(${this.#bind(number)} AS DOUBLE)`;
    return (value) =>
      `(${value} = ${parameter} OR (${value} NOT SIMILAR TO '-?0[0-9].*' AND TRY_CAST(${value} AS DOUBLE) ${same}))`;
  }

  #words(text: string): Test {
    const words = wordsOf(text);
    return words.length === 0 ? () => "false" : this.#regexp(words.join(`${NO_WORD}+`));
  }

  /** A wildcard is held against one word, so that one with anything else in it finds nothing. */
  #wordLike(pieces: readonly GlobPiece[]): Test {
    if (pieces.some((piece) => typeof piece === "object" && !IS_WORD.test(piece.text))) return () => "false";
    const patterns = pieces.map((piece) => {
      if (piece === "many") return `${IN_WORD}*`;
      return piece === "one" ? IN_WORD : piece.text;
    });
    return this.#regexp(patterns.join(""));
  }

  /** The pattern as whole words, whatever their case. */
  #regexp(pattern: string): Test {
    const parameter = this.#bind(`(?i)(?:^|${NO_WORD})${pattern}(?:${NO_WORD}|$)`);
    return (value) => `regexp_matches(${value}, ${parameter})`;
  }

  #like(pieces: readonly GlobPiece[]): Test {
    const parameter = this.#bind(likeOf(pieces));
    return (value) => `${value} LIKE ${parameter} ESCAPE '\\'`;
  }

  #range({ order, min, max }: Extract<Query, { kind: "range" }>): Test {
    const { read, parameter } = this.#ordering(order);
    const sides: Test[] = [];
    for (const [bound, operator] of [
      [min, ">"],
      [max, "<"],
    ] as const) {
      if (bound === undefined) continue;
      const right = `${operator}${bound.inclusive ? "=" : ""} ${parameter(bound.text)}`;
      sides.push((value) => `${read(value)} ${right}`);
    }
    return (value) => `(${sides.map((side) => side(value)).join(" AND ")})`;
  }

  #ordering(order: RangeOrder): { read: Test; parameter: (text: string) => string } {
    switch (order) {
      case "number":
        return {
          read: (value) => `TRY_CAST(${value} AS DOUBLE)`,
          parameter: (text) => `CAST(${this.#bind(Number(text))} AS DOUBLE)`,
        };
      case "date":
        return {
          read: (value) => `TRY_CAST(${value} AS TIMESTAMP)`,
          parameter: (text) => `CAST(${this.#bind(text)} AS TIMESTAMP)`,
        };
      case "ipv4":
        return { read: ipv4Of, parameter: (text) => this.#bind(ipv4Number(text) ?? 0) };
      case "text":
        return { read: (value) => value, parameter: (text) => this.#bind(text) };
    }
  }

  #exists(field: string): string {
    const isThere = (list: string): string =>
      `len(list_filter(json_extract(doc, ${this.#bind(list)}), lambda element: json_type(element) <> 'NULL')) > 0`;
    const { exact, elements, inArrays } = pathsOf(field);
    const type = `json_type(doc, ${this.#bind(exact)})`;
    return (
      `coalesce(CASE WHEN ${type} = 'ARRAY' THEN ${isThere(elements)} WHEN ${type} IS NULL THEN ${anyOf(inArrays.map(isThere))}` +
      ` ELSE ${type} <> 'NULL' END, false)`
    );
  }

  /** True when the test holds for the field's value, for one of its values if it is an array, or for the field of an object in an array above. */
  #anyValue(field: string, test: Test): string {
    const { exact, elements, inArrays } = pathsOf(field);
    const path = this.#bind(exact);
    const inList = (list: string): string =>
      `len(list_filter(json_extract(doc, ${this.#bind(list)}), lambda element: ` +
      `json_type(element) NOT IN ('OBJECT', 'ARRAY', 'NULL') AND ${test("(element ->> '$')")})) > 0`;
    const absent = `json_type(doc, ${path}) IS NULL AND ${anyOf(inArrays.map(inList))}`;
    return (
      `coalesce(CASE json_type(doc, ${path}) WHEN 'ARRAY' THEN ${inList(elements)} WHEN 'OBJECT' THEN false` +
      ` ELSE ${test(`json_extract_string(doc, ${path})`)} END, ${absent}, false)`
    );
  }

  #bind(value: string | number): string {
    const known = this.#bound.get(value);
    if (known !== undefined) return known;
    const name = `$${this.parameters.push(value)}`;
    this.#bound.set(value, name);
    return name;
  }
}

function ipv4Of(value: string): string {
  return (
    `CASE WHEN regexp_full_match(${value}, '[0-9]{1,3}([.][0-9]{1,3}){3}') THEN list_reduce(` +
    `list_transform(string_split(${value}, '.'), lambda octet: CAST(octet AS BIGINT)), lambda sum, octet: sum * 256 + octet) END`
  );
}

function anyOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? "false" : `(${conditions.join(" OR ")})`;
}

interface FieldPaths {
  readonly exact: string;
  /** The elements of an array in the field's place. */
  readonly elements: string;
  /** The field, and its elements, in the objects of an array that stands above it. */
  readonly inArrays: readonly string[];
}

/** A dotted field as JSONPath; raises BAD_QUERY for a name that a path cannot hold. https://duckdb.org/docs/stable/data/json/json_functions */
export function jsonPathOf(field: string): string {
  return `$${keysOf(field).join("")}`;
}

function keysOf(field: string): string[] {
  if (field === "" || /["\\]/.test(field))
    throw new BelfryError("BAD_QUERY", `"${field}" cannot be the name of a field`);
  return field.split(".").map((key) => `."${key}"`);
}

function pathsOf(field: string): FieldPaths {
  const keys = keysOf(field);
  const exact = jsonPathOf(field);
  const inArrays = keys.slice(1).flatMap((_, i) => {
    const path = `$${keys.slice(0, i + 1).join("")}[*]${keys.slice(i + 1).join("")}`;
    return [path, `${path}[*]`];
  });
  return { exact, elements: `${exact}[*]`, inArrays };
}

function likeOf(pieces: readonly GlobPiece[]): string {
  return pieces
    .map((piece) => {
      if (piece === "many") return "%";
      return piece === "one" ? "_" : piece.text.replaceAll(/[%_\\]/g, "\\$&");
    })
    .join("");
}
