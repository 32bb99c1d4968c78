import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";
import type { ByteWriter } from "../event/byte-writer.ts";
import type { SinkFates } from "../event/fates.ts";
import type { RecordBatch } from "../event/record-batch.ts";
import type { Clock } from "../platform/clock.ts";
import type { HttpResponse, SendHttp } from "../platform/http.ts";
import type { Logger } from "../platform/logger.ts";
import { attempt, DEADLINE, type Retrying } from "./attempts.ts";
import { type BulkAnswer, type BulkItem, type ItemError, readBulkAnswer, readErrorAnswer } from "./bulk-answer.ts";
import { type BulkBody, mostBytes } from "./bulk-body.ts";
import { failureWord } from "./failure.ts";
import { refusedField, setAside } from "./set-aside.ts";

export interface BulkOptions extends Retrying {
  readonly name: string;
  /** Sends to the cluster or collection, signed as it wants it. */
  readonly send: SendHttp;
  readonly clock: Clock;
  /** Bound of a request's body before compression; 5 MiB when absent. */
  readonly maxRequestBytes?: number;
  /** Whether bodies are sent with gzip; true when absent. */
  readonly compress?: boolean;
  /** Whether answers are asked for without what is not read of them; true when absent. */
  readonly filterAnswers?: boolean;
  readonly logger?: Pick<Logger, "error" | "warn">;
}

/**
 * Half of what the smallest AWS domains take in a request, which is 10 MiB.
 * https://docs.aws.amazon.com/opensearch-service/latest/developerguide/limits.html#network-limits
 */
const MAX_REQUEST_BYTES = 5 * 1024 * 1024;

const BULK_PATH = "/_bulk";

/**
 * Of an answer, only what is read of it: a tenth of its bytes. Each item has a status, so none is left out and each keeps its place.
 * https://docs.opensearch.org/latest/api-reference/common-parameters/#filtered-responses
 */
const FILTERED_BULK_PATH = `${BULK_PATH}?filter_path=errors%2Citems.%2A.status%2Citems.%2A.error`;

/** Fields of one document that are moved aside, one after each refusal, before the document is quarantined. */
const MAX_SET_ASIDE = 3;

/** Refusals that have to do with what a document holds. */
const MAPPING_ERRORS = new Set([
  "mapper_parsing_exception",
  "document_parsing_exception",
  "strict_dynamic_mapping_exception",
  "illegal_argument_exception",
]);

/**
 * A cluster that may not open another shard says 400 for the documents of a new day, though nothing is wrong with them.
 * https://github.com/elastic/elasticsearch/issues/70349
 */
const NO_SHARDS_LEFT = /maximum (?:\w+ )?shards open/;

const gzipBody = promisify(gzip);
const GZIP_OPTIONS = { level: constants.Z_BEST_SPEED, chunkSize: 256 * 1024 };
// Below this, compressing costs more than it saves.
const MIN_GZIP_BYTES = 1024;

/** A request that failed as a whole. */
interface Failure {
  readonly reason: string;
  /** Whether another try in some seconds may meet better luck; a wrong permission or name needs people. */
  readonly passing: boolean;
}

/** What is to become of a record after an answer. */
type Next = "settled" | "again" | "mended";

const NO_ERROR: ItemError = { type: "400", reason: "" };

/** One call of the OpenSearch sink's `write`: sends bulk requests until each record has its fate. */
export class BulkWrite {
  readonly #options: BulkOptions;
  readonly #body: BulkBody;
  readonly #writer: ByteWriter;
  readonly #batch: RecordBatch;
  readonly #signal: AbortSignal;
  readonly #fates: SinkFates;
  readonly #nowMs: number;
  readonly #replacements = new Map<number, Buffer>();
  readonly #timesSetAside = new Map<number, number>();
  /** Set when a request failed as a whole: the service is spared the rest of the round. */
  #failure: Failure | undefined;

  constructor(options: BulkOptions, body: BulkBody, writer: ByteWriter, batch: RecordBatch, signal: AbortSignal) {
    this.#options = options;
    this.#body = body;
    this.#writer = writer;
    this.#batch = batch;
    this.#signal = signal;
    this.#fates = batch.fates.sink(options.name);
    // One time for the whole call, so that a record keeps its index however often it is sent.
    this.#nowMs = options.clock.now();
  }

