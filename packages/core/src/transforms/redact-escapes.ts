import { SLACK } from "../event/payload.ts";
import { Byte, HEX } from "./redact-bytes.ts";

/** Stands for whatever character beyond ASCII an escape wrote. */
const BEYOND_ASCII = 0x80;

/**
 * A text with its `\uXXXX` escapes undone, each as one byte, and for each byte where it stands in the original. Other escapes, and escaped quotes,
 * backslashes and control characters, stay as they are. Several backslashes count as one: JSON within a JSON string doubles them.
 */
export class UnescapedText {
  bytes = Buffer.alloc(4096);
  view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
  length = 0;
  #sourceOf = new Int32Array(4096);

  /** Fills it with bytes [from, to). */
  fill(bytes: Uint8Array, from: number, to: number): void {
    this.#reserve(to - from + 1 + SLACK);
    let out = 0;
    let at = from;
    while (at < to) {
      this.#sourceOf[out] = at;
      const width = bytes[at] === Byte.backslash ? escapeWidth(bytes, at, to) : 0;
      const code = width === 0 ? -1 : Number.parseInt(latin1(bytes, at + width - 4, at + width), 16);
      if (code >= 0 && isUndone(code)) {
        this.bytes[out++] = code < BEYOND_ASCII ? code : BEYOND_ASCII;
        at += width;
        continue;
      }
      this.bytes[out++] = bytes[at++];
    }
    this.#sourceOf[out] = to;
    this.length = out;
  }

  /** Where the byte at `at`, or the end, stands in the original. */
  sourceOf(at: number): number {
    return this.#sourceOf[at];
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
  while (digits < to && bytes[digits] === Byte.backslash) digits++;
  if (bytes[digits] !== Byte.letterU) return 0;
  digits++;
  if (digits + 4 > to) return 0;
  for (let i = digits; i < digits + 4; i++) if (HEX[bytes[i]] === 0) return 0;
  return digits + 4 - at;
}

function isUndone(code: number): boolean {
  return code >= Byte.space && code !== Byte.quote && code !== Byte.backslash;
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}
