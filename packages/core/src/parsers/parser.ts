import type { DATASETS } from "../config/datasets.ts";
import type { RecordBatch } from "../event/record-batch.ts";

/** The name of a data set that has a parser. */
export type Dataset = (typeof DATASETS)[number];

/**
 * Turns the message of one record into ECS fields. `parse` returns false, having set nothing, when the message is not of its format; it never
 * throws, whatever the bytes. It may set the record's time; without, the time of the envelope stays.
 */
export interface Parser {
  /** The data set that it makes: `aws.vpcflow`, `app.json`. */
  readonly dataset: string;
  parse(batch: RecordBatch, record: number): boolean;
}
