import { SLACK } from "../event/payload.ts";
import { Byte, HEX } from "./redact-bytes.ts";

/** As many as JSON four levels deep has before one escape. */
const MAX_BACKSLASHES = 15;

/** Stands for whatever character beyond ASCII an escape wrote. */
const BEYOND_ASCII = 0x80;

/**
 * A text with its `\uXXXX` escapes undone, and for each byte where it stands in the original. Quotes and backslashes among them become the short escapes
 * `\"` and `\\`, any other character one byte. Several backslashes before one `u` count as one: JSON within a JSON string doubles them.
 */
export class UnescapedText {
  bytes = Buffer.alloc(4096);
  view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
  length = 0;
  #sourceOf = new Int32Array(4096);

  /** Fills it with bytes [from, to). */
  fill(bytes: Uint8Array, from: number, to: number): void {
    this.#reserve(to - from + 1 + SLACK);
    this.length = 0;
    for (let at = from; at < to; ) {
      const width = bytes[at] === Byte.backslash ? escapeWidth(bytes, at, to) : 0;
      if (width === 0) this.#add(bytes[at], at);
      else {
        const code = Number.parseInt(latin1(bytes, at + width - 4, at + width), 16);
        if (code === Byte.quote || code === Byte.backslash) this.#add(Byte.backslash, at);
        this.#add(Math.min(code, BEYOND_ASCII), at);
      }
      at += Math.max(1, width);
    }
    this.#sourceOf[this.length] = to;
  }

  /** Where the byte at `at`, or the end, stands in the original. */
  sourceOf(at: number): number {
    return this.#sourceOf[at];
  }

  #add(byte: number, source: number): void {
    this.#sourceOf[this.length] = source;
    this.bytes[this.length++] = byte;
  }

  #reserve(size: number): void {
    if (size <= this.bytes.length) return;
    this.bytes = Buffer.alloc(size * 2);
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
    this.#sourceOf = new Int32Array(size * 2);
  }
}

/** Length of backslashes, `u` and four hexadecimal digits at this place; 0 when something else stands there. */
function escapeWidth(bytes: Uint8Array, at: number, to: number): number {
  let digits = at;
  while (digits < to && digits - at < MAX_BACKSLASHES && bytes[digits] === Byte.backslash) digits++;
  if (bytes[digits] !== Byte.letterU) return 0;
  digits++;
  if (digits + 4 > to) return 0;
  for (let i = digits; i < digits + 4; i++) if (HEX[bytes[i]] === 0) return 0;
  return digits + 4 - at;
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}
