import { mkdir, open } from "node:fs/promises";
import path from "node:path";
import type { Clock } from "../platform/clock.ts";
import { DEADLINE } from "./attempts.ts";
import { type Compression, compress, fileExtension } from "./compression.ts";
import { joinDocuments } from "./documents.ts";
import { failureWord } from "./failure.ts";
import { hourPartition } from "./partition.ts";
import type { Sink } from "./sink.ts";

export interface FileOptions {
  readonly name: string;
  readonly clock: Clock;
  /** The file that takes what arrives at a time, epoch milliseconds. */
  readonly pathAt: (timeMs: number) => string;
  readonly compression?: Compression;
}

/**
 * Appends the documents as JSON lines to a file; compressed ones as one gzip member or zstd frame for each write call, which readers take for
 * one stream. They are delivered when the file has them. What a failed write left behind is cut off again, and its records are to be retried.
 */
export function fileSink(options: FileOptions): Sink {
  const { name, clock, pathAt, compression } = options;
  // One write after the other, so that two calls never mix their bytes.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
  return {
    name,
    async write(batch, records, { signal }) {
      if (records.length === 0) return;
      const fates = batch.fates.sink(name);
      const joined = joinDocuments(batch, records);
      try {
        const bytes = compression === undefined ? joined : await compress(joined, compression);
        await inTurn(async () => {
          signal.throwIfAborted();
          await append(pathAt(clock.now()), bytes);
        });
        for (const record of records) fates.delivered(record);
      } catch (thrown) {
        const reason = signal.aborted ? DEADLINE : `file ${failureWord(thrown)}`;
        for (const record of records) fates.retry(record, reason);
      }
    },
  };
}

/**
 * The archive in a folder, laid out as in S3: `<directory>/dt=2026-11-22/hour=03/<run>.ndjson.gz`. `run` names this process's own files, so
 * that none is written by two.
 */
export function archivePath(directory: string, run: string, compression: Compression): (timeMs: number) => string {
  return (timeMs) => path.join(directory, hourPartition(timeMs), run + fileExtension(compression));
}

async function append(file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const handle = await open(file, "a");
  try {
    const { size } = await handle.stat();
    try {
      await handle.appendFile(bytes);
    } catch (thrown) {
      // Where even that fails, the first error is the one to report.
      await handle.truncate(size).catch(() => undefined);
      throw thrown;
    }
  } finally {
    await handle.close();
  }
}
