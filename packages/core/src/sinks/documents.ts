import type { RecordBatch } from "../event/record-batch.ts";

/**
 * The documents of some records end to end, each with its newline. Where they lie so in the batch already, as they do when all records go to one
 * sink, that span itself is returned: like all of a batch it is valid during the write call only.
 */
export function joinDocuments(batch: RecordBatch, records: readonly number[]): Buffer {
  const { documents } = batch;
  const runs = runsOf(batch, records);
  if (runs.length === 2) return documents.subarray(runs[0], runs[1]);
  let length = 0;
  for (let i = 0; i < runs.length; i += 2) length += runs[i + 1] - runs[i];
  const joined = Buffer.allocUnsafe(length);
  let at = 0;
  for (let i = 0; i < runs.length; i += 2) at += documents.copy(joined, at, runs[i], runs[i + 1]);
  return joined;
}

/** Starts and ends, by turns, of the longest spans that hold the documents in their order. */
function runsOf({ documentStart, documentEnd }: RecordBatch, records: readonly number[]): number[] {
  const runs: number[] = [];
  let start = 0;
  let end = -1;
  for (const record of records) {
    if (documentStart[record] !== end) {
      if (end >= 0) runs.push(start, end);
      start = documentStart[record];
    }
    end = documentEnd[record];
  }
  if (end >= 0) runs.push(start, end);
  return runs;
}
