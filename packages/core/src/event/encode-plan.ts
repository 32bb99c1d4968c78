import { datasetName } from "./dataset.ts";
import { pathName } from "./field-path.ts";
import { literalText } from "./literals.ts";
import { SLACK } from "./payload.ts";
import { KIND_BITS, Kind, kindOf, type RecordBatch } from "./record-batch.ts";
import type { RenderedConstants } from "./stream.ts";

/** What a step of a plan writes after its piece of fixed text. */
export const Write = {
  nothing: 0,
  raw: 1,
  text: 2,
  time: 3,
  number: 4,
  derived: 5,
  constant: 6,
  eventTime: 7,
  id: 8,
} as const;

/** Integers of one step of a plan. */
export const STEP_SIZE = 3;

/**
 * How to write all documents of one shape: the same field paths and kinds in the same order, the same constants, the same data set. Steps
 * alternate a piece of fixed text (keys, braces, literals) with one value; pieces lie end to end in `text`.
 */
export interface Plan {
  /** The rows' codes this plan is for, and which of them are literals, with their numbers; compared before a plan is used. */
  readonly codes: Int32Array;
  readonly literalRows: Int32Array;
  readonly literals: Int32Array;
  readonly dataset: number;
  readonly signature: string;
  readonly hasTime: boolean;
  /** By step three integers: where its piece of text ends, what is written (`Write`), and of which row within the record, or which constant. */
  readonly steps: Int32Array;
  readonly view: DataView;
  /** Bytes of all pieces, and of the values that have a greatest length. */
  readonly fixedBytes: number;
  /** Values that are spans of the payload. */
  readonly spans: number;
}

interface Entry {
  keys: readonly string[];
  write: number;
  source: number;
  /** The value stands in quotes, which are part of the fixed text around it. */
  quoted: boolean;
  /** JSON text for values that are fixed for the shape. */
  fixed?: string;
}

const TIMESTAMP = "@timestamp";
const DATASET = "event.dataset";
const BELFRY_ID = "belfry.id";
const ECS_VERSION = "ecs.version";

/** The version of the Elastic Common Schema whose names the fields have. https://www.elastic.co/guide/en/ecs/8.11/index.html */
export const ECS = "8.11.0";

/**
 * Makes of a plan one for a single stream, in which the stream's constants are part of the fixed text: fewer and longer copies, worth it for a
 * stream with many records.
 */
export function bakeConstants(plan: Plan, constants: RenderedConstants): Plan {
  const pieces: string[] = [];
  const write: number[] = [];
  const source: number[] = [];
  const text = Buffer.from(plan.view.buffer, plan.view.byteOffset, plan.view.byteLength);
  let piece = "";
  let start = 0;
  for (let step = 0; step < plan.steps.length; step += STEP_SIZE) {
    const [end, kind, from] = plan.steps.subarray(step, step + STEP_SIZE);
    piece += text.toString("utf8", start, end);
    start = end;
    if (kind === Write.constant) {
      piece += constants.bytes.toString("utf8", constants.start[from], constants.end[from]);
      continue;
    }
    pieces.push(piece);
    write.push(kind);
    source.push(from);
    piece = "";
  }
  return { ...plan, ...layOutPieces(pieces, write, source) };
}

/** Makes the plan for a record's shape: fields sorted by path, so that siblings stand together; of several with one path the last wins. */
export function makePlan(batch: RecordBatch, record: number, constants: RenderedConstants): Plan {
  const from = batch.rowsFrom[record];
  const to = batch.rowsTo[record];
  const hasTime = !Number.isNaN(batch.time[record]);
  const entries = sortEntries(collect(batch, record, constants, hasTime));
  const codes = batch.code.slice(from, to);
  const literalRows = Int32Array.from([...codes.keys()].filter((row) => kindOf(codes[row]) === Kind.literal));
  return {
    codes,
    literalRows,
    literals: literalRows.map((row) => batch.a[from + row]),
    dataset: batch.dataset[record],
    signature: constants.signature,
    hasTime,
    ...layOut(entries),
  };
}

