import { BelfryError } from "@belfry/core/platform/errors";
import type { GlobPiece } from "./query.ts";

/** A piece of a query with the place where it starts. */
export type Token =
  | { readonly type: "(" | ")" | "[" | "{" | "]" | "}" | "and" | "or" | "not" | "must" | "end"; readonly at: number }
  | { readonly type: "compare"; readonly operator: ">" | ">=" | "<" | "<="; readonly at: number }
  /** A name followed by a colon. */
  | { readonly type: "field"; readonly text: string; readonly at: number }
  /** `pieces` has wildcards only where they were neither quoted nor escaped. */
  | {
      readonly type: "value";
      readonly text: string;
      readonly pieces: readonly GlobPiece[];
      readonly quoted: boolean;
      readonly at: number;
    };

const WORDS: ReadonlyMap<string, "and" | "or" | "not"> = new Map([
  ["AND", "and"],
  ["&&", "and"],
  ["OR", "or"],
  ["||", "or"],
  ["NOT", "not"],
]);

const SPACES = /\s+/y;
const BRACKET = /[()[\]{}]/y;
const COMPARISON = /[<>]=?/y;
const SIGN = /[-!+](?=\S)/y;
const QUOTED = /"((?:\\.|[^"\\])*)"(:?)/sy;
const NAME = /((?:\\.?|[^\s()[\]{}":\\])+)(:?)/sy;
// After a field's colon, and in a range, further colons belong to the value, so that addresses, times and ARNs need no quotes.
const VALUE = /(?:\\.?|[^\s()[\]{}"\\])+/sy;
const SUFFIX = /(?:^|[^\\])([~^])[\d.]*$/;

/** Raises BAD_QUERY for a place in the query; characters are counted from 1. */
export function badQuery(at: number, problem: string): BelfryError {
  return new BelfryError("BAD_QUERY", `cannot read the query at character ${at + 1}: ${problem}`);
}

/** Cuts a query into tokens; raises BAD_QUERY. */
export function tokensOf(query: string): Token[] {
  return new Scanner(query).run();
}

class Scanner {
  readonly #query: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  #inRange = false;

  constructor(query: string) {
    this.#query = query;
  }

  run(): Token[] {
    while (this.#at < this.#query.length) {
      if (this.#match(SPACES) === undefined) this.#tokens.push(this.#token(this.#at, this.#tokens.at(-1)?.type));
    }
    this.#tokens.push({ type: "end", at: this.#at });
    return this.#tokens;
  }

  #token(at: number, last: Token["type"] | undefined): Token {
    const bracket = this.#match(BRACKET)?.[0];
    if (bracket !== undefined) return this.#bracket(at, bracket);
    if (this.#query[at] === '"') return this.#quoted(at);
    const operator = last === "field" ? this.#match(COMPARISON)?.[0] : undefined;
    if (operator !== undefined) return { type: "compare", operator: operator as ">", at };
    const isValue = last === "field" || last === "compare" || this.#inRange;
    if (isValue) return this.#wordOrValue(at, this.#match(VALUE)?.[0] ?? "");
    const sign = this.#match(SIGN)?.[0];
    if (sign !== undefined) return { type: sign === "+" ? "must" : "not", at };
    return this.#wordOrField(at);
  }

  #bracket(at: number, bracket: string): Token {
    if (bracket !== "(" && bracket !== ")") this.#inRange = bracket === "[" || bracket === "{";
    return { type: bracket as "(", at };
  }

  #quoted(at: number): Token {
    const match = this.#match(QUOTED);
    if (match === undefined) throw badQuery(at, "the quotes are not closed");
    const text = match[1].replaceAll(/\\(.)/gs, "$1");
    if (match[2] === ":") return { type: "field", text, at };
    refuseSuffix(this.#at, /[~^]/y.exec(this.#query.slice(this.#at))?.[0]);
    return { type: "value", text, pieces: text === "" ? [] : [{ text }], quoted: true, at };
  }

  #wordOrField(at: number): Token {
    const match = this.#match(NAME);
    if (match === undefined) throw badQuery(at, "there is no field before the colon");
    const [, raw, colon] = match;
    if (colon === ":") return { type: "field", text: raw.replaceAll(/\\(.)/gs, "$1"), at };
    return this.#wordOrValue(at, raw);
  }

  #wordOrValue(at: number, raw: string): Token {
    const word = WORDS.get(raw);
    return word === undefined ? this.#value(at, raw) : { type: word, at };
  }

  #value(at: number, raw: string): Token {
    if (raw.startsWith("/"))
      throw badQuery(at, "a / would start a regular expression, which is not supported; put the value in quotes");
    refuseSuffix(at + raw.length - 1, SUFFIX.exec(raw)?.[1]);
    const pieces = piecesOf(raw);
    const text = pieces.map((piece) => (typeof piece === "string" ? SIGN_OF[piece] : piece.text)).join("");
    return { type: "value", text, pieces, quoted: false, at };
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#query) ?? undefined;
    if (match !== undefined) this.#at = pattern.lastIndex;
    return match;
  }
}

const SIGN_OF = { many: "*", one: "?" } as const;

function piecesOf(raw: string): GlobPiece[] {
  const pieces: GlobPiece[] = [];
  for (const [part] of raw.matchAll(/[*?]|(?:\\.?|[^*?\\])+/gs)) {
    if (part === "*") pieces.push("many");
    else if (part === "?") pieces.push("one");
    else pieces.push({ text: part.replaceAll(/\\(.)/gs, "$1") });
  }
  return pieces;
}

function refuseSuffix(at: number, sign: string | undefined): void {
  if (sign === "~") throw badQuery(at, "fuzzy search (~) is not supported; use the wildcards * and ?");
  if (sign === "^") throw badQuery(at, "weights (^) are not supported: results are sorted by time");
}
