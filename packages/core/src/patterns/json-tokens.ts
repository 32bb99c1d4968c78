/** What a JSON text is made of; `name` is a member's key. Commas and colons are checked and passed over. */
export type JsonToken = "{" | "}" | "[" | "]" | "name" | "string" | "number" | "true" | "false" | "null" | "end";

/**
 * How deep objects and arrays may go: as deep as Jackson, which reads patterns and events in AWS, takes them by default.
 * https://javadoc.io/doc/com.fasterxml.jackson.core/jackson-core/latest/com.fasterxml.jackson.core/com/fasterxml/jackson/core/StreamReadConstraints.html
 */
export const MAX_JSON_DEPTH = 1000;

// From the same place.
const MAX_NUMBER_LENGTH = 1000;

const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z0-9_$]*/y;
const BLANK = /[ \t\n\r]*/y;
const ESCAPED = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y;

/**
 * Reads a JSON text token by token, keeping what `JSON.parse` hides: duplicate keys, their order, and how a number is spelt. Every character
 * that is passed over is checked; the reasons of refusals are worded as AWS words them.
 */
export class JsonTokens {
  protected readonly source: string;
  /** Where the next character is read: the place that a refusal names. */
  protected offset = 0;
  /** Open objects and arrays, outermost first. */
  readonly #open: ("{" | "[")[] = [];
  #token: JsonToken = "end";
  #started = false;
  /** No entry of the innermost object or array was read yet. */
  #first = true;
  /** A string of which only the opening quote was read. */
  #pending = false;
  #from = 0;
  #to = 0;

  constructor(text: string) {
    this.source = text;
  }

  /** Moves to the next token. A string is not read before it is asked for or passed, so that a refusal of it points at its beginning. */
  next(): JsonToken {
    if (this.#pending) this.#passString();
    this.#blank();
    this.#token = this.#read();
    return this.#token;
  }

  /** Moves past the end of the object or array that the current token opens; any other token is left as it is. */
  skip(): void {
    if (this.#token !== "{" && this.#token !== "[") return;
    for (let depth = 1; depth > 0; ) {
      const token = this.next();
      if (token === "{" || token === "[") depth++;
      else if (token === "}" || token === "]") depth--;
    }
  }

  /** The current token's value: a name's or string's characters, a number's spelling, else the token itself. */
  text(): string {
    if (this.#pending) this.#passString();
    if (this.#token === "number") return this.source.slice(this.#from, this.#to);
    if (this.#token !== "string" && this.#token !== "name") return this.#token;
    const inside = this.source.slice(this.#from, this.#to);
    return inside.includes("\\") ? (JSON.parse(`"${inside}"`) as string) : inside;
  }

  /** Ends the reading: raises SyntaxError, or what a subclass raises. */
  refuse(reason: string): never {
    throw new SyntaxError(reason);
  }

  #read(): JsonToken {
    const container = this.#open.at(-1);
    if (container === undefined) return this.#atRoot();
    if (this.#token === "name") return this.#value();
    const char = this.source[this.offset];
    if (char === "}" || char === "]") return this.#close(char);
    if (!this.#first) {
      if (char !== ",")
        this.#unexpected(`was expecting comma to separate ${container === "{" ? "Object" : "Array"} entries`);
      this.offset++;
      this.#blank();
    }
    this.#first = false;
    return container === "{" ? this.#name() : this.#value();
  }

  #atRoot(): JsonToken {
    if (this.#started) {
      if (this.offset < this.source.length) this.refuse("Filter must be a single JSON object; found content after it");
      return "end";
    }
    this.#started = true;
    return this.offset === this.source.length ? "end" : this.#value();
  }

  #name(): JsonToken {
    if (this.source[this.offset] !== '"') this.#unexpected("was expecting double-quote to start field name");
    this.#from = ++this.offset;
    this.#passString();
    this.#blank();
    if (this.source[this.offset] !== ":") this.#unexpected("was expecting a colon to separate field name and value");
    this.offset++;
    return "name";
  }

  #value(): JsonToken {
    const char = this.source[this.offset];
    this.#from = this.offset;
    if (char === '"') {
      this.#from = ++this.offset;
      this.#pending = true;
      return "string";
    }
    if (char === "{" || char === "[") {
      if (this.#open.length === MAX_JSON_DEPTH)
        this.refuse(`Document nesting depth (${MAX_JSON_DEPTH + 1}) exceeds the maximum allowed (${MAX_JSON_DEPTH})`);
      this.offset++;
      this.#open.push(char);
      this.#first = true;
      return char;
    }
    if (!this.#match(NUMBER)) return this.#literal();
    this.#to = this.offset;
    const length = this.#to - this.#from;
    if (length > MAX_NUMBER_LENGTH)
      this.refuse(`Number value length (${length}) exceeds the maximum allowed (${MAX_NUMBER_LENGTH})`);
    return "number";
  }

  #literal(): JsonToken {
    if (!this.#match(WORD))
      this.#unexpected(
        "expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
      );
    const word = this.source.slice(this.#from, this.offset);
    if (word === "true" || word === "false" || word === "null") return word;
    return this.refuse(
      `Unrecognized token '${word}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')`,
    );
  }

  #close(char: "}" | "]"): JsonToken {
    const expected = this.#open.pop() === "{" ? "}" : "]";
    if (char !== expected) this.refuse(`Unexpected close marker '${char}': expected '${expected}'`);
    this.offset++;
    this.#first = false;
    return char;
  }

  /** Moves past the closing quote of the string whose inside begins at `#from`. */
  #passString(): void {
    this.#pending = false;
    for (;;) {
      const code = this.source.charCodeAt(this.offset);
      if (Number.isNaN(code)) this.refuse("Unexpected end-of-input: was expecting closing quote for a string value");
      if (code < SPACE)
        this.refuse(`Illegal unquoted character (CTRL-CHAR, code ${code}): has to be escaped using backslash`);
      this.offset++;
      if (code === QUOTE) break;
      if (code === BACKSLASH && !this.#match(ESCAPED)) this.refuse(`Unrecognized character escape ${this.#here()}`);
    }
    this.#to = this.offset - 1;
  }

  #blank(): void {
    this.#match(BLANK);
  }

  /** Moves past what the sticky expression finds here; false when that is nothing. */
  #match(expression: RegExp): boolean {
    expression.lastIndex = this.offset;
    if (!expression.test(this.source) || expression.lastIndex === this.offset) return false;
    this.offset = expression.lastIndex;
    return true;
  }

  #unexpected(expected: string): never {
    if (this.offset >= this.source.length) this.refuse("Unexpected end-of-input");
    return this.refuse(`Unexpected character (${this.#here()}): ${expected}`);
  }

  #here(): string {
    return `'${this.source[this.offset] ?? ""}' (code ${this.source.charCodeAt(this.offset)})`;
  }
}
