import { datasetName } from "./dataset.ts";
import { ECS } from "./encode-plan.ts";
import { pathAncestors, pathId, pathName, WHOLE_DOCUMENT } from "./field-path.ts";
import { literalValue } from "./literals.ts";
import { ABSENT, endOfRaw, findRawMember, UNSURE } from "./raw-member.ts";
import { KIND_BITS, Kind, kindOf, type RecordBatch } from "./record-batch.ts";

const DAY_MS = 86_400_000;
const TIMESTAMP = pathId("@timestamp");
const DATASET = pathId("event.dataset");
const BELFRY_ID = pathId("belfry.id");
const ECS_VERSION = pathId("ecs.version");

/**
 * The value of a record's field as its finished document has it: string, number, boolean, null, array or object; undefined when it has none. A path
 * inside an object (`app.user.id`) is looked up in it, and a field below another field's path is not there, since it is not written.
 */
export function readField(batch: RecordBatch, record: number, path: number): unknown {
  const first = batch.rowsFrom[record];
  const end = batch.rowsTo[record];
  if (first < end && batch.code[first] >>> KIND_BITS === WHOLE_DOCUMENT) {
    return insideRow(batch, record, first, path);
  }
  const above = pathAncestors(path);
  if (!hasAny(batch, above)) {
    const row = batch.rowOf(record, path);
    return row >= 0 ? valueAt(batch, record, row) : fieldOfAll(batch, record, path);
  }
  const [top = -1, next = -1] = above;
  let row = -1;
  let outermost = Number.MAX_SAFE_INTEGER;
  let outermostRow = -1;
  for (let i = end - 1; i >= first; i--) {
    const code = batch.code[i];
    const other = code >>> KIND_BITS;
    if (kindOf(code) === Kind.none || other > path) continue;
    if (other === path) row = Math.max(row, i);
    else if (other < outermost && (other === top || other === next || (above.length > 2 && above.includes(other)))) {
      outermost = other;
      outermostRow = i;
    }
  }
  if (outermostRow >= 0) return insideRow(batch, record, outermostRow, path);
  return row >= 0 ? valueAt(batch, record, row) : fieldOfAll(batch, record, path);
}

function hasAny(batch: RecordBatch, paths: readonly number[]): boolean {
  for (let i = 0; i < paths.length; i++) if (batch.hasPath(paths[i])) return true;
  return false;
}

/** The value of a field that every record has, or every record of a stream. */
function fieldOfAll(batch: RecordBatch, record: number, path: number): unknown {
  switch (path) {
    case TIMESTAMP:
      return timestampOf(batch, record);
    case DATASET:
      return batch.dataset[record] === 0 ? undefined : datasetName(batch.dataset[record]);
    case BELFRY_ID:
      return batch.idOf(record);
    case ECS_VERSION:
      return ECS;
    default:
      return batch.streamFor(record).get(path);
  }
}

/** The value of one field row. */
function valueAt(batch: RecordBatch, record: number, row: number): unknown {
  const a = batch.a[row];
  const b = batch.b[row];
  switch (kindOf(batch.code[row])) {
    case Kind.raw:
      return rawValue(batch.bytesOf(record), a, b);
    case Kind.string:
      return stringValue(batch.bytesOf(record), a, b, batch.clean[record] === 1);
    case Kind.text:
      return batch.bytesOf(record).toString("utf8", a, b);
    case Kind.time:
      return new Date(a * DAY_MS + b).toISOString();
    case Kind.number:
      return a;
    case Kind.literal:
      return literalValue(a);
    case Kind.derived:
      return batch.derived[a];
    default:
      return undefined;
  }
}

const BACKSLASH = 92;

function stringValue(bytes: Buffer, from: number, to: number, clean: boolean): string {
  const text = bytes.toString("utf8", from, to);
  if (clean || bytes.subarray(from, to).indexOf(BACKSLASH) < 0) return text;
  return JSON.parse(`"${text}"`) as string;
}

// Integers of so many digits are exact.
const MAX_DIGITS = 15;
const ZERO = 48;
const NINE = 57;

