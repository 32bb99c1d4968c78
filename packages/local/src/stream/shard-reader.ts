import { messageOf } from "@belfry/core/platform/errors";
import type { KinesisStreamEvent, KinesisStreamRecord } from "aws-lambda";
import { checkpointOf } from "./batch-response.ts";
import type { LocalShard, ShardListener, StreamRecord } from "./kinesis-stream.ts";
import type { Condition, DiscardedBatch, MappingOptions } from "./mapping-options.ts";
import { planRetry, type Work } from "./retry-plan.ts";

// The largest event of a synchronous invocation.
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const MAX_EVENT_BYTES = 6 * 1024 * 1024;
const BRACKETS_BYTES = '{"Records":[]}'.length;

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 10_000;

// When the destination for failures itself fails, it is tried this often before the mapping halts and says so.
const MAX_DISCARD_ATTEMPTS = 3;

/**
 * Reads one shard: gathers a batch until it is full or its window has passed, invokes the function with it, and goes on only when every
 * record of it is handled or given up. So there is never more than one invocation of a shard at a time, and order is kept.
 */
export class ShardReader implements ShardListener {
  readonly #shard: LocalShard;
  readonly #options: MappingOptions;
  readonly #unsubscribe: () => void;
  readonly #overheadBytes: number;
  #position: number;
  #gathered: StreamRecord[] = [];
  #gatheredBytes = BRACKETS_BYTES;
  #full = false;
  #busy = false;
  #hurried = false;
  #givingUp = false;
  #cancelWindow: (() => void) | undefined;
  #endDelay: (() => void) | undefined;
  #error: unknown;
  #whenIdle: (() => void)[] = [];

  constructor(shard: LocalShard, options: MappingOptions) {
    this.#shard = shard;
    this.#options = options;
    this.#position = shard.positionAt(options.startingPosition);
    this.#overheadBytes = Buffer.byteLength(JSON.stringify(this.#toEventRecord(LONGEST_RECORD))) + 1;
    this.#unsubscribe = shard.subscribe(this);
    this.onRecord();
  }

  /** Number of the first record that is not handled yet. */
  position(): number {
    return this.#position;
  }

