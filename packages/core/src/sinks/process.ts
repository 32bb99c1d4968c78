import type { Resource } from "../event/resource.ts";
import { messageOf } from "../platform/errors.ts";
import type { Sink } from "./sink.ts";

/** One log record as a user's own function gets it: parsed, enriched, redacted. */
export interface ProcessRecord {
  /** The same on every delivery of the record: use it to tell a repeat. */
  readonly id: string;
  readonly message: string;
  /** Epoch milliseconds; NaN when unknown. */
  readonly time: number;
  readonly resource: Resource;
  /** The ECS document. */
  readonly document: Readonly<Record<string, unknown>>;
}

/** What a user's function may say of a record that it did not take; records it does not name are done. */
export interface ProcessResult {
  readonly id: string;
  /** `retry`: bring it again; `reject`: no retry mends it, keep it in the quarantine. */
  readonly outcome: "retry" | "reject";
  readonly reason: string;
}

/**
 * A user's own function on log records, exported as `process` by the module that `process.entry` names. It gets records a window at a time;
 * raising an error has the whole window brought again.
 */
export type Process = (
  records: readonly ProcessRecord[],
  context: { readonly signal: AbortSignal },
) => Promise<readonly ProcessResult[] | undefined> | readonly ProcessResult[] | undefined;

/** The sink that hands records to a user's function. */
export function processSink(process: Process, name = "process"): Sink {
  return {
    name,
    write: async (batch, records, { signal }) => {
      const fates = batch.fates.sink(name);
      const given = records.map((record) => ({
        id: batch.idOf(record),
        message: batch.messageOf(record),
        time: batch.time[record],
        resource: batch.streamFor(record).resource,
        document: JSON.parse(batch.documentOf(record)) as Record<string, unknown>,
      }));
      try {
        const results = new Map((await process(given, { signal }))?.map((result) => [result.id, result]));
        for (const [i, record] of records.entries()) {
          const result = results.get(given[i].id);
          if (result === undefined) fates.delivered(record);
          else if (result.outcome === "retry") fates.retry(record, `process: ${result.reason}`);
          else fates.quarantine(record, `process: ${result.reason}`);
        }
      } catch (error) {
        for (const record of records) fates.retry(record, `process failed: ${messageOf(error)}`);
      }
    },
  };
}
