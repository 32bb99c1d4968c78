import type { KinesisStreamEvent } from "aws-lambda";
import type { LocalStream, StartingPosition, StreamRecord } from "./kinesis-stream.ts";
import type { RetryPolicy } from "./retry-plan.ts";
import type { Scheduler } from "./scheduler.ts";

/** An event source mapping's settings, in Lambda's words; parallelization factor 1, function response type ReportBatchItemFailures. */
export interface MappingOptions extends RetryPolicy {
  readonly stream: LocalStream;
  /** The function: what it answers is read as a Lambda service would, what it throws is a function error. */
  readonly invoke: (event: KinesisStreamEvent) => Promise<unknown>;
  /** The on-failure destination. */
  readonly onFailure: (discarded: DiscardedBatch) => Promise<void>;
  readonly scheduler: Scheduler;
  readonly batchSize: number;
  readonly batchWindowMs: number;
  /** -1: records never grow too old. */
  readonly maximumRecordAgeMs: number;
  readonly startingPosition: StartingPosition;
}

/** Why a batch was given up: the conditions of Lambda's invocation record, and one for a runtime that ends. */
export type Condition = "RetryAttemptsExhausted" | "RecordAgeExceeded" | "Stopped";

/** What the destination for failures gets: as with an S3 destination, the records themselves and not only where they stand. */
export interface DiscardedBatch {
  readonly condition: Condition;
  readonly streamArn: string;
  readonly shardId: string;
  readonly records: readonly StreamRecord[];
  readonly approximateInvokeCount: number;
  readonly error?: string;
}