  async run(records: readonly number[]): Promise<void> {
    const left = await attempt(records, (some) => this.#sendRound(some), this.#options, this.#signal);
    if (!this.#signal.aborted) return;
    for (const record of left) this.#fates.retry(record, DEADLINE);
  }

  /** Sends each record once, in as many requests as they need; returns those to send again. */
  #sendRound(records: readonly number[]): Promise<number[]> {
    this.#failure = undefined;
    const { maxRequestBytes = MAX_REQUEST_BYTES } = this.#options;
    const isOneRequest = this.#replacements.size === 0 && mostBytes(this.#batch, records) <= maxRequestBytes;
    return this.#sendEach(isOneRequest ? [records] : this.#split(records));
  }

  async #sendEach(requests: Iterable<readonly number[]>): Promise<number[]> {
    let left: number[] = [];
    for (const records of requests) {
      if (this.#signal.aborted) left = left.concat(records);
      else if (this.#failure === undefined) left = left.concat(await this.#send(records));
      else left = left.concat(this.#fail(records, this.#failure));
    }
    return left;
  }

  /** Runs of records whose bodies keep to the bound; a document that is too large by itself is quarantined. */
  *#split(records: readonly number[]): Generator<readonly number[]> {
    const { maxRequestBytes = MAX_REQUEST_BYTES } = this.#options;
    let run: number[] = [];
    let bytes = 0;
    for (const record of records) {
      const size = this.#body.sizeOf(this.#batch, record, this.#replacements, this.#nowMs);
      if (size > maxRequestBytes) {
        this.#fates.quarantine(record, "opensearch document too large");
        continue;
      }
      if (bytes + size > maxRequestBytes) {
        yield run;
        run = [];
        bytes = 0;
      }
      run.push(record);
      bytes += size;
    }
    if (run.length > 0) yield run;
  }

  async #send(records: readonly number[]): Promise<number[]> {
    this.#body.write(this.#batch, records, this.#replacements, this.#nowMs, this.#writer);
    let response: HttpResponse;
    try {
      response = await this.#post(this.#writer.bytes.subarray(0, this.#writer.length));
    } catch (thrown) {
      return this.#failAll(records, { reason: `opensearch ${failureWord(thrown)}`, passing: true });
    }
    const { status, body } = response;
    if (status >= 200 && status < 300) return this.#settleAnswer(records, readBulkAnswer(body, records.length));
    return this.#settleRefusal(records, status, readErrorAnswer(body));
  }

  async #post(plain: Buffer): Promise<HttpResponse> {
    const { send, compress = true, filterAnswers = true } = this.#options;
    const request = { method: "POST", path: filterAnswers ? FILTERED_BULK_PATH : BULK_PATH } as const;
    const headers = { "content-type": "application/x-ndjson" };
    if (!compress || plain.length < MIN_GZIP_BYTES) return send({ ...request, headers, body: plain }, this.#signal);
    const body = await gzipBody(plain, GZIP_OPTIONS);
    return send({ ...request, headers: { ...headers, "content-encoding": "gzip" }, body }, this.#signal);
  }

  /** A request too large or not understood is told apart by halves, so that one record does not fail the others. */
  async #settleRefusal(records: readonly number[], status: number, error: ItemError): Promise<number[]> {
    if (status === 413 || status === 400) {
      if (records.length === 1) return this.#settleItems(records, [{ status, error }]);
      const middle = Math.ceil(records.length / 2);
      return this.#sendEach([records.slice(0, middle), records.slice(middle)]);
    }
    const { logger, name } = this.#options;
    const passing = isPassingStatus(status);
    if (!passing)
      logger?.error("opensearch refused a bulk request: look at permissions", { sink: name, status, ...error });
    return this.#failAll(records, { reason: `opensearch ${status}`, passing });
  }

  async #settleAnswer(records: readonly number[], answer: BulkAnswer): Promise<number[]> {
    if (answer.kind === "malformed") {
      return this.#failAll(records, { reason: "opensearch malformed answer", passing: true });
    }
    if (answer.kind === "items") return this.#settleItems(records, answer.items);
    this.#fates.deliveredAll(records);
    return [];
  }

  async #settleItems(records: readonly number[], items: readonly BulkItem[]): Promise<number[]> {
    const left: number[] = [];
    const mended: number[] = [];
    for (const [i, record] of records.entries()) {
      const next = this.#settleItem(record, items[i]);
      if (next === "again") left.push(record);
      else if (next === "mended") mended.push(record);
    }
    return mended.length === 0 ? left : left.concat(await this.#sendEach(this.#split(mended)));
  }

  #settleItem(record: number, { status, error = NO_ERROR }: BulkItem): Next {
    if ((status >= 200 && status < 300) || status === 409) this.#fates.delivered(record);
    else if (status === 413) this.#fates.quarantine(record, "opensearch 413");
    else if (status === 400) return this.#settleBadDocument(record, error);
    else {
      this.#fates.retry(record, `opensearch ${status}`);
      if (isPassingStatus(status)) return "again";
    }
    return "settled";
  }

  #settleBadDocument(record: number, error: ItemError): Next {
    if (NO_SHARDS_LEFT.test(error.reason)) {
      this.#fates.retry(record, "opensearch shard limit");
      return "settled";
    }
    if (MAPPING_ERRORS.has(error.type) && this.#setAside(record, error)) return "mended";
    this.#fates.quarantine(record, `opensearch ${error.type}`);
    this.#options.logger?.warn("opensearch refuses a document", { sink: this.#options.name, ...error });
    return "settled";
  }

  /** Takes the field that the mapping refused out of the document; false when the document cannot be mended so. */
  #setAside(record: number, error: ItemError): boolean {
    const times = this.#timesSetAside.get(record) ?? 0;
    if (times === MAX_SET_ASIDE) return false;
    const document = this.#replacements.get(record)?.toString("utf8") ?? this.#batch.documentOf(record);
    const mended = setAside(document, refusedField(error));
    if (mended === undefined) return false;
    this.#timesSetAside.set(record, times + 1);
    this.#replacements.set(record, Buffer.from(`${mended}\n`));
    // Until the answer to the mended document is there; it may never come.
    this.#fates.retry(record, `opensearch ${error.type}`);
    return true;
  }

  #failAll(records: readonly number[], failure: Failure): number[] {
    this.#failure = failure;
    return this.#fail(records, failure);
  }

  #fail(records: readonly number[], { reason, passing }: Failure): number[] {
    for (const record of records) this.#fates.retry(record, reason);
    return passing ? [...records] : [];
  }
}

function isPassingStatus(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}