function rawValue(bytes: Buffer, from: number, to: number): unknown {
  if (to - from <= MAX_DIGITS && bytes[from] > ZERO && bytes[from] <= NINE) {
    let value = 0;
    let i = from;
    for (; i < to && bytes[i] >= ZERO && bytes[i] <= NINE; i++) value = value * 10 + bytes[i] - ZERO;
    if (i === to) return value;
  }
  return JSON.parse(bytes.toString("utf8", from, to));
}

function timestampOf(batch: RecordBatch, record: number): string | undefined {
  const time = batch.time[record];
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/** What stands at a path in the value of a row above it. */
function insideRow(batch: RecordBatch, record: number, row: number, path: number): unknown {
  const code = batch.code[row];
  const keys = keysBelow(code >>> KIND_BITS, path);
  if (kindOf(code) === Kind.raw) {
    const bytes = batch.bytesOf(record);
    const at = findRawMember(bytes, batch.a[row], keys.bytes);
    if (at === ABSENT) return undefined;
    if (at !== UNSURE) return rawValue(bytes, at, endOfRaw(bytes, at));
  }
  return insideOf(valueAt(batch, record, row), keys.texts);
}

/** The keys that lead from one path to another below it. */
interface Keys {
  readonly texts: readonly string[];
  readonly bytes: readonly Uint8Array[];
}

const keysByPaths = new Map<number, Map<number, Keys>>();

/** Made once for each pair of paths, of which there are as few as rules name. */
function keysBelow(root: number, path: number): Keys {
  let byRoot = keysByPaths.get(path);
  if (byRoot === undefined) {
    byRoot = new Map();
    keysByPaths.set(path, byRoot);
  }
  let keys = byRoot.get(root);
  if (keys === undefined) {
    const rest = root === WHOLE_DOCUMENT ? pathName(path) : pathName(path).slice(pathName(root).length + 1);
    const texts = rest.split(".");
    keys = { texts, bytes: texts.map((text) => Buffer.from(text)) };
    byRoot.set(root, keys);
  }
  return keys;
}

/**
 * What stands at a path in a value, as EventBridge patterns see events: through an array it is an array of what the elements have there, and a key that
 * holds dots itself counts like keys in one another.
 */
function insideOf(value: unknown, keys: readonly string[]): unknown {
  const found: unknown[] = [];
  const isPlain = collect(value, keys, found);
  if (found.length === 0) return undefined;
  return isPlain && found.length === 1 ? found[0] : found.flat();
}

/** Adds what stands at the keys' path to `found`; false when there was an array on the way. */
function collect(value: unknown, keys: readonly string[], found: unknown[]): boolean {
  if (keys.length === 0) {
    found.push(value);
    return true;
  }
  if (Array.isArray(value)) {
    for (const element of value) collect(element, keys, found);
    return false;
  }
  if (typeof value !== "object" || value === null) return true;
  let isPlain = true;
  for (let length = 1; length <= keys.length; length++) {
    const key = keys.slice(0, length).join(".");
    if (!Object.hasOwn(value, key)) continue;
    isPlain = collect((value as Record<string, unknown>)[key], keys.slice(length), found) && isPlain;
  }
  return isPlain;
}

/** All fields of a record by path, later ones over earlier ones, constants of its stream included: for tools and tests. */
export function readFields(batch: RecordBatch, record: number): Map<string, unknown> {
  const fields = new Map<string, unknown>();
  const stream = batch.streamFor(record).rendered();
  for (const path of stream.paths) fields.set(pathName(path), batch.streamFor(record).get(path));
  for (const path of [TIMESTAMP, DATASET, BELFRY_ID]) {
    const value = readField(batch, record, path);
    if (value !== undefined) fields.set(pathName(path), value);
  }
  for (let row = batch.rowsFrom[record]; row < batch.rowsTo[record]; row++) {
    if (batch.code[row] !== Kind.none) fields.set(pathName(batch.code[row] >>> KIND_BITS), valueAt(batch, record, row));
  }
  return fields;
}
