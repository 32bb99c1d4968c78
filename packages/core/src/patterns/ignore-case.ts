/**
 * A text to compare without regard to case. As in AWS each UTF-16 unit of the pattern stands for its own lower or upper case and nothing else:
 * `ß` for `ß` and `SS`, but `ss` not for `ß`; `ǅ` for `ǆ` and `Ǆ`, not for itself. A character beyond U+FFFF stands for two question marks,
 * because AWS changes the case of its two halves one by one and they do not survive that.
 */
export class CaseInsensitive {
  readonly #lower: readonly string[];
  readonly #upper: readonly string[];

  constructor(text: string) {
    const units = text.split("").map((unit) => (/[\ud800-\udfff]/.test(unit) ? "?" : unit));
    this.#lower = units.map((unit) => unit.toLowerCase());
    this.#upper = units.map((unit) => unit.toUpperCase());
  }

  equals(text: string): boolean {
    return this.#endOfPrefix(text) === text.length;
  }

  isPrefixOf(text: string): boolean {
    return this.#endOfPrefix(text) >= 0;
  }

  isSuffixOf(text: string): boolean {
    let end = text.length;
    for (let i = this.#lower.length - 1; i >= 0; i--) {
      if (text.endsWith(this.#lower[i], end)) end -= this.#lower[i].length;
      else if (text.endsWith(this.#upper[i], end)) end -= this.#upper[i].length;
      else return false;
    }
    return true;
  }

  /** Where in the text this prefix ends, or -1. */
  #endOfPrefix(text: string): number {
    let at = 0;
    for (let i = 0; i < this.#lower.length; i++) {
      if (text.startsWith(this.#lower[i], at)) at += this.#lower[i].length;
      else if (text.startsWith(this.#upper[i], at)) at += this.#upper[i].length;
      else return -1;
    }
    return at;
  }
}
