import type { RecordBatch } from "../event/record-batch.ts";
import { equals, startsWith } from "./bytes.ts";
import { digitsOf, endOfDigits, fourDigitNumber, leadingDigits, shortNumber } from "./digits.ts";
import { endOfIpv4, endOfIpv4Ahead, IPV4_BYTES, ipVersion } from "./ip-address.ts";
import { COPIES, type Layout, MAX_COLUMNS, NO_FIELD } from "./vpcflow-columns.ts";
import { Column, writeComputed } from "./vpcflow-fields.ts";

/** Digits of the largest integer that a long of OpenSearch surely takes. */
const MAX_DIGITS = 18;
const MAX_SECONDS_DIGITS = 11;
const SECONDS_DIGITS = 10;
const MAX_BYTE_DIGITS = 3;
const MAX_VERSION_DIGITS = 2;

const MISFIT = -1;

const SPACE = 32;
const MINUS = 45;
const ZERO = 48;

const ACCEPT = Buffer.from("ACCEPT");
const REJECT = Buffer.from("REJECT");
const STATUSES = ["OK", "NODATA", "SKIPDATA"].map((text) => Buffer.from(text));

/** The account of an interface that AWS made. */
const UNKNOWN = Buffer.from("unknown");

/** Reads the tokens of a line by what their columns hold, each byte once, and writes the rows of their fields. What it says holds until the next line. */
export class FlowScanner {
  /** Of the tokens that are something else than their columns hold: the column and the span, and how many they are. */
  readonly oddColumns = new Uint8Array(MAX_COLUMNS);
  readonly oddFrom = new Int32Array(MAX_COLUMNS);
  readonly oddTo = new Int32Array(MAX_COLUMNS);
  odd = 0;
  /** How many columns the line has, the position after them, and the row after those that were written. */
  count = 0;
  end = 0;
  row = 0;
  /** Seconds since 1970 at which the flow ended; NaN when the line does not say. */
  endSeconds = Number.NaN;
  /** Span of the account that the line names; from 0 to 0 when it names none. */
  accountFrom = 0;
  accountTo = 0;
  /** Of the token at hand: a number, the version of an address, 1 for ACCEPT, -1 for an unknown account. */
  #value = 0;

  /**
   * Reads a line in a layout; `view` shows the same bytes and has four readable ones behind the line. Rows are written from `row` on, where there must be
   * room for the layout's. False when it has too few columns, words too many, or, unless any token is taken, one that does not fit.
   */
  scan(
    rows: RecordBatch,
    record: number,
    from: number,
    to: number,
    row: number,
    layout: Layout,
    takesAny: boolean,
  ): boolean {
    const { bytes, view } = rows.payloads[rows.payloadOf[record]];
    const { code, a, b } = rows;
    const { kinds, prefixes } = layout;
    const codes = rows.clean[record] === 1 ? layout.codes : layout.escapedCodes;
    let column = 0;
    let next = row;
    this.odd = 0;
    this.endSeconds = Number.NaN;
    this.accountFrom = this.accountTo = 0;
    let i = endOfSpace(bytes, from, to);
    for (; column < kinds.length && i < to; column++) {
      let end = i + 1;
      if (bytes[i] !== MINUS || (end < to && bytes[end] > SPACE)) {
        const kind = kinds[column];
        const prefix = prefixes[column];
        end = this.#endOfToken(bytes, view, i, to, kind);
        if (
          end > i &&
          (end === to || bytes[end] <= SPACE) &&
          (prefix === undefined || takesAny || startsWith(bytes, i, end, prefix))
        ) {
          const first = codes[column * COPIES];
          const second = codes[column * COPIES + 1];
          if (first !== NO_FIELD) {
            code[next] = first;
            a[next] = i;
            b[next++] = end;
          }
          if (second !== NO_FIELD) {
            code[next] = second;
            a[next] = i;
            b[next++] = end;
          }
          if (kind === Column.account) this.#noteAccount(i, end);
          else if (kind > Column.account) next = this.#writeComputed(rows, next, kind);
        } else if (takesAny) end = this.#noteOdd(view, column, i, to);
        else return false;
      }
      // Nearly always one blank stands between two tokens.
      i = end < to && bytes[end + 1] > SPACE ? end + 1 : endOfSpace(bytes, end, to);
    }
    this.count = column;
    this.end = i;
    this.row = next;
    return column >= layout.least && (i >= to || layout.open);
  }

  #writeComputed(rows: RecordBatch, row: number, kind: number): number {
    if (kind === Column.end) this.endSeconds = this.#value;
    return writeComputed(rows, row, kind, this.#value);
  }

  #noteAccount(from: number, to: number): void {
    if (this.#value < 0) return;
    this.accountFrom = from;
    this.accountTo = to;
  }

