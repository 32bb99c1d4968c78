import type { KinesisStreamEvent } from "aws-lambda";

/** What the equality gate compares: every byte that would have gone to each destination, and what was dropped. */
export interface Outputs {
  /** Bodies of `_bulk` requests. */
  readonly bulk: readonly Uint8Array[];
  /** Newline-delimited documents of the archive. */
  readonly archive: readonly Uint8Array[];
  readonly received: number;
  readonly dropped: Readonly<Record<string, number>>;
}

/** One way to work on an event, alone in its process. */
export interface Variant {
  /** Does the whole work once; what it makes is thrown away. */
  run(event: KinesisStreamEvent): void | Promise<void>;
  /** Does the work once more and hands over what came of it. */
  outputs?(event: KinesisStreamEvent): Outputs | Promise<Outputs>;
}
