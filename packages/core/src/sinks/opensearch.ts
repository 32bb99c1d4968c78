import { ByteWriter } from "../event/byte-writer.ts";
import { BulkBody } from "./bulk-body.ts";
import { type BulkOptions, BulkWrite } from "./bulk-write.ts";
import type { RetentionDays } from "./index-name.ts";
import type { Sink } from "./sink.ts";

export interface OpenSearchOptions extends BulkOptions {
  /** Days by class beyond which an event is undated; 30 where it is absent. */
  readonly retentionDays?: RetentionDays;
}

// Buffers kept for later write calls: one, and one more where two calls overlapped.
const MAX_IDLE_WRITERS = 2;
const INITIAL_BODY_BYTES = 256 * 1024;

/**
 * Creates each document under its record's id in the index of the event's own day, by the bulk API. A document that is there already (409)
 * counts as delivered, so delivering again is harmless. What is refused for load or by a broken connection is sent again after a pause, alone;
 * a document that the mapping refuses is sent once more without the field that was named, whose value goes to `belfry.set_aside`.
 */
export function openSearchSink(options: OpenSearchOptions): Sink {
  const body = new BulkBody(options.retentionDays ?? {});
  const idle: ByteWriter[] = [];
  return {
    name: options.name,
    async write(batch, records, context) {
      const writer = idle.pop() ?? new ByteWriter(INITIAL_BODY_BYTES);
      try {
        await new BulkWrite(options, body, writer, batch, context.signal).run(records);
      } finally {
        if (idle.length < MAX_IDLE_WRITERS) idle.push(writer);
      }
    },
  };
}
