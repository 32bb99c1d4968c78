// A runtime whose sinks, quarantine and objects are in memory, for tests of sources, handlers and the ledger.
import { type Config, ConfigSchema } from "@belfry/core/config/schema";
import { datasetId } from "@belfry/core/event/dataset";
import { pathId } from "@belfry/core/event/field-path";
import type { RecordBatch } from "@belfry/core/event/record-batch";
import { createPipeline, type Pipeline } from "@belfry/core/pipeline";
import { BelfryError } from "@belfry/core/platform/errors";
import { createLogger } from "@belfry/core/platform/logger";
import type { Metrics } from "@belfry/core/platform/metrics";
import { noTracer } from "@belfry/core/platform/tracer";
import type { Quarantine, QuarantineEntry, Sink } from "@belfry/core/sinks/sink";
import type { GetObject } from "@belfry/core/sources/s3-object";
import type { Runtime } from "@belfry/functions/runtime";
import type { Context } from "aws-lambda";

/** One delivered document. */
export interface Delivered {
  id: string;
  message: string;
  document: Record<string, unknown>;
}

/** What a memory sink does with a document before it takes it: nothing, or a fate by name. */
export type Refuse = (delivered: Delivered) => "retry" | "quarantine" | undefined;

export interface MemorySink extends Sink {
  readonly delivered: Delivered[];
}

export function memorySink(name: string, refuse: Refuse = () => undefined): MemorySink {
  const delivered: Delivered[] = [];
  return {
    name,
    delivered,
    write: async (batch, records) => {
      const fates = batch.fates.sink(name);
      for (const record of records) {
        const document = JSON.parse(batch.documentOf(record)) as Record<string, unknown>;
        const one = { id: batch.idOf(record), message: batch.messageOf(record), document };
        const refused = refuse(one);
        if (refused === "retry") fates.retry(record, "refused by the test");
        else if (refused === "quarantine") fates.quarantine(record, "refused by the test");
        else {
          delivered.push(one);
          fates.delivered(record);
        }
      }
    },
  };
}

const TEXT = datasetId("app.text");
const MESSAGE = pathId("message");

/** The simplest parser: every message is text. */
export function parseAsText(batch: RecordBatch): void {
  for (let record = 0; record < batch.count; record++) {
    if (!batch.fates.isOpen(record)) continue;
    if (batch.dataset[record] !== 0) continue;
    batch.dataset[record] = TEXT;
    batch.addText(record, MESSAGE, batch.start[record], batch.end[record]);
  }
}

/** Routes every open record to all of these sinks. */
export function routeTo(...names: readonly string[]): (batch: RecordBatch) => void {
  return (batch) => {
    const sinks = names.map((name) => batch.fates.sink(name));
    for (let record = 0; record < batch.count; record++) {
      if (batch.fates.isOpen(record)) for (const sink of sinks) batch.fates.route(record, sink);
    }
  };
}

export interface MemoryRuntime extends Runtime {
  readonly quarantined: QuarantineEntry[];
  readonly pipeline: Pipeline;
}

export interface MemoryOptions {
  readonly sinks: readonly Sink[];
  readonly config?: Partial<Config>;
  readonly objects?: Readonly<Record<string, Buffer>>;
  readonly quarantineFails?: () => boolean;
  /** In place of `quarantined`. */
  readonly quarantine?: Quarantine;
}

export function memoryRuntime(options: MemoryOptions): MemoryRuntime {
  const quarantined: QuarantineEntry[] = [];
  const pipeline = createPipeline({
    parse: parseAsText,
    transforms: [],
    route: routeTo(...options.sinks.map(({ name }) => name)),
    sinks: options.sinks,
    quarantine: options.quarantine ?? {
      put: async (entries) => {
        if (options.quarantineFails?.() === true) throw new BelfryError("UNAVAILABLE", "quarantine is down");
        quarantined.push(...entries);
      },
    },
  });
  return {
    config: { ...ConfigSchema.parse({}), ...options.config },
    pipeline,
    quarantined,
    getObject: objectsIn(options.objects ?? {}),
    tracer: noTracer,
    metrics: noMetrics,
    logger: createLogger({ level: "off" }),
    clock: { now: () => Date.UTC(2026, 10, 22, 12) },
  };
}

const noMetrics: Metrics = { count: () => undefined, duration: () => undefined, flush: () => undefined };

/** Objects by `bucket/key`, given in chunks of an odd size. */
export function objectsIn(objects: Readonly<Record<string, Buffer>>): GetObject {
  return async ({ bucket, key }) => {
    const bytes = objects[`${bucket}/${key}`];
    if (bytes === undefined) throw new BelfryError("NOT_FOUND", `no object s3://${bucket}/${key}`, { retryable: true });
    return (async function* chunks() {
      for (let at = 0; at < bytes.length; at += 1021) yield bytes.subarray(at, at + 1021);
    })();
  };
}

/** A Lambda context with a minute left. */
export function lambdaContext(remainingMs = 60_000): Context {
  return {
    awsRequestId: "00000000-1111-2222-3333-444444444444",
    callbackWaitsForEmptyEventLoop: false,
    functionName: "belfry-test",
    functionVersion: "$LATEST",
    invokedFunctionArn: "arn:aws:lambda:eu-central-1:999988887777:function:belfry-test",
    memoryLimitInMB: "256",
    logGroupName: "/aws/lambda/belfry-test",
    logStreamName: "2026/11/22/[$LATEST]0",
    getRemainingTimeInMillis: () => remainingMs,
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}
