import type { BoundPattern } from "../patterns/bound-pattern.ts";
import { compilePattern } from "../patterns/event-pattern.ts";
import { pathId } from "./field-path.ts";
import { readField } from "./read-field.ts";
import type { RecordBatch } from "./record-batch.ts";

const DATASET = "event.dataset";

/** An event pattern over the fields of records, as it would be over their finished documents. Nothing is kept of a batch between calls. */
export class RecordPattern {
  readonly #pattern: BoundPattern<number>;
  /** By data set: 1 matches, 2 does not, 0 not known yet; only for patterns that read nothing else. */
  readonly #byDataset: number[] | undefined;
  #batch: RecordBatch | undefined;
  #record = 0;

  /** Raises InvalidPatternError for what AWS refuses. */
  constructor(pattern: unknown) {
    const compiled = compilePattern(pattern);
    this.#pattern = compiled.bind(pathId);
    this.#byDataset = compiled.paths.every((path) => path === DATASET) ? [] : undefined;
  }

  matches(batch: RecordBatch, record: number): boolean {
    if (this.#byDataset === undefined) return this.#evaluate(batch, record);
    const dataset = batch.dataset[record];
    const known = this.#byDataset[dataset] ?? 0;
    if (known !== 0) return known === 1;
    const verdict = this.#evaluate(batch, record);
    this.#byDataset[dataset] = verdict ? 1 : 2;
    return verdict;
  }

  #evaluate(batch: RecordBatch, record: number): boolean {
    this.#batch = batch;
    this.#record = record;
    const verdict = this.#pattern.matches(this.#read);
    this.#batch = undefined;
    return verdict;
  }

  readonly #read = (path: number): unknown =>
    this.#batch === undefined ? undefined : readField(this.#batch, this.#record, path);
}
