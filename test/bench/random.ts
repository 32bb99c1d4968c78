const HEX = "0123456789abcdef";
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const DIGITS = "0123456789";

/** Choices that are the same in every run with the same seed: the "small fast counter" generator sfc32 of PractRand. https://pracrand.sourceforge.net/RNG_engines.txt */
export class Random {
  #a = 0;
  #b = 0;
  #c: number;
  #count = 1;

  constructor(seed: number) {
    this.#c = seed | 0;
    for (let i = 0; i < 12; i++) this.next();
  }

  /** A number in [0, 1). */
  next(): number {
    const sum = (this.#a + this.#b + this.#count++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  }

  /** An integer from one bound to the other, both included. */
  integer(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  /** True in that share of the calls. */
  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.next() * choices.length)];
  }

  /** Picks unevenly, as traffic does: the first choices far more often than the last. */
  pickSkewed<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.next() ** 2.2 * choices.length)];
  }

  list<T>(length: number, make: (index: number) => T): T[] {
    return Array.from({ length }, (_, index) => make(index));
  }

  hex(length: number): string {
    return this.#text(HEX, length);
  }

  digits(length: number): string {
    return this.#text(DIGITS, length);
  }

  base32(length: number): string {
    return this.#text(BASE32, length);
  }

  base64(length: number): string {
    return this.#text(BASE64, length);
  }

  uuid(): string {
    return `${this.hex(8)}-${this.hex(4)}-4${this.hex(3)}-${this.pick(["8", "9", "a", "b"])}${this.hex(3)}-${this.hex(12)}`;
  }

  #text(alphabet: string, length: number): string {
    let text = "";
    for (let i = 0; i < length; i++) text += this.pick(alphabet as unknown as readonly string[]);
    return text;
  }
}
