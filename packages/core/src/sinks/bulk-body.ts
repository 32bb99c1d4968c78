import { type ByteWriter, copySpan } from "../event/byte-writer.ts";
import { datasetName } from "../event/dataset.ts";
import type { RecordBatch } from "../event/record-batch.ts";
import { ID_LENGTH } from "../event/record-id.ts";
import { DEFAULT_RETENTION_DAYS, indexDay, indexOfDay, MAX_INDEX_NAME, type RetentionDays } from "./index-name.ts";

/** Readable bytes that `ByteWriter.copy` wants behind what it copies. */
const SLACK = 16;

/** What stands between id and document. */
const ACTION_END = padded('"}}\n');
const ACTION_END_BYTES = ACTION_END.byteLength - SLACK;

// {"create":{"_index":"…","_id":"…"}} with a newline, the longest name of an index, and an id.
const MAX_ACTION_BYTES = 34 + MAX_INDEX_NAME + ID_LENGTH;

// Days within a retention and the day ahead; more only come with a very long retention.
const MAX_CACHED_DAYS = 512;

/**
 * Bytes that records, in their order in the batch, take in a request at most: as their documents lie in the batch, and the longest action for each. Without
 * looking at every one.
 */
export function mostBytes({ documentStart, documentEnd }: RecordBatch, records: readonly number[]): number {
  if (records.length === 0) return 0;
  const documents = documentEnd[records[records.length - 1]] - documentStart[records[0]];
  return documents + records.length * MAX_ACTION_BYTES;
}

/** By record: the document to send in place of the one in the batch, newline included. */
export type Replacements = ReadonlyMap<number, Buffer>;

/**
 * Writes the body of a bulk request: for each record the action `create` with index and id, and the document, copied from the batch.
 * Keeps the actions' first halves as bytes, by class and day, and nothing of a batch.
 * https://docs.opensearch.org/latest/api-reference/document-apis/bulk/
 */
export class BulkBody {
  readonly #retentionDays: RetentionDays;
  /** By data set and day: `{"create":{"_index":"…","_id":"`. */
  readonly #actions: Map<number, DataView>[] = [];
  readonly #daysKept: number[] = [];
  #lastDataset = -1;
  #lastDay = Number.NaN;
  #lastAction = ACTION_END;

  constructor(retentionDays: RetentionDays) {
    this.#retentionDays = retentionDays;
  }

  /** Bytes that a record takes in a request. */
  sizeOf(batch: RecordBatch, record: number, replacements: Replacements, nowMs: number): number {
    const action = this.#action(batch, record, nowMs).byteLength - SLACK + ID_LENGTH + ACTION_END_BYTES;
    const replacement = replacements.size === 0 ? undefined : replacements.get(record);
    return action + (replacement?.length ?? batch.documentEnd[record] - batch.documentStart[record]);
  }

  /** Writes the body into `out`, over what is there. `nowMs` must be the same for one record each time, or its index might change. */
  write(
    batch: RecordBatch,
    records: readonly number[],
    replacements: Replacements,
    nowMs: number,
    out: ByteWriter,
  ): void {
    out.length = 0;
    const { documents, documentStart, documentEnd } = batch;
    const ids = batch.idView;
    for (const record of records) {
      const action = this.#action(batch, record, nowMs);
      out.reserve(MAX_ACTION_BYTES);
      const { view } = out;
      let at = out.length;
      copySpan(action, 0, action.byteLength - SLACK, view, at);
      at += action.byteLength - SLACK;
      // A whole number of steps: needs no slack.
      copySpan(ids, record * ID_LENGTH, (record + 1) * ID_LENGTH, view, at);
      copySpan(ACTION_END, 0, ACTION_END_BYTES, view, at + ID_LENGTH);
      out.length = at + ID_LENGTH + ACTION_END_BYTES;
      const replacement = replacements.size === 0 ? undefined : replacements.get(record);
      if (replacement !== undefined) out.copyBytes(replacement, 0, replacement.length);
      else out.copyBytes(documents, documentStart[record], documentEnd[record]);
    }
  }

  #action(batch: RecordBatch, record: number, nowMs: number): DataView {
    const dataset = batch.dataset[record];
    this.#daysKept[dataset] ??= this.#retentionDays[datasetName(dataset)] ?? DEFAULT_RETENTION_DAYS;
    const day = indexDay(batch.time[record], nowMs, this.#daysKept[dataset]);
    if (day === this.#lastDay && dataset === this.#lastDataset) return this.#lastAction;
    this.#actions[dataset] ??= new Map();
    const days = this.#actions[dataset];
    this.#lastAction = days.get(day) ?? this.#makeAction(days, dataset, day);
    this.#lastDay = day;
    this.#lastDataset = dataset;
    return this.#lastAction;
  }

  #makeAction(days: Map<number, DataView>, dataset: number, day: number): DataView {
    if (days.size >= MAX_CACHED_DAYS) days.clear();
    const action = padded(`{"create":{"_index":"${indexOfDay(datasetName(dataset), day)}","_id":"`);
    days.set(day, action);
    return action;
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function padded(text: string): DataView {
  return viewOf(Buffer.concat([Buffer.from(text), Buffer.alloc(SLACK)]));
}
