import { createHash } from "node:crypto";
import { BelfryError } from "@belfry/core/platform/errors";
import type { Scheduler } from "./scheduler.ts";

// The largest record of a stream that has not been given a larger one, and the longest partition key.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html
const MAX_RECORD_BYTES = 1_048_576;
const MAX_PARTITION_KEY_LENGTH = 256;

// How long a stream keeps its records unless it is told otherwise.
// https://docs.aws.amazon.com/streams/latest/dev/kinesis-extended-retention.html
const RETENTION_MS = 24 * 3_600_000;

// Kinesis hashes partition keys with MD5 to 128 bits, and gives each shard an equal range of them.
const HASH_KEYS = 2n ** 128n;

/** A record as the stream keeps it. */
export interface StreamRecord {
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  readonly data: Buffer;
  readonly arrivalMs: number;
}

/** Where a reader begins, in Lambda's words; a number is AT_TIMESTAMP in epoch milliseconds. */
export type StartingPosition = "TRIM_HORIZON" | "LATEST" | number;

/** Who reads a shard: told of every new record, and asked how far it has come before records are let go. */
export interface ShardListener {
  onRecord(): void;
  /** Number of the first record that it still needs. */
  position(): number;
}

/** What a stream is made from. */
export interface StreamOptions {
  readonly name: string;
  readonly shards: number;
  readonly account: string;
  readonly region: string;
  readonly scheduler: Scheduler;
  readonly retentionMs?: number;
}

/** A stream in this process that keeps records as Kinesis does: by shard, in order, with growing sequence numbers. */
export class LocalStream {
  readonly arn: string;
  readonly region: string;
  readonly account: string;
  readonly shards: readonly LocalShard[];
  readonly #scheduler: Scheduler;
  readonly #retentionMs: number;

  constructor({ name, shards, account, region, scheduler, retentionMs = RETENTION_MS }: StreamOptions) {
    this.arn = `arn:aws:kinesis:${region}:${account}:stream/${name}`;
    this.region = region;
    this.account = account;
    this.#scheduler = scheduler;
    this.#retentionMs = retentionMs;
    const createdMs = scheduler.now();
    this.shards = Array.from({ length: shards }, (_, index) => new LocalShard(index, createdMs));
  }

  /** Adds a record to the shard that its partition key belongs to; raises TOO_LARGE or BAD_ARGUMENT where Kinesis refuses it. */
  put(partitionKey: string, data: Buffer): StreamRecord {
    if (partitionKey === "" || partitionKey.length > MAX_PARTITION_KEY_LENGTH) {
      throw new BelfryError(
        "BAD_ARGUMENT",
        `a partition key has 1 to ${MAX_PARTITION_KEY_LENGTH} characters, not ${partitionKey.length}`,
      );
    }
    if (data.length + Buffer.byteLength(partitionKey) > MAX_RECORD_BYTES) {
      throw new BelfryError(
        "TOO_LARGE",
        `a record has ${data.length} bytes, a stream takes ${MAX_RECORD_BYTES} with the partition key`,
      );
    }
    const shard = this.shards[shardOf(partitionKey, this.shards.length)];
    const now = this.#scheduler.now();
    shard.trim(now - this.#retentionMs);
    return shard.append(partitionKey, data, now);
  }
}

/** Index of the shard whose range of hash keys holds this partition key. */
export function shardOf(partitionKey: string, shards: number): number {
  const hash = BigInt(`0x${createHash("md5").update(partitionKey).digest("hex")}`);
  return Number((hash * BigInt(shards)) / HASH_KEYS);
}

/** One shard: records in order, numbered from 0, of which the oldest are let go. */
export class LocalShard {
  readonly id: string;
  readonly #firstSequenceNumber: bigint;
  readonly #listeners = new Set<ShardListener>();
  #records: StreamRecord[] = [];
  #trimmed = 0;

  constructor(index: number, createdMs: number) {
    this.id = `shardId-${String(index).padStart(12, "0")}`;
    // 56 digits as in Kinesis, larger with every record and with every new stream.
    this.#firstSequenceNumber = 49n * 10n ** 54n + BigInt(createdMs) * 10n ** 36n + BigInt(index) * 10n ** 24n;
  }

  /** The number that the next record will have. */
  get end(): number {
    return this.#trimmed + this.#records.length;
  }

  at(position: number): StreamRecord | undefined {
    return this.#records[position - this.#trimmed];
  }

  append(partitionKey: string, data: Buffer, arrivalMs: number): StreamRecord {
    const sequenceNumber = String(this.#firstSequenceNumber + BigInt(this.end));
    const record: StreamRecord = { sequenceNumber, partitionKey, data, arrivalMs };
    this.#records.push(record);
    for (const listener of this.#listeners) listener.onRecord();
    return record;
  }

  positionAt(start: StartingPosition): number {
    if (start === "TRIM_HORIZON") return this.#trimmed;
    if (start === "LATEST") return this.end;
    const index = this.#records.findIndex((record) => record.arrivalMs >= start);
    return index < 0 ? this.end : this.#trimmed + index;
  }

  subscribe(listener: ShardListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Lets go of records older than a time, but of none that a reader has still to take: Kinesis would lose it, and this must not. */
  trim(beforeMs: number): void {
    const needed = Math.min(this.end, ...[...this.#listeners].map((listener) => listener.position()));
    let count = 0;
    while (this.#trimmed + count < needed && this.#records[count].arrivalMs < beforeMs) count++;
    if (count === 0) return;
    this.#records = this.#records.slice(count);
    this.#trimmed += count;
  }
}
