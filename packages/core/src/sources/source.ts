import type { DeliveryItem } from "../event/payload.ts";
import type { RecordBatch } from "../event/record-batch.ts";

/**
 * One invocation's input: what the service wants answered, and the records in it, a window at a time. `batches` fills the given batch, yields
 * it, and empties it before it fills it again. A source never throws for what a payload holds: such an item is one record that is quarantined
 * or to be retried, with its reason.
 */
export interface Source {
  /** All items of the event, in its order, known before any is decoded. */
  readonly items: readonly DeliveryItem[];
  batches(batch: RecordBatch): AsyncIterable<RecordBatch> | Iterable<RecordBatch>;
}
