import type { FirehoseTransformationEventRecord, FirehoseTransformationResultRecord } from "aws-lambda";
import type { RecordBatch } from "../event/record-batch.ts";
import type { Sink } from "./sink.ts";

// What a transformation may answer in all: 6 MB, less room for ids and JSON around the data.
// https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html
const MAX_ANSWER_BYTES = 6_000_000;
const RECORD_OVERHEAD_BYTES = 200;

/** The sink that a Firehose transformation delivers to: the answer itself. One for each invocation. */
export interface FirehoseAnswer extends Sink {
  /** The answer for all records that came; those in `retry` are failed, so that Firehose keeps their originals in its error prefix. */
  records(
    came: readonly FirehoseTransformationEventRecord[],
    retry: ReadonlySet<string>,
  ): FirehoseTransformationResultRecord[];
}

/** Collects documents by Firehose record. A record whose documents would make the answer too large is quarantined as a whole. */
export function firehoseAnswer(name = "firehose"): FirehoseAnswer {
  const parts = new Map<string, Buffer[]>();
  let bytes = 0;
  return {
    name,
    write: async (batch, records) => {
      const fates = batch.fates.sink(name);
      for (const record of records) {
        const document = documentBytes(batch, record);
        bytes += Math.ceil((document.length * 4) / 3);
        if (bytes > MAX_ANSWER_BYTES) {
          fates.quarantine(record, "answer over 6 MB: give the transformation a smaller buffer");
          continue;
        }
        const id = batch.itemOf(record).id;
        const documents = parts.get(id);
        if (documents === undefined) {
          parts.set(id, [document]);
          bytes += RECORD_OVERHEAD_BYTES;
        } else documents.push(document);
        fates.delivered(record);
      }
    },
    records: (came, retry) =>
      came.map(({ recordId, data }) => {
        const documents = parts.get(recordId);
        if (retry.has(recordId)) return { recordId, result: "ProcessingFailed", data };
        if (documents === undefined) return { recordId, result: "Dropped", data: "" };
        return { recordId, result: "Ok", data: Buffer.concat(documents).toString("base64") };
      }),
  };
}

function documentBytes(batch: RecordBatch, record: number): Buffer {
  return Buffer.from(batch.documents.subarray(batch.documentStart[record], batch.documentEnd[record]));
}
