import { ConfigSchema } from "@belfry/core/config/schema";
import { configuredPipeline } from "@belfry/core/configured-pipeline";
import { type Accounting, brokenIdentity } from "@belfry/core/event/fates";
import { openSearchSender } from "@belfry/core/platform/clients";
import { emfMetrics } from "@belfry/core/platform/emf";
import type { SendHttp } from "@belfry/core/platform/http";
import { createLogger } from "@belfry/core/platform/logger";
import { sleep } from "@belfry/core/platform/retry";
import { noTracer } from "@belfry/core/platform/tracer";
import { archivePath, fileSink } from "@belfry/core/sinks/file";
import { openSearchSink } from "@belfry/core/sinks/opensearch";
import type { QuarantineEntry } from "@belfry/core/sinks/sink";
import { kinesisHandler } from "@belfry/functions/ingest/kinesis";
import { s3ObjectHandler } from "@belfry/functions/ingest/s3-object";
import { subscriptionHandler } from "@belfry/functions/ingest/subscription";
import type { Runtime } from "@belfry/functions/runtime";
import { lambdaContext, objectsIn } from "../../support/memory-runtime.ts";
import { deliverAsynchronously, deliverQueue, deliverShard } from "./delivery.ts";
import type { Load } from "./mixed-load.ts";

/** The time that it always is here: a load and the days of its indices are the same each time. */
export const NOW_MS = Date.UTC(2026, 10, 22, 12);

// The longest that Lambda gives, so that a busy machine is no failure.
const INVOCATION_MS = 900_000;

const clock = { now: () => NOW_MS };

const config = ConfigSchema.parse({
  sinks: { archive: { type: "archive" }, opensearch: { type: "opensearch", service: "none" } },
  defaultRoute: ["archive", "opensearch"],
});

export interface Delivery {
  /** Called with the ids that an answer names, before they are brought again. */
  readonly onFailure?: (named: readonly string[]) => Promise<void>;
  /** Called when a bulk request has been sent, and its answer is not there. */
  readonly onBulk?: () => void;
}

/** What became of one load. */
export interface DeliveryReport {
  /** One for each invocation. */
  readonly accountings: readonly Accounting[];
  /** Those that do not add up, in words. */
  readonly broken: readonly string[];
  readonly quarantined: readonly QuarantineEntry[];
}

/** An archive in a folder and an OpenSearch server, which the real handlers fill, both with all records. */
export class FilledStores {
  readonly archive: string;
  readonly #send: SendHttp;
  #deliveries = 0;

  constructor(url: string, archive: string) {
    this.archive = archive;
    this.#send = openSearchSender(url, { service: "none" });
  }

  /** Delivers all that a load has, its roads at once, and each until nothing is left. */
  async deliver(load: Load, { onFailure = async () => undefined, onBulk }: Delivery = {}): Promise<DeliveryReport> {
    const accountings: Accounting[] = [];
    const quarantined: QuarantineEntry[] = [];
    const runtime = this.#runtime(load, accountings, quarantined, onBulk);
    const invoking = { context: () => lambdaContext(INVOCATION_MS), onFailure };
    await Promise.all([
      ...load.shards.map((batches) => deliverShard(kinesisHandler(runtime), batches, invoking)),
      deliverAsynchronously(subscriptionHandler(runtime), load.subscriptions, invoking),
      deliverQueue(s3ObjectHandler(runtime), load.queue, invoking),
    ]);
    const broken = accountings.map(brokenIdentity).filter((words) => words !== undefined);
    return { accountings, broken, quarantined };
  }

  #runtime(load: Load, accountings: Accounting[], quarantined: QuarantineEntry[], onBulk?: () => void): Runtime {
    const run = `e2e-${this.#deliveries++}`;
    const send: SendHttp = (request, signal) => {
      const answer = this.#send(request, signal);
      if (request.path.startsWith("/_bulk")) onBulk?.();
      return answer;
    };
    const sinks = [
      fileSink({ name: "archive", clock, compression: "gzip", pathAt: archivePath(this.archive, run, "gzip") }),
      openSearchSink({ name: "opensearch", send, clock, random: Math.random, sleep }),
    ];
    const quarantine = { put: async (entries: readonly QuarantineEntry[]) => void quarantined.push(...entries) };
    const pipeline = configuredPipeline(config, { sinks, quarantine });
    return {
      config,
      pipeline: {
        run: async (source, options) => {
          const outcome = await pipeline.run(source, options);
          accountings.push(outcome.accounting);
          return outcome;
        },
      },
      getObject: objectsIn(load.objects),
      tracer: noTracer,
      metrics: emfMetrics({ ...config.metrics, clock, write: () => undefined }),
      logger: createLogger({ level: "off" }),
      clock,
    };
  }
}
