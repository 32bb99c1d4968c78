import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { FOLDER, type StoredWorkload } from "./measure.ts";
import type { Worker } from "./workers.ts";

type Json = Record<string, unknown>;

interface Destination {
  readonly name: string;
  /** Documents by id, each with where it goes. */
  readonly documents: ReadonlyMap<string, { readonly action: Json; readonly line: string }>;
}

interface Side {
  readonly name: string;
  readonly received: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly destinations: readonly Destination[];
}

/**
 * Lets the product and the reference work on the same event and compares what each would have sent: the same ids to each destination, and
 * for each id an equal document. Returns the first difference as text, or undefined.
 */
export async function firstDifference(
  product: Worker,
  reference: Worker,
  { set, file }: StoredWorkload,
): Promise<string | undefined> {
  const sides = [];
  for (const worker of [product, reference]) {
    await worker.call({ command: "load", set, file });
    sides.push(await sideOf(worker, set));
  }
  const [ours, expected] = sides;
  if (ours.received !== expected.received) return `${set}: received ${ours.received}, expected ${expected.received}`;
  if (!isDeepStrictEqual(sorted(ours.dropped), sorted(expected.dropped))) {
    return `${set}: dropped ${JSON.stringify(ours.dropped)}, expected ${JSON.stringify(expected.dropped)}`;
  }
  for (const [i, destination] of expected.destinations.entries()) {
    const difference = compare(ours.destinations[i], destination);
    if (difference !== undefined) return `${set}, ${destination.name}: ${difference}`;
  }
  return undefined;
}

async function sideOf(worker: Worker, set: string): Promise<Side> {
  const bulkFile = resolve(FOLDER, `${worker.name}.bulk.ndjson`);
  const archiveFile = resolve(FOLDER, `${worker.name}.archive.ndjson`);
  const { received = 0, dropped = {} } = await worker.call({ command: "outputs", set, bulkFile, archiveFile });
  const destinations = [
    { name: "bulk", documents: readBulk(bulkFile) },
    { name: "archive", documents: readArchive(archiveFile) },
  ];
  return { name: worker.name, received, dropped, destinations };
}

function compare(ours: Destination, expected: Destination): string | undefined {
  for (const [id, { action, line }] of expected.documents) {
    const found = ours.documents.get(id);
    if (found === undefined) return `no document ${id}; expected ${line}`;
    if (!isDeepStrictEqual(found.action, action))
      return `${id} goes to ${JSON.stringify(found.action)}, expected ${JSON.stringify(action)}`;
    if (found.line === line) continue;
    const difference = fieldDifference(JSON.parse(found.line), JSON.parse(line), "");
    if (difference !== undefined)
      return `document ${id}: ${difference}\n  ours:     ${found.line}\n  expected: ${line}`;
  }
  for (const [id, { line }] of ours.documents) {
    if (!expected.documents.has(id)) return `a document ${id} too many: ${line}`;
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

function readBulk(file: string): Destination["documents"] {
  const lines = linesOf(file);
  const documents = new Map();
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const { create } = JSON.parse(lines[i]) as { create: { _id: string } & Json };
    add(documents, create._id, create, lines[i + 1]);
  }
  return documents;
}

function readArchive(file: string): Destination["documents"] {
  const documents = new Map();
  for (const line of linesOf(file)) add(documents, JSON.parse(line).belfry.id, {}, line);
  return documents;
}

function add(documents: Map<string, { action: Json; line: string }>, id: string, action: Json, line: string): void {
  if (documents.has(id)) throw new Error(`two documents have the id ${id}`);
  documents.set(id, { action, line });
}

function linesOf(file: string): string[] {
  return readFileSync(file, "utf8").split("\n").filter(Boolean);
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sorted(tally: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(tally).sort(([x], [y]) => (x < y ? -1 : 1));
}
