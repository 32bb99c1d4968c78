import { pathId } from "../event/field-path.ts";
import type { RecordBatch } from "../event/record-batch.ts";
import { isLevel } from "./level-names.ts";
import type { Parser } from "./parser.ts";
import { isDigit, isPlausible, TimeReader } from "./timestamp.ts";

/** Time and level stand at the beginning of a line; what comes later is prose. */
const HEAD_BYTES = 128;

const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const MINUS = 45;
const SLASH = 47;
const COLON = 58;
const EQUALS = 61;
const UPPER_A = 65;
const UPPER_Z = 90;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const LOWER = 32;
const LOWER_A = 97;
const LOWER_Z = 122;

const MESSAGE = pathId("message");
const LEVEL = pathId("log.level");

/** Finds the time and the level at the head of a line of any framework, and adds the line as `message`. */
export class LineReader {
  readonly #time = new TimeReader();

  /** Adds the fields of the text in bytes [from, to) of the record; a line break at its end is left out. */
  read(batch: RecordBatch, record: number, from: number, to: number): void {
    const bytes = batch.bytesOf(record);
    const end = endOfText(bytes, from, to);
    batch.addText(record, MESSAGE, from, end);
    const head = Math.min(end, from + HEAD_BYTES);
    let needsTime = true;
    let needsLevel = true;
    let isFirst = true;
    for (let i = from; i < head && (needsTime || needsLevel); ) {
      const byte = bytes[i];
      const next = needsTime && (isDigit(byte) || isUpper(byte)) ? this.#readTime(batch, record, bytes, i, end) : i;
      if (next > i) {
        needsTime = false;
        i = next;
      } else if (isLetter(byte)) {
        const wordEnd = endOfWord(bytes, i, end);
        if (needsLevel && isLevel(bytes, i, wordEnd) && isWritten(bytes, i, wordEnd, from, end, isFirst)) {
          batch.addText(record, LEVEL, i, wordEnd);
          needsLevel = false;
        }
        i = wordEnd;
        isFirst = false;
      } else if (isDigit(byte)) {
        i = endOfWord(bytes, i, end);
      } else i++;
    }
  }

  /** Sets the record's time when one begins at `at`; the position after it, or `at`. */
  #readTime(batch: RecordBatch, record: number, bytes: Buffer, at: number, to: number): number {
    const carrier = batch.time[record];
    let time: number;
    if (!isDigit(bytes[at])) time = this.#time.monthFirst(bytes, at, to, carrier);
    else if (bytes[at + 4] === MINUS || bytes[at + 4] === SLASH) time = this.#time.iso(bytes, at, to);
    else if (bytes[at + 2] === SLASH) time = this.#time.commonLog(bytes, at, to);
    else return at;
    if (!isPlausible(time, carrier)) return at;
    batch.setTime(record, time);
    return this.#time.end;
  }
}

/** Any text: the line as `message`, with the time and the level at its head. It takes every record. */
export class TextParser implements Parser {
  readonly dataset = "app.text";
  readonly #line = new LineReader();

  parse(batch: RecordBatch, record: number): boolean {
    this.#line.read(batch, record, batch.start[record], batch.end[record]);
    return true;
  }
}

/** The end of a text without the line breaks at its end. */
export function endOfText(bytes: Uint8Array, from: number, to: number): number {
  let end = to;
  while (end > from && (bytes[end - 1] === NEWLINE || bytes[end - 1] === RETURN)) end--;
  return end;
}

/** The position after letters and digits. */
export function endOfWord(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  while (i < to && (isLetter(bytes[i]) || isDigit(bytes[i]))) i++;
  return i;
}

/** Whether the name of a level is meant as one: in capitals, in brackets or after "=", or as the first word before ":". */
function isWritten(bytes: Uint8Array, from: number, to: number, start: number, end: number, isFirst: boolean): boolean {
  if (isUpper(bytes[from]) && isUpper(bytes[from + 1])) return true;
  const before = from > start ? bytes[from - 1] : SPACE;
  const after = to < end ? bytes[to] : SPACE;
  if (after === CLOSE_BRACKET) return before === OPEN_BRACKET || before === COLON;
  return before === EQUALS || (isFirst && after === COLON);
}

function isLetter(byte: number): boolean {
  return (byte | LOWER) >= LOWER_A && (byte | LOWER) <= LOWER_Z;
}

function isUpper(byte: number): boolean {
  return byte >= UPPER_A && byte <= UPPER_Z;
}
