/** What users want masked besides what Belfry knows. */
export interface CustomRules {
  readonly literals: readonly string[];
  /** JavaScript regular expressions without delimiters, taken with the flags g and u. */
  readonly expressions: readonly string[];
}

/** Looks for texts and matches of regular expressions in a payload, record after record. */
export class CustomSearch {
  readonly #literals: readonly Buffer[];
  readonly #expressions: readonly RegExp[];
  #bytes: Buffer | undefined;
  #from = 0;
  /** By literal: where it next occurs in the payload at hand; -1 for nowhere. */
  readonly #next: Int32Array;

  constructor({ literals, expressions }: CustomRules) {
    // In JSON a text with quotes or line breaks stands escaped.
    const spellings = literals.flatMap((literal) => [literal, JSON.stringify(literal).slice(1, -1)]);
    this.#literals = [...new Set(spellings)].map((spelling) => Buffer.from(spelling));
    this.#expressions = expressions.map((expression) => new RegExp(expression, "gu"));
    this.#next = new Int32Array(this.#literals.length);
  }

  /** Adds the spans of all occurrences in [from, to) to `found`. */
  find(bytes: Buffer, from: number, to: number, found: number[]): void {
    if (this.#literals.length > 0) this.#findNext(bytes, from, to, found);
    if (this.#expressions.length > 0) this.#findMatches(bytes, from, to, found);
  }

  /** Adds the spans of the literals in the first `length` bytes, which no other search reads. */
  findLiterals(bytes: Buffer, length: number, found: number[]): void {
    for (const literal of this.#literals) {
      for (
        let at = bytes.indexOf(literal);
        at >= 0 && at + literal.length <= length;
        at = bytes.indexOf(literal, at + 1)
      ) {
        found.push(at, at + literal.length);
      }
    }
  }

  /** Forgets where it was: the buffers that come now may be the same ones with other bytes. */
  restart(): void {
    this.#bytes = undefined;
  }

  #findNext(bytes: Buffer, from: number, to: number, found: number[]): void {
    const isFurther = bytes === this.#bytes && from >= this.#from;
    for (const [i, literal] of this.#literals.entries()) {
      let next = this.#next[i];
      if (!isFurther || (next >= 0 && next < from)) next = bytes.indexOf(literal, from);
      while (next >= 0 && next + literal.length <= to) {
        found.push(next, next + literal.length);
        next = bytes.indexOf(literal, next + 1);
      }
      this.#next[i] = next;
    }
    this.#bytes = bytes;
    this.#from = from;
  }

  #findMatches(bytes: Buffer, from: number, to: number, found: number[]): void {
    const text = bytes.toString("utf8", from, to);
    const isAscii = text.length === to - from;
    for (const expression of this.#expressions) {
      let at = 0;
      let offset = from;
      for (const match of text.matchAll(expression)) {
        if (match[0] === "") continue;
        offset += isAscii ? match.index - at : Buffer.byteLength(text.slice(at, match.index));
        at = match.index;
        found.push(offset, offset + Buffer.byteLength(match[0]));
      }
    }
  }
}
