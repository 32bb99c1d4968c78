import type { PutObject } from "../platform/clients.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import { attempt, DEADLINE, type Retrying } from "./attempts.ts";
import { type Compression, compress, fileExtension } from "./compression.ts";
import { joinDocuments } from "./documents.ts";
import { failureWord, isPassing } from "./failure.ts";
import { hourPartition, uniqueName } from "./partition.ts";
import type { Sink } from "./sink.ts";

export interface S3Options extends Retrying {
  readonly name: string;
  readonly put: PutObject;
  readonly clock: Clock;
  /** What all keys begin with: `logs/`. */
  readonly prefix: string;
  readonly compression: Compression;
  readonly logger?: Pick<Logger, "error">;
}

/**
 * Writes the documents of each write call as one compressed object of JSON lines, in the partition of the hour of arrival:
 * `<prefix>dt=2026-11-22/hour=03/<time>-<random>.ndjson.gz`. A try that is repeated writes the same object. For much traffic Firehose makes fewer,
 * larger objects.
 */
export function s3Sink(options: S3Options): Sink {
  const { name, put, clock, prefix, compression, logger } = options;
  return {
    name,
    async write(batch, records, { signal }) {
      if (records.length === 0) return;
      const fates = batch.fates.sink(name);
      const nowMs = clock.now();
      const file = uniqueName(nowMs, options.random) + fileExtension(compression);
      const object = {
        key: prefix + hourPartition(nowMs) + file,
        body: await compress(joinDocuments(batch, records), compression),
      };
      const once = async (work: readonly number[]): Promise<readonly number[]> => {
        try {
          await put(object, signal);
        } catch (thrown) {
          for (const record of work) fates.retry(record, `s3 ${failureWord(thrown)}`);
          if (isPassing(thrown)) return work;
          logger?.error("s3 refused an object: look at permissions and names", { sink: name, error: thrown });
          return [];
        }
        for (const record of work) fates.delivered(record);
        return [];
      };
      const left = await attempt(records, once, options, signal);
      if (!signal.aborted) return;
      for (const record of left) fates.retry(record, DEADLINE);
    },
  };
}
