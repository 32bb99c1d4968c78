import type { Config } from "@belfry/core/config/schema";
import { datasetName } from "@belfry/core/event/dataset";
import { DocumentEncoder } from "@belfry/core/event/document-encoder";
import { Fate } from "@belfry/core/event/fates";
import { readFields } from "@belfry/core/event/read-field";
import { RecordBatch } from "@belfry/core/event/record-batch";
import type { Resource } from "@belfry/core/event/resource";
import { createParse } from "@belfry/core/parsers/choose";
import { createRouter, type Router } from "@belfry/core/routing/router";
import type { Source } from "@belfry/core/sources/source";
import { createTransforms } from "@belfry/core/transforms/create-transforms";
import type { Transform } from "@belfry/core/transforms/transform";
import { leavesOf } from "../json-path.ts";

/** A field that a stage set or changed, with its value afterwards; undefined when it was taken away. */
export interface FieldChange {
  readonly stage: string;
  readonly field: string;
  readonly value: unknown;
}

/** What the pipeline would make of one record, and why. */
export interface Explanation {
  readonly id: string;
  readonly origin: string;
  readonly resource: Resource;
  /** The parser that took it, by its data set; empty when none did. */
  readonly parser: string;
  /** What stages after the parser set or changed, in order. */
  readonly changes: readonly FieldChange[];
  /** The rule that drops it. */
  readonly dropped?: string;
  /** Why it would be quarantined or retried before any sink. */
  readonly refused?: string;
  /** Where it goes; absent when it is dropped or refused. */
  readonly route?: string;
  readonly sinks: readonly string[];
  /** The finished document, JSON text. */
  readonly document: string;
}

/** Runs records through parser, transforms and router, and delivers nothing. */
export class DryRun {
  readonly #parse: (batch: RecordBatch) => void;
  readonly #transforms: readonly Transform[];
  readonly #router: Router;
  readonly #encoder = new DocumentEncoder();

  constructor(config: Config) {
    this.#parse = createParse(config.parsers, { keepOriginal: config.keepOriginal });
    this.#transforms = createTransforms(config);
    this.#router = createRouter(config.routes, config.defaultRoute);
  }

  /** Explains every record of a source, in its order. */
  async *explain(source: Source): AsyncGenerator<Explanation> {
    for await (const batch of source.batches(new RecordBatch())) yield* this.#explainAll(batch);
  }

  #explainAll(batch: RecordBatch): Explanation[] {
    this.#parse(batch);
    const records = Array.from({ length: batch.count }, (_, record) => record);
    let before = records.map((record) => readFields(batch, record));
    const changes: FieldChange[][] = records.map(() => []);
    for (const transform of this.#transforms) {
      const wasOpen = records.map((record) => batch.fates.isOpen(record));
      transform.apply(batch);
      const after = records.map((record) => readFields(batch, record));
      for (const record of records) {
        if (wasOpen[record]) changes[record].push(...changesOf(transform.name, before[record], after[record]));
      }
      before = after;
    }
    return records.map((record) => this.#explainOne(batch, record, changes[record]));
  }

  #explainOne(batch: RecordBatch, record: number, changes: readonly FieldChange[]): Explanation {
    const fate = batch.fates.of(record);
    const reason = batch.fates.reasonOf(record);
    const isOpen = fate === Fate.open;
    return {
      id: batch.idOf(record),
      origin: batch.itemOf(record).origin,
      resource: batch.streamFor(record).resource,
      parser: datasetName(batch.dataset[record]),
      changes,
      sinks: [],
      ...(fate === Fate.dropped ? { dropped: reason } : {}),
      ...(isOpen || fate === Fate.dropped ? {} : { refused: reason }),
      ...(isOpen ? this.#router.explain(batch, record) : {}),
      document: this.#encoder.encodeRecord(batch, record),
    };
  }
}

/** The leaves that differ; of an object that was replaced by another only what is not the same. */
function changesOf(
  stage: string,
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
): FieldChange[] {
  const fields = new Set([...before.keys(), ...after.keys()]);
  return [...fields].flatMap((field) => {
    const was = new Map(leavesOf(before.get(field), field));
    const is = new Map(leavesOf(after.get(field), field));
    return [...new Set([...was.keys(), ...is.keys()])]
      .filter((leaf) => JSON.stringify(was.get(leaf)) !== JSON.stringify(is.get(leaf)))
      .map((leaf) => ({ stage, field: leaf, value: is.get(leaf) }));
  });
}
