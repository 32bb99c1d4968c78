import type { PackLimits } from "./packing.ts";
import { type PutRecordsOptions, putRecordsSink } from "./put-records.ts";
import type { Sink } from "./sink.ts";

/**
 * What PutRecordBatch takes: 500 records and 4 MiB a call, 1,000 KiB a record. Firehose bills each record rounded up to 5 KB, so records are
 * packed full. https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html
 */
export const FIREHOSE_LIMITS: PackLimits = {
  maxRecordBytes: 1_024_000,
  maxDocumentBytes: 1_024_000,
  maxRecords: 500,
  maxCallBytes: 4 * 1024 * 1024,
  overheadBytes: 0,
};

export interface FirehoseOptions extends PutRecordsOptions {
  /** False for a delivery stream into OpenSearch, which takes a record for one document. True when absent. */
  readonly pack?: boolean;
}

/** Delivers to a Firehose delivery stream, which writes the JSON lines to S3 as they come. It only appends: what is sent twice is there twice, with one id. */
export function firehoseSink({ pack = true, ...options }: FirehoseOptions): Sink {
  // No two documents fit into a byte.
  const limits = pack ? FIREHOSE_LIMITS : { ...FIREHOSE_LIMITS, maxRecordBytes: 1 };
  return putRecordsSink({ word: "firehose", limits }, options);
}
