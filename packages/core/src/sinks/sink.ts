import type { QuarantineEntry } from "../event/quarantine-entry.ts";
import type { RecordBatch } from "../event/record-batch.ts";

export type { QuarantineEntry } from "../event/quarantine-entry.ts";

/** What a sink may use of its invocation. */
export interface WriteContext {
  /** Aborts what is under way when the invocation has to answer; what is unsettled then is to be retried with the reason "deadline". */
  readonly signal: AbortSignal;
}

/**
 * A destination. `write` settles each of the given records in `batch.fates.sink(name)`: delivered, quarantined or retry; it never throws for
 * what a service or the network does. The batch's memory is used again afterwards, so nothing of it may be kept.
 */
export interface Sink {
  readonly name: string;
  write(batch: RecordBatch, records: readonly number[], context: WriteContext): Promise<void>;
}

/** Where quarantined records are kept, encrypted: an S3 bucket in AWS, a folder locally. `put` raises when it could not keep them all. */
export interface Quarantine {
  put(entries: readonly QuarantineEntry[]): Promise<void>;
}
