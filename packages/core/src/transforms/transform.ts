import type { RecordBatch } from "../event/record-batch.ts";

/** One step between parser and router: sets fields or fates of the batch's open records (`batch.fates.isOpen(record)`), touches no others, and never throws. */
export interface Transform {
  readonly name: string;
  apply(batch: RecordBatch): void;
}
