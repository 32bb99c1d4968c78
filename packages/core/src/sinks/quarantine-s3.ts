import { entriesByReason, formatEntries } from "../event/quarantine-entry.ts";
import type { PutObject } from "../platform/clients.ts";
import type { Clock } from "../platform/clock.ts";
import { BelfryError, messageOf } from "../platform/errors.ts";
import { attempt, type Retrying } from "./attempts.ts";
import { compress, fileExtension } from "./compression.ts";
import { isPassing } from "./failure.ts";
import { hourPartition, uniqueName } from "./partition.ts";
import type { Quarantine, QuarantineEntry } from "./sink.ts";

export interface S3QuarantineOptions extends Retrying {
  readonly put: PutObject;
  readonly clock: Clock;
  /** What all keys begin with; `quarantine/` when absent. */
  readonly prefix?: string;
}

/**
 * Keeps entries in S3, encrypted by the bucket's own default: one object of JSON lines for each reason and call,
 * `quarantine/reason=<reason>/dt=2026-11-22/hour=03/<time>-<random>.ndjson.gz`. The originals in it are not redacted. Raises UNAVAILABLE when
 * not all could be kept.
 */
export function s3Quarantine(options: S3QuarantineOptions): Quarantine {
  const { clock, prefix = "quarantine/" } = options;
  return {
    async put(entries) {
      const nowMs = clock.now();
      for (const [reason, group] of entriesByReason(entries)) {
        const file = uniqueName(nowMs, options.random) + fileExtension("gzip");
        await keep(options, `${prefix}reason=${reason}/${hourPartition(nowMs)}${file}`, group);
      }
    },
  };
}

async function keep(options: S3QuarantineOptions, key: string, entries: readonly QuarantineEntry[]): Promise<void> {
  const body = await compress(Buffer.from(formatEntries(entries)), "gzip");
  let cause: unknown;
  const once = async (work: readonly string[]): Promise<readonly string[]> => {
    try {
      await options.put({ key, body });
      cause = undefined;
    } catch (thrown) {
      cause = thrown;
      if (isPassing(thrown)) return work;
    }
    return [];
  };
  await attempt([key], once, options, new AbortController().signal);
  if (cause === undefined) return;
  const text = `cannot keep ${entries.length} records in quarantine at ${key}: ${messageOf(cause)}`;
  throw new BelfryError("UNAVAILABLE", text, { cause, retryable: true });
}
