import { equals } from "./bytes.ts";

const SPACE = 32;
const ZERO = 48;
const COLON = 58;

const DIGIT = 1;
const OTHER = 2;

/** By byte: 0 for what parts words. */
const CLASS = new Uint8Array(256).fill(OTHER, SPACE + 1).fill(DIGIT, ZERO, COLON);

/** The words of a line, found in bytes without making strings of them; filled anew for each line. */
export class Tokens {
  bytes: Buffer = Buffer.alloc(0);
  count = 0;
  /** By word: its span. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** By word: what it is made of. */
  readonly #kinds: Uint8Array;

  /** Words after the first `max` are left out. */
  constructor(max: number) {
    this.from = new Int32Array(max);
    this.to = new Int32Array(max);
    this.#kinds = new Uint8Array(max);
  }

  /** Splits bytes [from, to) at spaces and control characters. */
  split(bytes: Buffer, from: number, to: number): void {
    this.bytes = bytes;
    const starts = this.from;
    const ends = this.to;
    let count = 0;
    for (let i = from; i < to && count < starts.length; i++) {
      let kind = CLASS[bytes[i]];
      if (kind === 0) continue;
      let kinds = 0;
      starts[count] = i;
      for (; kind !== 0 && i < to; kind = CLASS[bytes[++i]]) kinds |= kind;
      ends[count] = i;
      this.#kinds[count++] = kinds;
    }
    this.count = count;
  }

  is(word: number, text: Uint8Array): boolean {
    return equals(this.bytes, this.from[word], this.to[word], text);
  }

  isDigits(word: number): boolean {
    return this.#kinds[word] === DIGIT;
  }

  /** Whether a word is a whole number as JSON writes it: digits, no leading zero. */
  isInteger(word: number, maxDigits: number): boolean {
    const length = this.to[word] - this.from[word];
    return this.#kinds[word] === DIGIT && length <= maxDigits && (length === 1 || this.bytes[this.from[word]] !== ZERO);
  }

  /** The value of a word that is a whole number. */
  integer(word: number): number {
    let value = 0;
    for (let i = this.from[word]; i < this.to[word]; i++) value = value * 10 + this.bytes[i] - ZERO;
    return value;
  }

  /** Words as text, from one to before another. */
  texts(first: number, last = this.count): string[] {
    return Array.from({ length: last - first }, (_, i) =>
      this.bytes.toString("utf8", this.from[first + i], this.to[first + i]),
    );
  }
}
