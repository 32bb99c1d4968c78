import { datasetName } from "@belfry/core/event/dataset";
import { type Accounting, addAccounting, emptyAccounting, Fate } from "@belfry/core/event/fates";
import type { RecordBatch } from "@belfry/core/event/record-batch";
import type { Pipeline } from "@belfry/core/pipeline";

/** What became of the records of one data set; a record that two sinks treat differently counts as what is worst. */
export interface DatasetCounts {
  received: number;
  delivered: number;
  dropped: number;
  quarantined: number;
  retried: number;
}

/** Records that never got as far as a parser: control messages, payloads that cannot be read. */
const NO_DATASET = "(not parsed)";

/** Adds up what the runs of a pipeline did, for people to see. */
export class Ledger {
  readonly accounting: Accounting = emptyAccounting();
  readonly datasets = new Map<string, DatasetCounts>();
  /** The newest document of each data set, as JSON text. */
  readonly newest = new Map<string, string>();

  /** The pipeline, with its runs noted here. */
  observe(pipeline: Pipeline): Pipeline {
    return {
      run: async (source, options) => {
        const onBatch = (batch: RecordBatch): void => {
          this.#count(batch);
          options.onBatch?.(batch);
        };
        const outcome = await pipeline.run(source, { ...options, onBatch });
        addAccounting(outcome.accounting, this.accounting);
        return outcome;
      },
    };
  }

  #count(batch: RecordBatch): void {
    for (let record = 0; record < batch.count; record++) {
      const name = datasetName(batch.dataset[record]) || NO_DATASET;
      const counts = this.#countsOf(name);
      counts.received++;
      counts[outcomeOf(batch, record)]++;
    }
    const last = batch.count - 1;
    if (last < 0 || batch.fates.of(last) !== Fate.routed) return;
    this.newest.set(datasetName(batch.dataset[last]), batch.documentOf(last));
  }

  #countsOf(name: string): DatasetCounts {
    const known = this.datasets.get(name);
    if (known !== undefined) return known;
    const counts = { received: 0, delivered: 0, dropped: 0, quarantined: 0, retried: 0 };
    this.datasets.set(name, counts);
    return counts;
  }
}

type Counted = Exclude<keyof DatasetCounts, "received">;

function outcomeOf(batch: RecordBatch, record: number): Counted {
  const fate = batch.fates.of(record);
  if (fate === Fate.dropped) return "dropped";
  if (fate === Fate.quarantined) return "quarantined";
  if (fate !== Fate.routed) return "retried";
  const fates = [...batch.fates.sinks].map((sink) => sink.of(record));
  if (fates.includes(Fate.retry)) return "retried";
  return fates.includes(Fate.quarantined) ? "quarantined" : "delivered";
}
