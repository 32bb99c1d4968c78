import type { SinkFates } from "../event/fates.ts";
import type { RecordBatch } from "../event/record-batch.ts";
import type { PutRecords } from "../platform/clients.ts";
import type { Logger } from "../platform/logger.ts";
import { attempt, DEADLINE, type Retrying } from "./attempts.ts";
import { joinDocuments } from "./documents.ts";
import { failureWord, isPassing } from "./failure.ts";
import { groupIntoCalls, type PackLimits, packDocuments } from "./packing.ts";
import type { Sink } from "./sink.ts";

export interface PutRecordsOptions extends Retrying {
  readonly name: string;
  readonly put: PutRecords;
  readonly logger?: Pick<Logger, "error">;
}

/** What the sink must know of the service: `word` begins the reasons of its fates. */
export interface PutService {
  readonly word: string;
  readonly limits: PackLimits;
}

/**
 * A sink over a service that takes several records a call and answers each: packs documents as JSON lines, and sends again only the packed
 * records that were refused, after a pause.
 */
export function putRecordsSink(service: PutService, options: PutRecordsOptions): Sink {
  return {
    name: options.name,
    write: (batch, records, { signal }) => new PutWrite(service, options, batch, signal).run(records),
  };
}

/** Records of the batch whose documents are sent as one. */
interface Packed {
  readonly records: readonly number[];
  readonly bytes: number;
}

/** One call of `write`. */
class PutWrite {
  readonly #service: PutService;
  readonly #options: PutRecordsOptions;
  readonly #batch: RecordBatch;
  readonly #signal: AbortSignal;
  readonly #fates: SinkFates;

  constructor(service: PutService, options: PutRecordsOptions, batch: RecordBatch, signal: AbortSignal) {
    this.#service = service;
    this.#options = options;
    this.#batch = batch;
    this.#signal = signal;
    this.#fates = batch.fates.sink(options.name);
  }

  async run(records: readonly number[]): Promise<void> {
    const left = await attempt(this.#pack(records), (some) => this.#sendRound(some), this.#options, this.#signal);
    if (!this.#signal.aborted) return;
    for (const packed of left) this.#retry(packed, DEADLINE);
  }

  #pack(records: readonly number[]): Packed[] {
    const { limits } = this.#service;
    const lengths = new Array<number>(records.length);
    let longest = 0;
    for (let i = 0; i < records.length; i++) {
      lengths[i] = this.#lengthOf(records[i]);
      longest = Math.max(longest, lengths[i]);
    }
    if (longest > limits.maxDocumentBytes) return this.#pack(this.#withoutTooLarge(records));
    return packDocuments(lengths, limits).map(({ from, to, bytes }) => ({ records: records.slice(from, to), bytes }));
  }

  #withoutTooLarge(records: readonly number[]): number[] {
    const { word, limits } = this.#service;
    return records.filter((record) => {
      const fits = this.#lengthOf(record) <= limits.maxDocumentBytes;
      if (!fits) this.#fates.quarantine(record, `${word} document too large`);
      return fits;
    });
  }

  /** Bytes of a record's document. */
  #lengthOf(record: number): number {
    return this.#batch.documentEnd[record] - this.#batch.documentStart[record];
  }

  /** Sends each packed record once; returns those to send again. After a call that failed as a whole the service is spared the rest. */
  async #sendRound(work: readonly Packed[]): Promise<Packed[]> {
    const calls = groupIntoCalls(work, this.#service.limits);
    const left: Packed[] = [];
    for (const [i, call] of calls.entries()) {
      if (this.#signal.aborted) return left.concat(...calls.slice(i));
      try {
        left.push(...(await this.#send(call)));
      } catch (thrown) {
        const rest = calls.slice(i).flat();
        for (const packed of rest) this.#retry(packed, failureWord(thrown));
        if (isPassing(thrown)) return left.concat(rest);
        const { logger, name } = this.#options;
        const message = `${this.#service.word} refused a call: look at permissions and names`;
        logger?.error(message, { sink: name, error: thrown });
        return left;
      }
    }
    return left;
  }

  async #send(call: readonly Packed[]): Promise<Packed[]> {
    const entries = call.map(({ records }) => ({
      data: joinDocuments(this.#batch, records),
      key: this.#batch.idOf(records[0]),
    }));
    const codes = await this.#options.put(entries, this.#signal);
    const left: Packed[] = [];
    for (const [i, packed] of call.entries()) {
      const code = codes.length === call.length ? codes[i] : "malformed answer";
      if (code === undefined) this.#fates.deliveredAll(packed.records);
      else {
        this.#retry(packed, code);
        left.push(packed);
      }
    }
    return left;
  }

  #retry({ records }: Packed, code: string): void {
    const reason = code === DEADLINE ? DEADLINE : `${this.#service.word} ${code}`;
    for (const record of records) this.#fates.retry(record, reason);
  }
}
