import { rm } from "node:fs/promises";
import type { Pipeline } from "@belfry/core/pipeline";
import type { Pace } from "@belfry/core/platform/pace";
import { type QuarantineFile, type QuarantineFolder, readQuarantine } from "@belfry/core/sinks/quarantine-folder";
import type { Quarantine, QuarantineEntry, Sink } from "@belfry/core/sinks/sink";
import type { Source } from "@belfry/core/sources/source";
import { type EntryWorld, isRecord, itemSource, recordsSource } from "./entry-source.ts";

import type { RecordFilter } from "./record-filter.ts";

export interface QuarantineReplay {
  readonly folder: QuarantineFolder;
  readonly pipeline: Pipeline;
  readonly sinks: readonly Sink[];
  readonly quarantine: Quarantine;
  readonly world: EntryWorld;
  readonly pace: Pace;
  readonly filter: RecordFilter;
  /** Leaves the quarantine as it is. */
  readonly dryRun: boolean;
}

/** How many entries there were, by what was done with them. */
export interface ReplayCounts {
  replayed: number;
  /** The same record for the same sink as another entry, from a batch that was delivered more than once: taken out with that one. */
  repeated: number;
  /** Not wanted by the filter. */
  passedOver: number;
  /** By the sink that is not there. */
  readonly waiting: Map<string, number>;
}

/**
 * Sends the entries of a quarantine through the pipeline again. What a sink refused goes to that sink alone, since the others have it. Entries that
 * are settled then are taken out of their file; what is refused again is in the quarantine anew, with its new reason.
 */
export async function replayQuarantine(replay: QuarantineReplay): Promise<ReplayCounts> {
  const counts: ReplayCounts = { replayed: 0, repeated: 0, passedOver: 0, waiting: new Map() };
  const done = new Set<string>();
  for await (const file of readQuarantine(replay.folder)) {
    if (replay.world.signal.aborted) break;
    const settled = await replayFile(file, replay, counts, done);
    if (!replay.dryRun) await takeOut(file, settled, replay.quarantine);
  }
  return counts;
}

/** Replays what is wanted of a file; returns the entries that are settled. `done` knows the records that were settled before. */
async function replayFile(
  file: QuarantineFile,
  replay: QuarantineReplay,
  counts: ReplayCounts,
  done: Set<string>,
): Promise<Set<QuarantineEntry>> {
  const wanted = file.entries.filter((entry) => replay.filter(entryDocument(entry)));
  counts.passedOver += file.entries.length - wanted.length;
  const settled = new Set(wanted.filter((entry) => done.has(keyOf(entry))));
  counts.repeated += settled.size;
  const left = wanted.filter((entry) => !settled.has(entry));
  for (const [name, entries] of Map.groupBy(left, (entry) => entry.sink)) {
    const sink = replay.sinks.find((known) => known.name === name);
    if (name !== undefined && sink === undefined) {
      counts.waiting.set(name, (counts.waiting.get(name) ?? 0) + entries.length);
      continue;
    }
    for (const portion of portionsOf(entries, replay)) {
      for (const entry of await replayPortion(portion, sink, replay)) settled.add(entry);
      counts.replayed += portion.of.length;
    }
  }
  for (const entry of settled) done.add(keyOf(entry));
  return settled;
}

function keyOf({ sink = "", id }: QuarantineEntry): string {
  return `${sink} ${id}`;
}

/** The entries that need not come again. */
async function replayPortion(
  { source, of }: Portion,
  sink: Sink | undefined,
  replay: QuarantineReplay,
): Promise<readonly QuarantineEntry[]> {
  const { signal } = replay.world;
  if (signal.aborted) return [];
  const outcome = await replay.pipeline.run(source, sink === undefined ? { signal } : { signal, deliverTo: sink });
  await replay.pace.took(of.length, signal);
  return of.filter((_, i) => !outcome.itemsToRetry.includes(source.items[i]?.id));
}

interface Portion {
  readonly source: Source;
  /** The entries, in the order of the source's items. */
  readonly of: readonly QuarantineEntry[];
}

function* portionsOf(entries: readonly QuarantineEntry[], { world, pace }: QuarantineReplay): Generator<Portion> {
  const records = entries.filter(isRecord);
  for (let at = 0; at < records.length; at += pace.piece) {
    const of = records.slice(at, at + pace.piece);
    yield { source: recordsSource(of), of };
  }
  for (const entry of entries) if (!isRecord(entry)) yield { source: itemSource(entry, world), of: [entry] };
}

/** Takes settled entries out of a file. What stays is written before the file goes, so that nothing is lost in between. */
async function takeOut(
  { path, entries }: QuarantineFile,
  settled: ReadonlySet<QuarantineEntry>,
  quarantine: Quarantine,
): Promise<void> {
  if (settled.size === 0) return;
  const left = entries.filter((entry) => !settled.has(entry));
  if (left.length > 0) await quarantine.put(left);
  await rm(path);
}

/** An entry under the names that documents have, for filters. */
function entryDocument({ id, reason, sink, origin, resource, time, original }: QuarantineEntry): object {
  const { account, region, logGroup, logStream, object, stream } = resource;
  return {
    ...(time === undefined ? {} : { "@timestamp": new Date(time).toISOString() }),
    belfry: { id },
    reason,
    sink,
    origin,
    cloud: { account: { id: account }, region },
    aws: {
      cloudwatch: { log_group: logGroup, log_stream: logStream },
      kinesis: { name: stream },
      s3: { bucket: { name: object?.bucket }, object: { key: object?.key } },
    },
    message: Buffer.from(original).toString("utf8"),
  };
}
