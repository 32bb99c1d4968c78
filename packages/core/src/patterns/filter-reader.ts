import { BelfryError } from "../platform/errors.ts";

const SPACE = /\s*/y;

/** Reads a CloudWatch Logs filter pattern from left to right; what it cannot read is refused with the place. */
export class FilterReader {
  readonly text: string;
  /** Where the next character is read. */
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  skipSpace(): void {
    this.match(SPACE);
  }

  /** Moves past the text, and past the space after it, when it stands here. */
  take(text: string): boolean {
    if (!this.text.startsWith(text, this.at)) return false;
    this.at += text.length;
    this.skipSpace();
    return true;
  }

  /** Moves past what the sticky expression finds here and returns it; undefined when it finds nothing. */
  match(sticky: RegExp): RegExpExecArray | undefined {
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.text);
    if (found === null) return undefined;
    this.at = sticky.lastIndex;
    return found;
  }

  /** Raises BAD_PATTERN with the reason and the column, counted from 1. */
  refuse(reason: string): never {
    throw new BelfryError("BAD_PATTERN", `filter pattern is not valid: ${reason} (column ${this.at + 1})`);
  }
}
