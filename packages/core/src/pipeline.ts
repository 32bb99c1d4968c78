import { DocumentEncoder } from "./event/document-encoder.ts";
import { type Accounting, countFates, emptyAccounting, Fate, type Fates, type SinkFates } from "./event/fates.ts";
import { dropOwnLogs } from "./event/own-logs.ts";
import { RecordBatch } from "./event/record-batch.ts";
import { messageOf } from "./platform/errors.ts";
import { noSpan, type Span } from "./platform/tracer.ts";
import { quarantineRefused } from "./quarantine-refused.ts";
import type { Quarantine, Sink, WriteContext } from "./sinks/sink.ts";
import type { Source } from "./sources/source.ts";
import { StageClock } from "./stage-clock.ts";
import type { Transform } from "./transforms/transform.ts";

// A segment document may be 64 kB; stages are added at the end and need room.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
const MAX_TRACED_CALLS = 40;

/** The parts that a pipeline is made of; `compose` of the functions and of the local runtime bind them. */
export interface PipelineParts {
  /** Gives every open record its data set and fields. */
  readonly parse: (batch: RecordBatch) => void;
  readonly transforms: readonly Transform[];
  /** Routes every open record to one sink or several, by name. */
  readonly route: (batch: RecordBatch) => void;
  readonly sinks: readonly Sink[];
  readonly quarantine: Quarantine;
}

/** What one run is given besides its source. */
export interface RunOptions {
  /** Aborts when the invocation has to answer; what is not settled then is to be retried. */
  readonly signal: AbortSignal;
  readonly span?: Span;
  /** All records that no rule drops go to this sink alone, whatever the routes say: a Firehose answer, a user's own function. */
  readonly deliverTo?: Sink;
  /** Sees each window when all is settled, before its memory is used again. */
  readonly onBatch?: (batch: RecordBatch) => void;
}

/** What became of an invocation's input. */
export interface Outcome {
  readonly accounting: Accounting;
  /** Ids of the delivery items that the service must bring again, in the source's order. */
  readonly itemsToRetry: readonly string[];
  /** Milliseconds by stage, and by sink, summed over the windows. */
  readonly stagesMs: Readonly<Record<string, number>>;
  readonly sinksMs: Readonly<Record<string, number>>;
}

/** Runs sources to their end: decode → parse → transform → route → encode → sinks → quarantine → count. */
export interface Pipeline {
  run(source: Source, options: RunOptions): Promise<Outcome>;
}

/** The batch and the encoder's buffers, which one run has for itself and the next uses again. */
interface Workspace {
  readonly batch: RecordBatch;
  readonly encoder: DocumentEncoder;
}

/** Puts the parts together. Runs may overlap: each has a workspace of its own, and workspaces are kept for later runs. */
export function createPipeline(parts: PipelineParts): Pipeline {
  const idle: Workspace[] = [];
  return {
    run: async (source, options) => {
      const workspace = idle.pop() ?? { batch: new RecordBatch(), encoder: new DocumentEncoder() };
      try {
        return await runOnce(parts, workspace, source, options);
      } finally {
        workspace.batch.reset();
        idle.push(workspace);
      }
    },
  };
}

async function runOnce(
  parts: PipelineParts,
  workspace: Workspace,
  source: Source,
  options: RunOptions,
): Promise<Outcome> {
  const run = new Run(source, options);
  const stages = new StageClock(options.span ?? noSpan);
  try {
    for await (const batch of stages.around("decode", source.batches(workspace.batch))) {
      transformBatch(parts, workspace, batch, options, stages);
      await deliver(parts, batch, options, run);
      await stages.wait("quarantine", () => quarantineRefused(batch, parts.quarantine));
      run.count(batch);
      if (options.signal.aborted) {
        run.breakOff("deadline");
        break;
      }
    }
  } catch (error) {
    // Sources and stages do not throw; if one does, what is not counted yet is brought again rather than lost.
    run.breakOff(`failed: ${messageOf(error)}`);
    options.span?.error(error);
  }
  return { ...run.outcome(), stagesMs: stages.close() };
}

function transformBatch(
  parts: PipelineParts,
  workspace: Workspace,
  batch: RecordBatch,
  options: RunOptions,
  stages: StageClock,
): void {
  dropOwnLogs(batch);
  stages.time("parse", () => parts.parse(batch));
  for (const transform of parts.transforms) stages.time(transform.name, () => transform.apply(batch));
  stages.time("route", () =>
    options.deliverTo === undefined ? parts.route(batch) : routeAll(batch, options.deliverTo.name),
  );
  stages.time("encode", () => workspace.encoder.encode(batch));
}

