import { pathId } from "../event/field-path.ts";
import type { RecordBatch } from "../event/record-batch.ts";
import { isLevel, LONGEST_LEVEL, SHORTEST_LEVEL } from "./level-names.ts";
import type { Parser } from "./parser.ts";
import { isPlausible, TimeReader } from "./timestamp.ts";

/** Time and level stand at the beginning of a line; what comes later is prose. */
const HEAD_BYTES = 128;

const NEWLINE = 10;
const RETURN = 13;
const ESCAPE = 27;
const SPACE = 32;
const MINUS = 45;
const SLASH = 47;
const COLON = 58;
const EQUALS = 61;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;

const OTHER = 0;
const DIGIT = 1;
const UPPER = 2;
const LOWER = 3;

/** By byte: what it is in a word. */
const CLASS = new Uint8Array(256).fill(DIGIT, 48, 58).fill(UPPER, 65, 91).fill(LOWER, 97, 123);

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
      const kind = CLASS[bytes[i]];
      if (kind === OTHER) {
        i = bytes[i] === ESCAPE ? endOfColour(bytes, i, head) : i + 1;
        continue;
      }
      const next = needsTime && kind !== LOWER ? this.#readTime(batch, record, bytes, i, end) : i;
      if (next > i) {
        needsTime = false;
        // The common log format is that of access logs, which have no level.
        needsLevel &&= bytes[i + 2] !== SLASH;
        i = next;
        continue;
      }
      const wordEnd = endOfWord(bytes, i, end);
      if (needsLevel && isLevelAt(bytes, i, wordEnd, from, end, isFirst)) {
        batch.addText(record, LEVEL, i, wordEnd);
        needsLevel = false;
      }
      isFirst &&= kind === DIGIT;
      i = wordEnd;
    }
  }

  /** Sets the record's time when one begins at `at`; the position after it, or `at`. */
  #readTime(batch: RecordBatch, record: number, bytes: Buffer, at: number, to: number): number {
    const carrier = batch.time[record];
    let time: number;
    if (CLASS[bytes[at]] !== DIGIT) time = this.#time.monthFirst(bytes, at, to, carrier);
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

/** The position after a colour for terminals, such as `ESC[32m`. */
function endOfColour(bytes: Uint8Array, from: number, to: number): number {
  let i = from + 1;
  while (i < to && CLASS[bytes[i]] < UPPER) i++;
  return i + 1;
}

function endOfWord(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  while (i < to && CLASS[bytes[i]] !== OTHER) i++;
  return i;
}

/** Whether a word is a level's name and meant as one: in capitals, in brackets or after "=", or as the first word before ":". */
function isLevelAt(bytes: Uint8Array, from: number, to: number, start: number, end: number, isFirst: boolean): boolean {
  if (to - from < SHORTEST_LEVEL || to - from > LONGEST_LEVEL) return false;
  const before = from > start ? bytes[from - 1] : SPACE;
  const after = to < end ? bytes[to] : SPACE;
  const isMeant =
    CLASS[bytes[from + 1]] === UPPER ||
    (after === CLOSE_BRACKET && (before === OPEN_BRACKET || before === COLON)) ||
    before === EQUALS ||
    (isFirst && after === COLON);
  return isMeant && isLevel(bytes, from, to);
}
