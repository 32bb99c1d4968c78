import { Readable } from "node:stream";
import type { Config } from "@belfry/core/config/schema";
import type { Pipeline } from "@belfry/core/pipeline";
import type { Pace } from "@belfry/core/platform/pace";
import type { Sink } from "@belfry/core/sinks/sink";
import { fileSource } from "./file-source.ts";

import type { RecordFilter } from "./record-filter.ts";

export interface ArchiveReplay {
  /** Documents as JSON texts, each id once. */
  readonly documents: AsyncIterable<string>;
  readonly pipeline: Pipeline;
  readonly sink: Sink;
  readonly config: Pick<Config, "limits" | "streams">;
  readonly pace: Pace;
  readonly filter: RecordFilter;
  readonly signal: AbortSignal;
}

/** Sends documents of an archive to one sink: as they stand, under the ids that they have. Returns how many. */
export async function replayArchive(replay: ArchiveReplay): Promise<number> {
  let portion: string[] = [];
  let count = 0;
  const send = async (): Promise<void> => {
    const lines = portion;
    portion = [];
    count += lines.length;
    await sendPortion(lines, replay);
    await replay.pace.took(lines.length, replay.signal);
  };
  for await (const document of replay.documents) {
    if (replay.signal.aborted) return count;
    if (!replay.filter(JSON.parse(document))) continue;
    portion.push(document);
    if (portion.length >= replay.pace.piece) await send();
  }
  if (portion.length > 0) await send();
  return count;
}

async function sendPortion(lines: readonly string[], { pipeline, sink, config, signal }: ArchiveReplay): Promise<void> {
  const body = Readable.from([Buffer.from(`${lines.join("\n")}\n`)]);
  const source = fileSource({ name: "archive", version: "", body }, config);
  await pipeline.run(source, { signal, deliverTo: sink });
}
