import {
  type Bound,
  DEFAULT_FIELD,
  decimalNumber,
  ipv4Number,
  isTextField,
  type Query,
  type RangeOrder,
} from "./query.ts";
import { badQuery, type Token, tokensOf } from "./query-tokens.ts";
import { dateBound } from "./time-range.ts";

// Deep enough for any query that a person or a tool writes, and no stack overflows on a hostile one.
const MAX_DEPTH = 100;

const CIDR = /^(\d+\.\d+\.\d+\.\d+)\/(\d{1,2})$/;

/**
 * Reads a query in the language of OpenSearch's `query_string`, as far as it makes sense for logs: `field:value`, words and "phrases", wildcards,
 * ranges, `>=`, `_exists_:field`, AND, OR, NOT, `+`, `-`, groups. Words side by side must all match. Raises BAD_QUERY, with the place, for anything else.
 * https://docs.opensearch.org/latest/query-dsl/full-text/query-string/
 */
export function parseQuery(text: string, nowMs: number): Query {
  return new Parser(tokensOf(text), nowMs).parse();
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #nowMs: number;
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], nowMs: number) {
    this.#tokens = tokens;
    this.#nowMs = nowMs;
  }

  parse(): Query {
    if (this.#peek().type === "end") return { kind: "all" };
    const query = this.#or(undefined);
    const rest = this.#peek();
    if (rest.type !== "end") throw badQuery(rest.at, `${nameOf(rest)} has nothing to belong to`);
    return query;
  }

  #or(field: string | undefined): Query {
    const parts = [this.#and(field)];
    while (this.#take("or")) parts.push(this.#and(field));
    return parts.length === 1 ? parts[0] : { kind: "or", parts };
  }

  #and(field: string | undefined): Query {
    const parts = [this.#unary(field)];
    for (;;) {
      if (!this.#take("and") && !STARTS_CLAUSE.has(this.#peek().type)) break;
      parts.push(this.#unary(field));
    }
    return parts.length === 1 ? parts[0] : { kind: "and", parts };
  }

  #unary(field: string | undefined): Query {
    if (this.#take("not")) return { kind: "not", part: this.#unary(field) };
    if (this.#take("must")) return this.#unary(field);
    return this.#clause(field);
  }

  #clause(field: string | undefined): Query {
    const token = this.#advance();
    switch (token.type) {
      case "(":
        return this.#group(token, field);
      case "field":
        return this.#clauseOf(token.text);
      case "value":
        return this.#value(field, token);
      case "[":
      case "{":
        return this.#range(field ?? DEFAULT_FIELD, token);
      default:
        throw badQuery(token.at, `expected a word, a field or a group, not ${nameOf(token)}`);
    }
  }

  #clauseOf(field: string): Query {
    const token = this.#peek();
    if (token.type === "compare") {
      this.#advance();
      return this.#comparison(field, token.operator);
    }
    if (token.type !== "(" && token.type !== "value" && token.type !== "[" && token.type !== "{") {
      throw badQuery(token.at, `expected a value for "${field}", not ${nameOf(token)}`);
    }
    return this.#clause(field);
  }

  #group(open: Token, field: string | undefined): Query {
    if (++this.#depth > MAX_DEPTH) throw badQuery(open.at, `groups are nested more than ${MAX_DEPTH} deep`);
    const query = this.#or(field);
    this.#depth--;
    if (!this.#take(")")) throw badQuery(open.at, "the group is not closed");
    return query;
  }

  #value(named: string | undefined, token: Extract<Token, { type: "value" }>): Query {
    const field = named ?? DEFAULT_FIELD;
    if (field === "_exists_") return { kind: "exists", field: token.text };
    const isStar = token.pieces.length > 0 && token.pieces.every((piece) => piece === "many");
    if (isStar) return named === undefined ? { kind: "all" } : { kind: "exists", field };
    if (token.pieces.some((piece) => typeof piece === "string"))
      return { kind: "wildcard", field, pieces: token.pieces };
    return cidrOf(field, token.text) ?? { kind: "term", field, text: token.text };
  }

  #comparison(field: string, operator: ">" | ">=" | "<" | "<="): Query {
    const token = this.#advance();
    if (token.type !== "value") throw badQuery(token.at, `expected a value after ${operator}, not ${nameOf(token)}`);
    const side = operator.startsWith(">") ? "min" : "max";
    return this.#makeRange(field, token.at, { [side]: { text: token.text, inclusive: operator.endsWith("=") } });
  }

  #range(field: string, open: Token): Query {
    const min = this.#bound(open);
    const to = this.#advance();
    if (to.type !== "value" || to.text !== "TO" || to.quoted)
      throw badQuery(to.at, `expected TO in the range, not ${nameOf(to)}`);
    const max = this.#bound(open);
    const close = this.#advance();
    if (close.type !== "]" && close.type !== "}") throw badQuery(close.at, "expected ] or } at the end of the range");
    return this.#makeRange(field, open.at, {
      ...(min === undefined ? {} : { min: { text: min, inclusive: open.type === "[" } }),
      ...(max === undefined ? {} : { max: { text: max, inclusive: close.type === "]" } }),
    });
  }

  #bound(open: Token): string | undefined {
    const token = this.#advance();
    if (token.type !== "value") throw badQuery(token.at, `expected a value in the range, not ${nameOf(token)}`);
    if (token.at < open.at) throw badQuery(open.at, "the range is not closed");
    return token.text === "*" && !token.quoted ? undefined : token.text;
  }

  #makeRange(field: string, at: number, { min, max }: { min?: Bound; max?: Bound }): Query {
    if (min === undefined && max === undefined) return { kind: "exists", field };
    if (isTextField(field)) throw badQuery(at, `"${field}" holds text, which has no ranges`);
    const bounds = [min, max].filter((bound) => bound !== undefined);
    const order = orderOf(
      bounds.map((bound) => bound.text),
      this.#nowMs,
    );
    const resolve = (bound: Bound, side: "min" | "max"): Bound =>
      order === "date" ? (dateBound(bound, side, this.#nowMs) ?? bound) : bound;
    return {
      kind: "range",
      field,
      order,
      ...(min === undefined ? {} : { min: resolve(min, "min") }),
      ...(max === undefined ? {} : { max: resolve(max, "max") }),
    };
  }

  #peek(): Token {
    return this.#tokens[this.#next];
  }

  #advance(): Token {
    const token = this.#tokens[this.#next];
    if (token.type !== "end") this.#next++;
    return token;
  }

  #take(type: Token["type"]): boolean {
    if (this.#peek().type !== type) return false;
    this.#next++;
    return true;
  }
}

const STARTS_CLAUSE = new Set<Token["type"]>(["(", "field", "value", "not", "must", "[", "{"]);

function nameOf(token: Token): string {
  if (token.type === "end") return "the end";
  if (token.type === "value" || token.type === "field") return `"${token.text}"`;
  if (token.type === "compare") return token.operator;
  return token.type.length === 1 ? token.type : token.type.toUpperCase();
}

function orderOf(texts: readonly string[], nowMs: number): RangeOrder {
  if (texts.every((text) => decimalNumber(text) !== undefined)) return "number";
  if (texts.every((text) => ipv4Number(text) !== undefined)) return "ipv4";
  if (texts.every((text) => dateBound({ text, inclusive: true }, "min", nowMs) !== undefined)) return "date";
  return "text";
}

function cidrOf(field: string, text: string): Query | undefined {
  const [, address, length] = CIDR.exec(text) ?? [];
  const number = address === undefined ? undefined : ipv4Number(address);
  const bits = Number(length);
  if (number === undefined || bits > 32) return undefined;
  const size = 2 ** (32 - bits);
  const first = Math.floor(number / size) * size;
  return { kind: "cidr", field, text, first, last: first + size - 1 };
}