  /** Notes a word that is not what its column holds; returns the position after it. */
  #noteOdd(view: DataView, column: number, from: number, to: number): number {
    const end = endOfWord(view, from, to);
    this.oddColumns[this.odd] = column;
    this.oddFrom[this.odd] = from;
    this.oddTo[this.odd++] = end;
    return end;
  }

  /** The position after the token that begins at `from`, if it is what the column holds; its value in `#value`. */
  #endOfToken(bytes: Uint8Array, view: DataView, from: number, to: number, kind: number): number {
    switch (kind) {
      case Column.text:
        return endOfWord(view, from, to);
      case Column.integer:
        return endOfInteger(bytes, view, from, to, MAX_DIGITS);
      case Column.version:
        return endOfInteger(bytes, view, from, to, MAX_VERSION_DIGITS);
      case Column.protocol:
      case Column.flags:
        return this.#endOfByte(view, from, to);
      case Column.start:
      case Column.end:
        return this.#endOfSeconds(bytes, view, from, to);
      case Column.source:
      case Column.address:
        return this.#endOfAddress(bytes, view, from, to);
      case Column.account:
        return this.#endOfAccount(bytes, view, from, to);
      case Column.action:
        return this.#endOfAction(bytes, from, to);
      default:
        return endOfStatus(bytes, view, from, to);
    }
  }

  /** A whole number of three digits at most. */
  #endOfByte(view: DataView, from: number, to: number): number {
    const digits = digitsOf(view.getInt32(from, true));
    const leading = leadingDigits(digits);
    const count = Math.min(leading < 0 ? MAX_BYTE_DIGITS + 1 : leading, to - from);
    if (count < 1 || count > MAX_BYTE_DIGITS || (count > 1 && (digits & 255) === 0)) return MISFIT;
    this.#value = shortNumber(digits, count);
    return from + count;
  }

  /** Seconds since 1970, which have ten digits in our time. */
  #endOfSeconds(bytes: Uint8Array, view: DataView, from: number, to: number): number {
    const end = endOfInteger(bytes, view, from, to, MAX_SECONDS_DIGITS);
    if (end - from === SECONDS_DIGITS) {
      const high = fourDigitNumber(digitsOf(view.getInt32(from, true)));
      const middle = fourDigitNumber(digitsOf(view.getInt32(from + 4, true)));
      this.#value = (high * 10_000 + middle) * 100 + (bytes[from + 8] - ZERO) * 10 + bytes[from + 9] - ZERO;
    } else {
      this.#value = 0;
      for (let i = from; i < end; i++) this.#value = this.#value * 10 + bytes[i] - ZERO;
    }
    return end;
  }

  #endOfAddress(bytes: Uint8Array, view: DataView, from: number, to: number): number {
    const end = to - from >= IPV4_BYTES ? endOfIpv4Ahead(view, from) : endOfIpv4(bytes, from, to);
    this.#value = 4;
    if (end > 0) return end;
    const word = endOfWord(view, from, to);
    this.#value = ipVersion(bytes, from, word);
    return this.#value === 0 ? MISFIT : word;
  }

  #endOfAccount(bytes: Uint8Array, view: DataView, from: number, to: number): number {
    const end = endOfDigits(view, from, to);
    this.#value = end > from ? 0 : -1;
    if (end > from) return end;
    return startsWith(bytes, from, to, UNKNOWN) ? from + UNKNOWN.length : MISFIT;
  }

  #endOfAction(bytes: Uint8Array, from: number, to: number): number {
    const accepted = startsWith(bytes, from, to, ACCEPT);
    this.#value = accepted ? 1 : 0;
    return accepted || startsWith(bytes, from, to, REJECT) ? from + ACCEPT.length : MISFIT;
  }
}

/** A whole number as JSON writes it: digits, no leading zero. */
function endOfInteger(bytes: Uint8Array, view: DataView, from: number, to: number, maxDigits: number): number {
  const end = endOfDigits(view, from, to);
  return end - from > maxDigits || (bytes[from] === ZERO && end > from + 1) ? MISFIT : end;
}

function endOfStatus(bytes: Uint8Array, view: DataView, from: number, to: number): number {
  const end = endOfWord(view, from, to);
  for (let i = 0; i < STATUSES.length; i++) if (equals(bytes, from, end, STATUSES[i])) return end;
  return MISFIT;
}

/**
 * The position after a word, before the first blank or control character. The view has four readable bytes behind `to`; four are looked at in one step
 * (the `hasless` test of Bit Twiddling Hacks).
 */
export function endOfWord(view: DataView, from: number, to: number): number {
  for (let i = from; i < to; i += 4) {
    const word = view.getInt32(i, true);
    const stops = (word - 0x21212121) & ~word & 0x80808080;
    if (stops !== 0) return Math.min(to, i + ((31 - Math.clz32(stops & -stops)) >> 3));
  }
  return to;
}

function endOfSpace(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  while (i < to && bytes[i] <= SPACE) i++;
  return i;
}