function collect(
  batch: RecordBatch,
  record: number,
  constants: RenderedConstants,
  hasTime: boolean,
): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  const put = (path: string, write: number, source: number, quoted: boolean, fixed?: string): void => {
    entries.delete(path);
    entries.set(path, { keys: path.split("."), write, source, quoted, ...(fixed === undefined ? {} : { fixed }) });
  };
  put(ECS_VERSION, Write.nothing, 0, false, JSON.stringify(ECS));
  for (const [i, path] of constants.paths.entries()) put(pathName(path), Write.constant, i, false);
  if (hasTime) put(TIMESTAMP, Write.eventTime, 0, true);
  put(BELFRY_ID, Write.id, 0, true);
  put(DATASET, Write.nothing, 0, false, JSON.stringify(datasetName(batch.dataset[record])));
  for (let row = batch.rowsFrom[record]; row < batch.rowsTo[record]; row++) {
    const code = batch.code[row];
    const path = pathName(code >>> KIND_BITS);
    const source = row - batch.rowsFrom[record];
    const kind = kindOf(code);
    if (kind === Kind.literal) put(path, Write.nothing, source, false, literalText(batch.a[row]));
    else if (kind !== Kind.none) put(path, WRITE_OF[kind] ?? Write.nothing, source, QUOTED.has(kind));
  }
  return entries;
}

const WRITE_OF: Record<number, number> = {
  [Kind.raw]: Write.raw,
  [Kind.string]: Write.raw,
  [Kind.text]: Write.text,
  [Kind.time]: Write.time,
  [Kind.number]: Write.number,
  [Kind.derived]: Write.derived,
};
const QUOTED = new Set<number>([Kind.string, Kind.text, Kind.time]);

/** Sorted by keys; an entry below another entry's path (`a.b` where `a` has a value) is left out, since JSON cannot hold both. */
function sortEntries(entries: Map<string, Entry>): [string, Entry][] {
  const sorted = [...entries].sort(([, x], [, y]) => compareKeys(x.keys, y.keys));
  return sorted.filter(([path]) => !hasEntryAbove(entries, path));
}

function hasEntryAbove(entries: ReadonlyMap<string, Entry>, path: string): boolean {
  for (let dot = path.indexOf("."); dot >= 0; dot = path.indexOf(".", dot + 1)) {
    if (entries.has(path.slice(0, dot))) return true;
  }
  return false;
}

function compareKeys(x: readonly string[], y: readonly string[]): number {
  for (let i = 0; i < x.length && i < y.length; i++) {
    if (x[i] !== y[i]) return x[i] < y[i] ? -1 : 1;
  }
  return x.length - y.length;
}

type Layout = Omit<Plan, "codes" | "literalRows" | "literals" | "dataset" | "signature" | "hasTime">;

// The longest of times, numbers and ids is the id.
const MAX_SHORT_VALUE = 32;

function layOut(entries: readonly [string, Entry][]): Layout {
  const pieces: string[] = [];
  const writes: number[] = [];
  const sources: number[] = [];
  let piece = "{";
  let above: readonly string[] = [];
  let first = true;
  for (const [, entry] of entries) {
    piece += separator(above, entry.keys, first);
    first = false;
    above = entry.keys;
    if (entry.fixed !== undefined) {
      piece += entry.fixed;
      continue;
    }
    pieces.push(entry.quoted ? `${piece}"` : piece);
    writes.push(entry.write);
    sources.push(entry.source);
    piece = entry.quoted ? '"' : "";
  }
  pieces.push(`${piece}${"}".repeat(above.length)}\n`);
  writes.push(Write.nothing);
  sources.push(0);
  return layOutPieces(pieces, writes, sources);
}

function layOutPieces(pieces: readonly string[], write: readonly number[], source: readonly number[]): Layout {
  const texts = pieces.map((piece) => Buffer.from(piece));
  const steps = new Int32Array(texts.length * STEP_SIZE);
  let length = 0;
  for (const [i, text] of texts.entries()) {
    length += text.length;
    steps.set([length, write[i], source[i]], i * STEP_SIZE);
  }
  const bytes = Buffer.concat(texts, length + SLACK);
  return {
    steps,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
    spans: write.filter((kind) => kind === Write.raw || kind === Write.text).length,
    fixedBytes: bytes.length + write.length * MAX_SHORT_VALUE,
  };
}

/** What stands between two values: closing braces, comma, and the keys down to the next value. */
function separator(above: readonly string[], keys: readonly string[], first: boolean): string {
  let shared = 0;
  while (shared < above.length - 1 && shared < keys.length - 1 && above[shared] === keys[shared]) shared++;
  const close = first ? "" : "}".repeat(above.length - 1 - shared);
  const open = keys.slice(shared, -1).map((key) => `${JSON.stringify(key)}:{`);
  return `${close}${first ? "" : ","}${open.join("")}${JSON.stringify(keys.at(-1))}:`;
}
