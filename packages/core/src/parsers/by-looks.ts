import { datasetId } from "../event/dataset.ts";
import type { RecordBatch } from "../event/record-batch.ts";
import { looksLike } from "./looks.ts";
import type { Dataset, Parser } from "./parser.ts";

/** A parser with the number of its data set. */
export interface Candidate {
  readonly parser: Parser;
  readonly dataset: number;
}

export function candidateOf(parser: Parser): Candidate {
  return { parser, dataset: datasetId(parser.dataset) };
}

/** Parses records one by one as what they look like. Text takes whatever is nothing else. */
export class ByLooks {
  readonly #candidates: ReadonlyMap<Dataset, Candidate>;
  readonly #json: Candidate;
  readonly #text: Candidate;

  constructor(json: Candidate, text: Candidate, others: readonly Candidate[]) {
    this.#json = json;
    this.#text = text;
    this.#candidates = new Map([json, ...others].map((candidate) => [candidate.parser.dataset as Dataset, candidate]));
  }

  /** The parser that took the record; `tried` has refused it already. */
  parse(batch: RecordBatch, record: number, tried?: Candidate): Candidate {
    const guess =
      this.#candidates.get(looksLike(batch.bytesOf(record), batch.start[record], batch.end[record])) ?? this.#text;
    if (guess.dataset !== tried?.dataset && guess.parser.parse(batch, record)) return guess;
    if (guess !== this.#json && this.#json.dataset !== tried?.dataset && this.#json.parser.parse(batch, record))
      return this.#json;
    this.#text.parser.parse(batch, record);
    return this.#text;
  }
}
