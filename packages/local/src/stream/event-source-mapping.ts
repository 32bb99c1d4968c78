import { BelfryError } from "@belfry/core/platform/errors";
import type { MappingOptions } from "./mapping-options.ts";
import type { Scheduler } from "./scheduler.ts";
import { ShardReader } from "./shard-reader.ts";

// The bounds of a mapping's settings.
// https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html
const MAX_BATCH_SIZE = 10_000;
const MAX_BATCH_WINDOW_MS = 300_000;
const MAX_RETRY_ATTEMPTS = 10_000;

/** Feeds the records of a stream to a function, shard by shard, as Lambda's event source mapping does, and loses none of them. */
export class EventSourceMapping {
  readonly #readers: readonly ShardReader[];
  readonly #scheduler: Scheduler;

  constructor(options: MappingOptions) {
    checkBounds("batchSize", options.batchSize, 1, MAX_BATCH_SIZE);
    checkBounds("batchWindowMs", options.batchWindowMs, 0, MAX_BATCH_WINDOW_MS);
    checkBounds("maximumRetryAttempts", options.maximumRetryAttempts, -1, MAX_RETRY_ATTEMPTS);
    this.#scheduler = options.scheduler;
    this.#readers = options.stream.shards.map((shard) => new ShardReader(shard, options));
  }

  /** Ends when every record that is in the stream by now is handled or given up; batch windows are cut short. */
  async drain(): Promise<void> {
    const results = await Promise.allSettled(this.#readers.map((reader) => reader.drain()));
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  /** Drains, and reads no further. After `patienceMs`, records that fail once more are given up with the condition Stopped. */
  async stop(patienceMs: number): Promise<void> {
    const cancel = this.#scheduler.after(patienceMs, () => {
      for (const reader of this.#readers) reader.giveUp();
    });
    try {
      await this.drain();
    } finally {
      cancel();
      for (const reader of this.#readers) reader.close();
    }
  }
}

function checkBounds(name: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new BelfryError("BAD_ARGUMENT", `${name} is ${value}, it must be a whole number from ${min} to ${max}`);
}