  onRecord(): void {
    if (this.#busy || this.#error !== undefined) return;
    this.#gather();
    if (this.#gathered.length === 0) return;
    if (this.#full || this.#hurried || this.#options.batchWindowMs === 0) this.#start();
    else this.#cancelWindow ??= this.#options.scheduler.after(this.#options.batchWindowMs, () => this.#start());
  }

  /** Waits for no window until all records that are there now are handled or given up; raises what kept them from either. */
  async drain(): Promise<void> {
    this.#hurried = true;
    this.onRecord();
    if (this.#busy) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
    this.#hurried = false;
    if (this.#error !== undefined) throw this.#error;
  }

  /** Makes the next failure of a batch the last: what is left goes to the destination for failures. */
  giveUp(): void {
    this.#givingUp = true;
    this.#endDelay?.();
  }

  close(): void {
    this.#cancelWindow?.();
    this.#unsubscribe();
  }

  #gather(): void {
    while (!this.#full) {
      const record = this.#shard.at(this.#position + this.#gathered.length);
      if (record === undefined) return;
      const bytes = this.#sizeOf(record);
      if (this.#gathered.length > 0 && this.#gatheredBytes + bytes > MAX_EVENT_BYTES) {
        this.#full = true;
        return;
      }
      this.#gathered.push(record);
      this.#gatheredBytes += bytes;
      this.#full = this.#gathered.length >= this.#options.batchSize;
    }
  }

  #start(): void {
    this.#cancelWindow?.();
    this.#cancelWindow = undefined;
    const batch = this.#gathered;
    this.#gathered = [];
    this.#gatheredBytes = BRACKETS_BYTES;
    this.#full = false;
    this.#busy = true;
    this.#handle(batch)
      .catch((error: unknown) => {
        this.#error = error;
      })
      .finally(() => {
        this.#busy = false;
        // The next window begins when the invocation has ended, as in Lambda.
        this.onRecord();
        if (!this.#busy) for (const resolve of this.#whenIdle.splice(0)) resolve();
      });
  }

  async #handle(batch: readonly StreamRecord[]): Promise<void> {
    const toDo: Work[] = [{ records: batch, retries: 0, invocations: 0 }];
    for (let work = toDo.pop(); work !== undefined; work = toDo.pop()) {
      const young = await this.#discardExpired(work);
      if (young.records.length === 0) continue;
      const { checkpoint, error } = await this.#invoke(young.records);
      this.#position += checkpoint;
      if (checkpoint === young.records.length) continue;
      const plan = planRetry(young, checkpoint, error !== undefined, this.#options);
      const left = young.records.length - checkpoint;
      if (this.#givingUp) {
        await this.#discard(
          "Stopped",
          { ...young, records: young.records.slice(checkpoint), invocations: young.invocations + 1 },
          error,
        );
      } else if ("discard" in plan) {
        await this.#discard(
          "RetryAttemptsExhausted",
          { ...young, records: plan.discard, invocations: young.invocations + 1 },
          error,
        );
      } else {
        toDo.push(...plan.next.toReversed());
        await this.#delay(plan.next[0].retries);
        continue;
      }
      this.#position += left;
    }
  }

  /** Records grow older while those before them are sent again; the age is looked at before each invocation. */
  async #discardExpired(work: Work): Promise<Work> {
    const { maximumRecordAgeMs, scheduler } = this.#options;
    if (maximumRecordAgeMs < 0) return work;
    const oldestMs = scheduler.now() - maximumRecordAgeMs;
    const firstYoung = work.records.findIndex((record) => record.arrivalMs >= oldestMs);
    if (firstYoung === 0) return work;
    const expired = firstYoung < 0 ? work.records : work.records.slice(0, firstYoung);
    await this.#discard("RecordAgeExceeded", { ...work, records: expired }, undefined);
    this.#position += expired.length;
    return { ...work, records: work.records.slice(expired.length) };
  }

  async #invoke(records: readonly StreamRecord[]): Promise<{ checkpoint: number; error?: unknown }> {
    const event: KinesisStreamEvent = { Records: records.map((record) => this.#toEventRecord(record)) };
    try {
      const response = await this.#options.invoke(event);
      return {
        checkpoint: checkpointOf(
          response,
          records.map((record) => record.sequenceNumber),
        ),
      };
    } catch (error) {
      return { checkpoint: 0, error };
    }
  }

  async #discard(condition: Condition, work: Work, error: unknown): Promise<void> {
    const discarded: DiscardedBatch = {
      condition,
      shardId: this.#shard.id,
      streamArn: this.#options.stream.arn,
      records: work.records,
      approximateInvokeCount: work.invocations,
      ...(error === undefined ? {} : { error: messageOf(error) }),
    };
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#options.onFailure(discarded);
        return;
      } catch (failure) {
        if (attempt === MAX_DISCARD_ATTEMPTS) throw failure;
        await this.#delay(attempt);
      }
    }
  }

  /** AWS does not say how long Lambda waits before a retry; this doubles from a tenth of a second to ten. What was split goes at once. */
  #delay(attempt: number): Promise<void> {
    if (attempt === 0 || this.#givingUp) return Promise.resolve();
    const delayMs = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1));
    return new Promise((resolve) => {
      const cancel = this.#options.scheduler.after(delayMs, resolve);
      this.#endDelay = () => {
        cancel();
        resolve();
      };
    });
  }

  #sizeOf(record: StreamRecord): number {
    const base64Bytes = 4 * Math.ceil(record.data.length / 3);
    return this.#overheadBytes + base64Bytes + Buffer.byteLength(JSON.stringify(record.partitionKey));
  }

  #toEventRecord(record: StreamRecord): KinesisStreamRecord {
    const { arn, region, account } = this.#options.stream;
    return {
      kinesis: {
        kinesisSchemaVersion: "1.0",
        partitionKey: record.partitionKey,
        sequenceNumber: record.sequenceNumber,
        data: record.data.toString("base64"),
        approximateArrivalTimestamp: record.arrivalMs / 1000,
      },
      eventSource: "aws:kinesis",
      eventVersion: "1.0",
      eventID: `${this.#shard.id}:${record.sequenceNumber}`,
      eventName: "aws:kinesis:record",
      invokeIdentityArn: `arn:aws:iam::${account}:role/belfry-ingest-kinesis`,
      awsRegion: region,
      eventSourceARN: arn,
    };
  }
}

/** For the size of a record's surroundings in the event: no data, and the longest of what varies. */
const LONGEST_RECORD: StreamRecord = {
  sequenceNumber: "9".repeat(56),
  partitionKey: "",
  data: Buffer.alloc(0),
  arrivalMs: 9_999_999_999_999,
};
