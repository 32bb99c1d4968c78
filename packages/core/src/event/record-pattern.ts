import type { BoundPattern } from "../patterns/bound-pattern.ts";
import { compilePattern, type EventPattern } from "../patterns/event-pattern.ts";
import { datasetName } from "./dataset.ts";
import { pathId } from "./field-path.ts";
import { readField } from "./read-field.ts";
import type { RecordBatch } from "./record-batch.ts";

const DATASET = "event.dataset";

/**
 * An event pattern over the fields of records, as it would be over their finished documents. Nothing is kept of a batch between calls. What the pattern
 * says of the data set is decided once for each: most records are of another one, and need no look at their fields.
 */
export class RecordPattern {
  readonly #pattern: BoundPattern<number>;
  /** The pattern's condition on the data set alone; undefined when it has none. */
  readonly #ofDataset: EventPattern | undefined;
  /** True when it has no other condition. */
  readonly #isOnlyDataset: boolean;
  /** By data set: 1 may match, 2 does not, undefined not known yet. */
  readonly #byDataset: number[] = [];
  #batch: RecordBatch | undefined;
  #record = 0;

  /** Raises InvalidPatternError for what AWS refuses. */
  constructor(pattern: unknown) {
    const compiled = compilePattern(pattern);
    this.#pattern = compiled.bind(pathId);
    this.#ofDataset = datasetCondition(pattern);
    this.#isOnlyDataset = compiled.paths.every((path) => path === DATASET);
  }

  matches(batch: RecordBatch, record: number): boolean {
    if (this.#ofDataset !== undefined) {
      if (!this.#fitsDataset(batch.dataset[record], this.#ofDataset)) return false;
      if (this.#isOnlyDataset) return true;
    }
    return this.#evaluate(batch, record);
  }

  #fitsDataset(dataset: number, condition: EventPattern): boolean {
    let known = this.#byDataset[dataset];
    if (known === undefined) {
      known = condition.matches({ event: { dataset: datasetName(dataset) } }) ? 1 : 2;
      this.#byDataset[dataset] = known;
    }
    return known === 1;
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

/** Of a pattern's conditions, all of which must hold, the one on the data set. */
function datasetCondition(pattern: unknown): EventPattern | undefined {
  const parsed: unknown = typeof pattern === "string" ? JSON.parse(pattern) : pattern;
  const { event, $or, [DATASET]: again } = parsed as Record<string, unknown>;
  // An alternative, or a key with the dot in it, may name the data set again, and then counts in its place.
  if ($or !== undefined || again !== undefined || typeof event !== "object" || event === null) return undefined;
  if (!("dataset" in event) || "$or" in event) return undefined;
  return compilePattern({ event: { dataset: event.dataset } });
}
