import type { BoundPattern } from "../patterns/bound-pattern.ts";
import { compilePattern, type EventPattern } from "../patterns/event-pattern.ts";
import { datasetName } from "./dataset.ts";
import { pathAncestors, pathId, WHOLE_DOCUMENT } from "./field-path.ts";
import { readField } from "./read-field.ts";
import type { RecordBatch } from "./record-batch.ts";

const DATASET = "event.dataset";

/** Fields that each record has without a row. */
const OF_RECORDS: ReadonlySet<number> = new Set(["@timestamp", "belfry.id", DATASET].map(pathId));

/**
 * An event pattern over the fields of records, as it would be over their finished documents. Nothing is kept of a batch between calls. What the pattern
 * says of the data set is decided once for each: most records are of another one, and need no look at their fields.
 */
export class RecordPattern {
  readonly #pattern: BoundPattern<number>;
  readonly #paths: readonly number[];
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
    this.#paths = compiled.paths.map(pathId);
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

  /**
   * The test for one pass over a batch whose fields are all set. Where no record has the pattern's fields of its own, they are those of the
   * streams, and the verdict is found once for each.
   */
  over(batch: RecordBatch): (record: number) => boolean {
    if (!this.#isOfStreams(batch)) return (record) => this.matches(batch, record);
    const verdicts = new Int8Array(batch.streams.length);
    return (record) => {
      const stream = batch.streamOf[record];
      if (verdicts[stream] === 0) verdicts[stream] = this.#evaluate(batch, record) ? 1 : -1;
      return verdicts[stream] > 0;
    };
  }

  #isOfStreams(batch: RecordBatch): boolean {
    if (batch.hasPath(WHOLE_DOCUMENT)) return false;
    return this.#paths.every(
      (path) =>
        !OF_RECORDS.has(path) && !batch.hasPath(path) && !pathAncestors(path).some((above) => batch.hasPath(above)),
    );
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
