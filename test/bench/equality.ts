import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { FOLDER, type StoredWorkload } from "./measure.ts";
import type { Worker } from "./workers.ts";

type Json = Record<string, unknown>;

interface Entry {
  /** What the bulk action says besides the document; empty in the archive. */
  readonly action: Json;
  readonly line: string;
}

/** Documents by id. */
type Documents = ReadonlyMap<string, Entry>;

/** What one side would have sent, as text, and what it counted. */
export interface Sent {
  readonly bulk: string;
  readonly archive: string;
  readonly received: number;
  readonly dropped: Readonly<Record<string, number>>;
}

/** Lets the product and the reference work on the same event and compares what each would have sent; the first difference as text, or undefined. */
export async function firstDifference(
  product: Worker,
  reference: Worker,
  { set, file }: StoredWorkload,
): Promise<string | undefined> {
  const sides = [];
  for (const worker of [product, reference]) {
    await worker.call({ command: "load", set, file });
    sides.push(await sentBy(worker, set));
  }
  const [ours, expected] = sides;
  const difference = differenceOf(ours, expected);
  return difference === undefined ? undefined : `${set}: ${difference}`;
}

async function sentBy(worker: Worker, set: string): Promise<Sent> {
  const bulkFile = resolve(FOLDER, `${worker.name}.bulk.ndjson`);
  const archiveFile = resolve(FOLDER, `${worker.name}.archive.ndjson`);
  const { received = 0, dropped = {} } = await worker.call({ command: "outputs", set, bulkFile, archiveFile });
  return { bulk: readFileSync(bulkFile, "utf8"), archive: readFileSync(archiveFile, "utf8"), received, dropped };
}

/** The first of: other counts, a missing or additional id, another index, a field with another value. The order of documents and keys does not matter. */
export function differenceOf(ours: Sent, expected: Sent): string | undefined {
  if (ours.received !== expected.received) return `received ${ours.received}, expected ${expected.received}`;
  if (!isDeepStrictEqual({ ...ours.dropped }, { ...expected.dropped })) {
    return `dropped ${JSON.stringify(ours.dropped)}, expected ${JSON.stringify(expected.dropped)}`;
  }
  const bulk = compare(readBulk(ours.bulk), readBulk(expected.bulk));
  if (bulk !== undefined) return `bulk: ${bulk}`;
  const archive = compare(readArchive(ours.archive), readArchive(expected.archive));
  return archive === undefined ? undefined : `archive: ${archive}`;
}

function compare(ours: Documents, expected: Documents): string | undefined {
  for (const [id, { action, line }] of expected) {
    const found = ours.get(id);
    if (found === undefined) return `no document ${id}; expected ${line}`;
    if (!isDeepStrictEqual(found.action, action))
      return `${id} goes to ${JSON.stringify(found.action)}, expected ${JSON.stringify(action)}`;
    if (found.line === line) continue;
    const difference = fieldDifference(JSON.parse(found.line), JSON.parse(line), "");
    if (difference !== undefined)
      return `document ${id}: ${difference}\n  ours:     ${found.line}\n  expected: ${line}`;
  }
  for (const [id, { line }] of ours) {
    if (!expected.has(id)) return `a document ${id} too many: ${line}`;
  }
  return undefined;
}

function fieldDifference(ours: unknown, expected: unknown, path: string): string | undefined {
  if (isDeepStrictEqual(ours, expected)) return undefined;
  if (!isObject(ours) || !isObject(expected)) {
    return `${path} is ${JSON.stringify(ours) ?? "absent"}, expected ${JSON.stringify(expected) ?? "absent"}`;
  }
  for (const key of new Set([...Object.keys(expected), ...Object.keys(ours)])) {
    const difference = fieldDifference(ours[key], expected[key], path === "" ? key : `${path}.${key}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function readBulk(text: string): Documents {
  const lines = linesOf(text);
  const documents = new Map<string, Entry>();
  for (let i = 0; i < lines.length; i += 2) {
    const { create } = JSON.parse(lines[i]) as { create: { _id: string } & Json };
    add(documents, create._id, create, lines[i + 1]);
  }
  return documents;
}

function readArchive(text: string): Documents {
  const documents = new Map<string, Entry>();
  for (const line of linesOf(text)) add(documents, JSON.parse(line).belfry.id, {}, line);
  return documents;
}

function add(documents: Map<string, Entry>, id: string, action: Json, line: string): void {
  if (documents.has(id)) throw new Error(`two documents have the id ${id}`);
  documents.set(id, { action, line });
}

function linesOf(text: string): string[] {
  return text.split("\n").filter(Boolean);
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
