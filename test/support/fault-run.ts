// Drives the Kinesis handler as the event source mapping does, with faults, and adds up what every invocation's ledger says.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Accounting, addAccounting, brokenIdentity, emptyAccounting } from "@belfry/core/event/fates";
import { createPipeline } from "@belfry/core/pipeline";
import { BelfryError } from "@belfry/core/platform/errors";
import type { SendHttp } from "@belfry/core/platform/http";
import { archivePath, fileSink } from "@belfry/core/sinks/file";
import { openSearchSink } from "@belfry/core/sinks/opensearch";
import type { QuarantineEntry } from "@belfry/core/sinks/sink";
import { kinesisHandler } from "@belfry/functions/ingest/kinesis";
import { archiveFiles } from "@belfry/local/search/archive-files";
import { searchArchive } from "@belfry/local/search/archive-search";
import { parseQuery } from "@belfry/local/search/query-parser";
import type { KinesisStreamEvent } from "aws-lambda";
import { BulkStore } from "./bulk-store.ts";
import { lambdaContext, memoryRuntime, parseAsText, routeTo } from "./memory-runtime.ts";

/** One line of the fault table. */
export interface FaultCase {
  readonly name: string;
  readonly event: KinesisStreamEvent;
  /** Answers in place of the store; undefined lets the store answer. */
  readonly search?: (store: BulkStore, nowMs: number, call: number) => "hang" | "down" | undefined;
  /** True while the archive refuses to write. */
  readonly archiveFails?: (nowMs: number) => boolean;
  /** Milliseconds that the first invocation has left. */
  readonly firstInvocationMs?: number;
}

/** What came of a case. */
export interface FaultResult {
  readonly invocations: number;
  readonly sums: Accounting;
  /** The first identity of any invocation that did not hold. */
  readonly broken: string | undefined;
  readonly store: BulkStore;
  readonly archivedIds: readonly string[];
  readonly quarantined: readonly QuarantineEntry[];
}

// Lambda's default for a stream is to try for ever; a case that needs more than this does not end.
const MAX_INVOCATIONS = 50;
const SECONDS_BETWEEN = 20;

export async function runFaultCase(fault: FaultCase): Promise<FaultResult> {
  const directory = await mkdtemp(path.join(tmpdir(), "belfry-faults-"));
  try {
    return await run(fault, directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function run(fault: FaultCase, directory: string): Promise<FaultResult> {
  const store = new BulkStore();
  const sums = emptyAccounting();
  const quarantined: QuarantineEntry[] = [];
  let now = Date.UTC(2026, 10, 22, 12);
  let broken: string | undefined;
  const clock = { now: () => now };
  const sinks = [
    openSearchSink({
      name: "search",
      send: sendTo(fault, store, clock),
      clock,
      random: () => 0.5,
      sleep: async () => undefined,
    }),
    failing(
      fileSink({ name: "archive", clock, pathAt: archivePath(directory, "test", "gzip"), compression: "gzip" }),
      () => fault.archiveFails?.(now) === true,
    ),
  ];
  const inner = createPipeline({
    parse: parseAsText,
    transforms: [],
    route: routeTo("search", "archive"),
    sinks,
    quarantine: { put: async (entries) => void quarantined.push(...entries) },
  });
  const pipeline: typeof inner = {
    run: async (source, options) => {
      const outcome = await inner.run(source, options);
      broken ??= brokenIdentity(outcome.accounting);
      addAccounting(outcome.accounting, sums);
      return outcome;
    },
  };
  const handler = kinesisHandler({ ...memoryRuntime({ sinks: [] }), pipeline, clock });
  let records = fault.event.Records;
  let invocations = 0;
  while (invocations === 0 || records.length > 0) {
    if (invocations++ >= MAX_INVOCATIONS)
      throw new Error(`${fault.name}: not done after ${MAX_INVOCATIONS} invocations`);
    const leftMs = invocations === 1 ? fault.firstInvocationMs : undefined;
    const { batchItemFailures } = await handler({ Records: records }, lambdaContext(leftMs));
    const first = batchItemFailures[0]?.itemIdentifier;
    records =
      first === undefined ? [] : records.slice(records.findIndex(({ kinesis }) => kinesis.sequenceNumber === first));
    now += SECONDS_BETWEEN * 1000;
  }
  const { files } = await archiveFiles(directory, {}, Number.POSITIVE_INFINITY);
  const archivedIds: string[] = [];
  for await (const document of searchArchive(files, { query: parseQuery("*", now), range: {} })) {
    archivedIds.push((JSON.parse(document) as { belfry: { id: string } }).belfry.id);
  }
  return { invocations, sums, broken, store, archivedIds, quarantined };
}

function sendTo(fault: FaultCase, store: BulkStore, clock: { now(): number }): SendHttp {
  let calls = 0;
  return async ({ headers, body, path }, signal) => {
    const fate = fault.search?.(store, clock.now(), calls++);
    if (fate === "down")
      throw new BelfryError("UNAVAILABLE", "connect ECONNREFUSED 127.0.0.1:9200", { retryable: true });
    if (fate === "hang") {
      await new Promise((resolve) => signal?.addEventListener("abort", resolve, { once: true }));
      throw new BelfryError("UNAVAILABLE", "aborted", { retryable: true });
    }
    return store.answer(headers, body ?? Buffer.alloc(0), path);
  };
}

function failing(sink: ReturnType<typeof fileSink>, fails: () => boolean): ReturnType<typeof fileSink> {
  return {
    name: sink.name,
    write: async (batch, records, context) => {
      if (!fails()) return sink.write(batch, records, context);
      for (const record of records) batch.fates.sink(sink.name).retry(record, "file ENOSPC");
    },
  };
}
