import { BelfryError } from "../../platform/errors.ts";

/** The greatest number in `{n,m}`. https://github.com/google/re2/wiki/Syntax */
const MAX_REPEAT = 1000;

/** Longest text of an expression; Belfry's own limit. */
const MAX_LENGTH = 4096;

// What JavaScript has other sets for, or other rules, is written out.
const CLASSES: Readonly<Record<string, string>> = {
  d: "0-9",
  s: "\\t\\n\\f\\r ",
  w: "0-9A-Za-z_",
};
const POSIX_CLASSES: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7F",
  blank: "\\t ",
  cntrl: "\\x00-\\x1F\\x7F",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`\\{-~",
  space: "\\t\\n\\v\\f\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
  xdigit: "0-9A-Fa-f",
};
const CONTROLS: Readonly<Record<string, number>> = { a: 7, f: 12, t: 9, n: 10, r: 13, v: 11 };

const TEXT_START = "(?:(?<![^]))";
const TEXT_END = "(?:(?![^]))";
const LINE_START = "(?:(?<![^\\n]))";
const LINE_END = "(?:(?![^\\n]))";

interface Flags {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
  readonly U: boolean;
}

/**
 * Makes the test whether a whole text is matched by an expression in the syntax of RE2, which Alertmanager's matchers have: no look-around and no references back, flags
 * such as `(?i)` anywhere. Raises BAD_ARGUMENT for what RE2 refuses. https://github.com/google/re2/wiki/Syntax
 */
export function wholeTextExpression(text: string): RegExp {
  if (text.length > MAX_LENGTH) throw bad(text.slice(0, 60), `is longer than ${MAX_LENGTH} characters`);
  const source = new Translation(text).alternatives();
  try {
    return new RegExp(`^(?:${source})$`, "u");
  } catch (cause) {
    throw bad(text, "cannot be read", cause);
  }
}

function bad(text: string, what: string, cause?: unknown): BelfryError {
  return new BelfryError("BAD_ARGUMENT", `the regular expression ${text} ${what}`, { cause });
}

/** Writes an expression of RE2's as one of JavaScript's with the flag `u`, piece by piece. Groups do not capture: nobody asks what they hold. */
class Translation {
  readonly #text: string;
  #at = 0;
  #depth = 0;
  #flags: Flags = { i: false, m: false, s: false, U: false };

  constructor(text: string) {
    this.#text = text;
  }

  /** Up to the end, or to the parenthesis that closes the group. */
  alternatives(): string {
    const outer = this.#flags;
    let source = "";
    while (this.#at < this.#text.length && !this.#next(")")) source += this.#take("|") ? "|" : this.#repeated();
    if (this.#depth === 0 && this.#next(")")) throw bad(this.#text, "closes a parenthesis that is not open");
    this.#flags = outer;
    return source;
  }

  #repeated(): string {
    const atom = this.#atom();
    const [quantifier] = /^(?:[*+?]|\{\d+(?:,\d*)?\})/.exec(this.#rest()) ?? [];
    if (quantifier === undefined) return atom;
    if (atom === "") throw bad(this.#text, `has nothing before ${quantifier}`);
    if ((quantifier.match(/\d+/g) ?? []).some((count) => Number(count) > MAX_REPEAT)) {
      throw bad(this.#text, `repeats more than ${MAX_REPEAT} times`);
    }
    this.#at += quantifier.length;
    const isLazy = this.#take("?") !== this.#flags.U;
    return atom + quantifier + (isLazy ? "?" : "");
  }

  #atom(): string {
    const char = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
    this.#at += char.length;
    switch (char) {
      case "(":
        return this.#group();
      case "[":
        return this.#anyCase(this.#charClass());
      case ".":
        return this.#flags.s ? "[^]" : "[^\\n]";
      case "^":
        return this.#flags.m ? LINE_START : TEXT_START;
      case "$":
        return this.#flags.m ? LINE_END : TEXT_END;
      case "\\":
        return this.#escape();
      case "*":
      case "+":
      case "?":
        throw bad(this.#text, `has nothing before ${char}`);
      default:
        return this.#anyCase(literal(char));
    }
  }

  /** A group, or flags that hold until the end of the group around them, which are nothing by themselves. */
  #group(): string {
    const [head, name, flags, end] = /^\?(?:P?<(\w+)>|([imsU]*(?:-[imsU]+)?)([:)]))/.exec(this.#rest()) ?? [];
    if (head === undefined && this.#next("?")) throw bad(this.#text, "has a group that RE2 does not know");
    this.#at += head?.length ?? 0;
    if (name === undefined && end === ")") {
      this.#flags = withFlags(this.#flags, flags);
      return "";
    }
    const outer = this.#flags;
    if (end === ":") this.#flags = withFlags(this.#flags, flags);
    this.#depth++;
    const inside = this.alternatives();
    this.#depth--;
    this.#flags = outer;
    if (!this.#take(")")) throw bad(this.#text, "does not close a parenthesis");
    return `(?:${inside})`;
  }

  #escape(): string {
    if (this.#take("Q")) {
      const end = this.#text.indexOf("\\E", this.#at);
      const inside = this.#text.slice(this.#at, end < 0 ? undefined : end);
      this.#at = end < 0 ? this.#text.length : end + 2;
      return Array.from(inside, (char) => this.#anyCase(literal(char))).join("");
    }
    if (this.#take("A")) return TEXT_START;
    if (this.#take("z")) return TEXT_END;
    const [edge] = /^[bB]/.exec(this.#rest()) ?? [];
    if (edge !== undefined) {
      this.#at++;
      return `(?:\\${edge})`;
    }
    const set = this.#escapedSet();
    if (set !== undefined) return this.#anyCase(`[${set}]`);
    return this.#anyCase(literal(String.fromCodePoint(this.#escapedChar())));
  }

  #charClass(): string {
    let source = this.#take("^") ? "[^" : "[";
    for (let isFirst = true; isFirst || !this.#next("]"); isFirst = false) {
      if (this.#at >= this.#text.length) throw bad(this.#text, "does not close a bracket");
      source += this.#classItem();
    }
    this.#at++;
    return `${source}]`;
  }

  #classItem(): string {
    const [posix, negation, name] = /^\[:(\^?)(\w+):\]/.exec(this.#rest()) ?? [];
    if (posix !== undefined) {
      const members = Object.hasOwn(POSIX_CLASSES, name) ? POSIX_CLASSES[name] : undefined;
      if (members === undefined) throw bad(this.#text, `has an unknown class ${posix}`);
      this.#at += posix.length;
      return negation === "" ? members : inverted(members);
    }
    const from = this.#classChar();
    if (typeof from === "string") return from;
    if (!/^-[^\]]/s.test(this.#rest())) return literal(String.fromCodePoint(from));
    this.#at++;
    const to = this.#classChar();
    if (typeof to === "string" || to < from)
      throw bad(this.#text, "has a range of characters that ends before it begins");
    return `${literal(String.fromCodePoint(from))}-${literal(String.fromCodePoint(to))}`;
  }

  /** A character's code point, or a set. */
  #classChar(): number | string {
    if (this.#take("\\")) return this.#escapedSet() ?? this.#escapedChar();
    const char = this.#text.codePointAt(this.#at) ?? 0;
    this.#at += char > 0xffff ? 2 : 1;
    return char;
  }

  /** `\d`, `\W`, `\pL`, `\p{Greek}`: members of a class. */
  #escapedSet(): string | undefined {
    const [perl] = /^[dswDSW]/.exec(this.#rest()) ?? [];
    if (perl !== undefined) {
      this.#at++;
      const members = CLASSES[perl.toLowerCase()];
      return perl === perl.toLowerCase() ? members : inverted(members);
    }
    const [unicode, p, braced, single] = /^([pP])(?:\{(\^?\w+)\}|([A-Z]))/.exec(this.#rest()) ?? [];
    if (unicode === undefined) return undefined;
    this.#at += unicode.length;
    const name = (braced ?? single).replace("^", "");
    const isNegated = (p === "P") !== (braced ?? "").startsWith("^");
    return `\\${isNegated ? "P" : "p"}{${/^[A-Z][a-z]?$/.test(name) ? name : `Script=${name}`}}`;
  }

  #escapedChar(): number {
    const rest = this.#rest();
    const [hex, braced, digits] = /^x(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))/.exec(rest) ?? [];
    const [octal] = /^(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(rest) ?? [];
    const [control] = /^[aftnrv]/.exec(rest) ?? [];
    const [mark] = /^[^0-9A-Za-z]/su.exec(rest) ?? [];
    const text = hex ?? octal ?? control ?? mark;
    if (text === undefined) throw bad(this.#text, `has an escape that RE2 does not know: \\${rest.slice(0, 1)}`);
    this.#at += text.length;
    if (hex !== undefined) return codePoint(Number.parseInt(braced ?? digits, 16), this.#text);
    if (octal !== undefined) return Number.parseInt(octal, 8);
    return control === undefined ? (text.codePointAt(0) ?? 0) : CONTROLS[control];
  }

  /** Each character bears the flag itself, so flags can begin and end anywhere. */
  #anyCase(source: string): string {
    return this.#flags.i ? `(?i:${source})` : source;
  }

  #rest(): string {
    return this.#text.slice(this.#at);
  }

  #next(char: string): boolean {
    return this.#text[this.#at] === char;
  }

  #take(char: string): boolean {
    if (!this.#next(char)) return false;
    this.#at++;
    return true;
  }
}

function withFlags(flags: Flags, text: string): Flags {
  const [on, off = ""] = text.split("-");
  const value = (flag: keyof Flags): boolean => (flags[flag] || on.includes(flag)) && !off.includes(flag);
  return { i: value("i"), m: value("m"), s: value("s"), U: value("U") };
}

function literal(char: string): string {
  return /^[\w ]$/.test(char) ? char : `\\u{${char.codePointAt(0)?.toString(16)}}`;
}

/** Everything but these, as members of a class: `[^…]` cannot stand in another one. */
function inverted(members: string): string {
  const isMember = new RegExp(`[${members}]`, "u");
  let source = "";
  let from = 0;
  for (let char = 0; char <= 0x80; char++) {
    if (char < 0x80 && !isMember.test(String.fromCharCode(char))) continue;
    if (from < char) source += `\\u{${from.toString(16)}}-\\u{${(char - 1).toString(16)}}`;
    from = char + 1;
  }
  return `${source}\\u{80}-\\u{10ffff}`;
}

function codePoint(value: number, text: string): number {
  if (value <= 0x10ffff) return value;
  throw bad(text, "has a character beyond 10FFFF");
}
