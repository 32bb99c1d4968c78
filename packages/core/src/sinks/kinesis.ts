import { ID_LENGTH } from "../event/record-id.ts";
import type { PackLimits } from "./packing.ts";
import { type PutRecordsOptions, putRecordsSink } from "./put-records.ts";
import type { Sink } from "./sink.ts";

/** A record's data and partition key together, unless the stream is set to take more. https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
const MAX_RECORD_BYTES = 1024 * 1024;

/**
 * What PutRecords takes: 500 records a call, and 5 MiB. The service takes 10 MiB by now, but a shard takes 1 MiB a second, so a larger call
 * would only be throttled. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
 *
 * Documents are packed to 100 KiB: a shard takes 1,000 records a second, and billing is by 25 KiB units, so one document a record would waste most of
 * both; yet a consumer that fails on a record repeats only so much.
 */
export const KINESIS_LIMITS: PackLimits = {
  maxRecordBytes: 100 * 1024,
  maxDocumentBytes: MAX_RECORD_BYTES - ID_LENGTH,
  maxRecords: 500,
  maxCallBytes: 5 * 1024 * 1024,
  overheadBytes: ID_LENGTH,
};

/**
 * Delivers to a Kinesis data stream for user code. Each stream record holds JSON lines, one document each; its partition key is the id of the first
 * one, so records spread over all shards. It only appends: what is sent twice is there twice, with one id.
 */
export function kinesisSink(options: PutRecordsOptions): Sink {
  return putRecordsSink({ word: "kinesis", limits: KINESIS_LIMITS }, options);
}
