import { datasetName } from "./dataset.ts";
import { pathAncestors, pathId, pathName, WHOLE_DOCUMENT } from "./field-path.ts";
import { literalValue } from "./literals.ts";
import { KIND_BITS, Kind, kindOf, type RecordBatch } from "./record-batch.ts";

const DAY_MS = 86_400_000;
const TIMESTAMP = pathId("@timestamp");
const DATASET = pathId("event.dataset");
const BELFRY_ID = pathId("belfry.id");

/**
 * The value of a record's field as JSON would give it: string, number, boolean, null, array or object; undefined when it has none. A path
 * inside a raw object (`app.user.id`) is looked up in it.
 */
export function readField(batch: RecordBatch, record: number, path: number): unknown {
  const row = batch.rowOf(record, path);
  if (row >= 0) return valueAt(batch, record, row);
  if (path === TIMESTAMP) return timestampOf(batch, record);
  if (path === DATASET) return batch.dataset[record] === 0 ? undefined : datasetName(batch.dataset[record]);
  if (path === BELFRY_ID) return batch.idOf(record);
  const constant = batch.streamFor(record).get(path);
  if (constant !== undefined) return constant;
  return insideRaw(batch, record, path);
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

function rawValue(bytes: Buffer, from: number, to: number): unknown {
  return JSON.parse(bytes.toString("utf8", from, to));
}

function timestampOf(batch: RecordBatch, record: number): string | undefined {
  const time = batch.time[record];
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

function insideRaw(batch: RecordBatch, record: number, path: number): unknown {
  const above = pathAncestors(path);
  for (let row = batch.rowsTo[record] - 1; row >= batch.rowsFrom[record]; row--) {
    const code = batch.code[row];
    const kind = kindOf(code);
    if (kind !== Kind.raw && kind !== Kind.derived) continue;
    const root = code >>> KIND_BITS;
    if (root !== WHOLE_DOCUMENT && !above.includes(root)) continue;
    const rest = root === WHOLE_DOCUMENT ? pathName(path) : pathName(path).slice(pathName(root).length + 1);
    return step(valueAt(batch, record, row), rest.split("."));
  }
  return undefined;
}

/**
 * Walks into a value by keys; on the way through an array it collects what its elements hold, and a key that holds dots itself is found by its
 * whole name: both as EventBridge patterns see an event.
 */
function step(value: unknown, keys: readonly string[]): unknown {
  if (keys.length === 0) return value;
  if (Array.isArray(value)) {
    const found = value.map((element) => step(element, keys)).filter((element) => element !== undefined);
    return found.length === 0 ? undefined : found.flat();
  }
  if (typeof value !== "object" || value === null) return undefined;
  for (let length = 1; length <= keys.length; length++) {
    const key = keys.slice(0, length).join(".");
    if (!Object.hasOwn(value, key)) continue;
    const found = step((value as Record<string, unknown>)[key], keys.slice(length));
    if (found !== undefined) return found;
  }
  return undefined;
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