function routeAll(batch: RecordBatch, name: string): void {
  const sink = batch.fates.sink(name);
  for (let record = 0; record < batch.count; record++) {
    if (batch.fates.isOpen(record)) batch.fates.route(record, sink);
  }
}

/** Writes to all sinks at once; one sink's failure leaves the others' records delivered. */
async function deliver(parts: PipelineParts, batch: RecordBatch, options: RunOptions, run: Run): Promise<void> {
  const sinks = options.deliverTo === undefined ? parts.sinks : [options.deliverTo];
  const routed = routedRecords(batch, batch.fates);
  const writes = [...batch.fates.sinks].map(async (fates) => {
    // What goes to a sink is among all that is routed: where they are as many, they are the same.
    const records = fates.waiting === routed.length ? routed : routedRecords(batch, fates);
    const sink = sinks.find(({ name }) => name === fates.sink);
    const start = performance.now();
    if (records.length === 0) return;
    if (sink === undefined) settleRest(batch, fates, `no sink named ${fates.sink}`);
    else await write(sink, batch, records, options, run.spanForCall(options.span));
    run.addSinkMs(fates.sink, performance.now() - start);
  });
  await Promise.all(writes);
}

async function write(
  sink: Sink,
  batch: RecordBatch,
  records: readonly number[],
  options: RunOptions,
  span: Span,
): Promise<void> {
  const fates = batch.fates.sink(sink.name);
  const context: WriteContext = { signal: options.signal };
  try {
    await span.trace(`sink ${sink.name}`, { records: records.length }, () => sink.write(batch, records, context));
    settleRest(batch, fates, options.signal.aborted ? "deadline" : "unsettled");
  } catch (error) {
    settleRest(batch, fates, `sink failed: ${messageOf(error)}`);
  }
}

function routedRecords(batch: RecordBatch, fates: Fates | SinkFates): number[] {
  const records: number[] = [];
  for (let record = 0; record < batch.count; record++) if (fates.of(record) === Fate.routed) records.push(record);
  return records;
}

function settleRest(batch: RecordBatch, fates: SinkFates, reason: string): void {
  if (fates.waiting === 0) return;
  for (let record = 0; record < batch.count; record++) {
    if (fates.of(record) === Fate.routed) fates.retry(record, reason);
  }
}

/** The ledger of a whole run: sums over its windows, and which items have to come again. */
class Run {
  readonly #accounting = emptyAccounting();
  readonly #retry = new Set<string>();
  readonly #seen = new Set<string>();
  readonly #source: Source;
  readonly #onBatch: RunOptions["onBatch"];
  readonly #sinksMs: Record<string, number> = {};
  #sinkCalls = 0;
  #last: string | undefined;

  constructor(source: Source, options: RunOptions) {
    this.#source = source;
    this.#onBatch = options.onBatch;
  }

  count(batch: RecordBatch): void {
    countFates(batch.fates, batch.received, this.#accounting);
    for (let i = 0; i < batch.payloads.length; i++) this.#seen.add(batch.payloads[i].item.id);
    this.#last = batch.payloads.at(-1)?.item.id ?? this.#last;
    for (const fates of [batch.fates, ...batch.fates.sinks]) {
      if (!fates.hasRefused) continue;
      for (let record = 0; record < batch.count; record++)
        if (fates.of(record) === Fate.retry) this.#retry.add(batch.itemOf(record).id);
    }
    this.#onBatch?.(batch);
  }

  /** Notes that the source was not read to its end: the item it was in, and all that it had not come to, have to come again. */
  breakOff(reason: string): void {
    if (this.#last !== undefined) this.#retry.add(this.#last);
    for (const { id } of this.#source.items) {
      if (this.#seen.has(id)) continue;
      this.#retry.add(id);
      this.#accounting.received++;
      this.#accounting.retried[reason] = (this.#accounting.retried[reason] ?? 0) + 1;
    }
  }

  addSinkMs(sink: string, ms: number): void {
    this.#sinksMs[sink] = (this.#sinksMs[sink] ?? 0) + ms;
  }

  /** The span under which the next sink call is traced; after the first calls none, so that a large object does not make a trace too large to send. */
  spanForCall(span: Span | undefined): Span {
    this.#sinkCalls++;
    return span !== undefined && this.#sinkCalls <= MAX_TRACED_CALLS ? span : noSpan;
  }

  outcome(): Omit<Outcome, "stagesMs"> {
    const itemsToRetry = this.#source.items.filter(({ id }) => this.#retry.has(id)).map(({ id }) => id);
    return { accounting: this.#accounting, itemsToRetry, sinksMs: this.#sinksMs };
  }
}
