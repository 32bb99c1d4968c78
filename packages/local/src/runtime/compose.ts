import { randomBytes } from "node:crypto";
import path from "node:path";
import type { Config, SinkConfig } from "@belfry/core/config/schema";
import { configuredPipeline } from "@belfry/core/configured-pipeline";
import { s3Get } from "@belfry/core/platform/clients";
import { systemClock } from "@belfry/core/platform/clock";
import { emfMetrics, type Measurements } from "@belfry/core/platform/emf";
import { createLogger, type LogLevel } from "@belfry/core/platform/logger";
import { sleep } from "@belfry/core/platform/retry";
import { xrayTracer } from "@belfry/core/platform/xray-tracer";
import { archivePath, fileSink } from "@belfry/core/sinks/file";
import { folderQuarantine } from "@belfry/core/sinks/quarantine-folder";
import type { Quarantine, Sink } from "@belfry/core/sinks/sink";
import type { GetObject } from "@belfry/core/sources/s3-object";
import { bindSink } from "@belfry/functions/bind-sink";
import type { Runtime } from "@belfry/functions/runtime";
import type { BelfryFolder } from "../belfry-folder.ts";
import { availableSinks } from "./available-sinks.ts";
import { folderObjects } from "./folder-objects.ts";
import { Ledger } from "./ledger.ts";
import { LineFile } from "./line-file.ts";

export interface LocalOptions {
  readonly config: Config;
  readonly folder: BelfryFolder;
  readonly env: NodeJS.ProcessEnv;
  /** Use real AWS services for the sinks and objects that name them. */
  readonly aws: boolean;
  /** Folder that stands for S3, besides the runtime's own. */
  readonly objects?: string;
  /** Takes what handlers log. */
  readonly onLog: (line: string) => void;
  readonly logLevel: LogLevel;
  readonly colors: boolean;
}

/** What handlers run on here, and what there is to see of them. */
export interface LocalRuntime extends Runtime {
  readonly metrics: Measurements;
  readonly sinks: readonly Sink[];
  readonly quarantine: Quarantine;
  readonly ledger: Ledger;
  readonly notices: readonly string[];
  /** The same with a pipeline whose runs are noted in a ledger of their own: for a second function on the same records. */
  with(ledger: Ledger): Runtime;
  /** The file of the archive for what arrives at a time, other than the sink's own: for what comes from a local Firehose. */
  archiveFile(name: string, timeMs: number): string;
  /** Resolves when all that is written in the background is in its file. */
  settled(): Promise<void>;
}

/** Binds core's ports to this machine: archive and quarantine are folders, metrics a file, and real services only where they are named. */
export function composeLocal(options: LocalOptions): LocalRuntime {
  const { folder, env } = options;
  const endpoint = env.AWS_ENDPOINT_URL || undefined;
  const openSearchUrl = env.OPENSEARCH_URL || undefined;
  const { config, notices } = availableSinks(options.config, {
    openSearchUrl,
    hasAws: options.aws || endpoint !== undefined,
  });
  const logger = createLogger({ level: options.logLevel, pretty: true, colors: options.colors, write: options.onLog });
  const world = { clock: systemClock, random: Math.random, sleep, logger, env, retentionDays: config.retentionDays };
  // Each process appends to files of its own.
  const run = randomBytes(4).toString("hex");
  const bind = (name: string, sink: SinkConfig): Sink => {
    if (sink.type === "archive") {
      const { compression } = sink;
      return fileSink({
        name,
        clock: systemClock,
        compression,
        pathAt: archivePath(folder.archive, `${name}-${run}`, compression),
      });
    }
    if (sink.type === "file") return fileOf(name, sink);
    return bindSink(
      name,
      sink.type === "opensearch" && openSearchUrl !== undefined ? { ...sink, endpoint: openSearchUrl } : sink,
      world,
    );
  };
  const quarantine = folderQuarantine({ directory: folder.quarantine, keyFile: folder.quarantineKey }, world);
  const sinks = Object.entries(config.sinks).map(([name, sink]) => bind(name, sink));
  const ledger = new Ledger();
  const metrics = new LineFile(folder.metrics);
  const pipeline = configuredPipeline(config, { sinks, quarantine });
  const runtime: Runtime & Pick<LocalRuntime, "metrics"> = {
    config,
    pipeline: ledger.observe(pipeline),
    getObject: objectsOf(options, endpoint !== undefined),
    tracer: xrayTracer({ env, onFailure: (error) => logger.warn("tracing is off", { error }) }),
    metrics: emfMetrics({ ...config.metrics, write: (line) => metrics.append(line) }),
    logger,
    clock: systemClock,
  };
  return {
    ...runtime,
    sinks,
    quarantine,
    ledger,
    notices,
    with: (other) => ({ ...runtime, pipeline: other.observe(pipeline) }),
    archiveFile: (name, timeMs) => archivePath(folder.archive, `${name}-${run}`, "gzip")(timeMs),
    settled: () => metrics.settled(),
  };
}

function fileOf(name: string, sink: Extract<SinkConfig, { type: "file" }>): Sink {
  const file = path.resolve(sink.path);
  return fileSink({
    name,
    clock: systemClock,
    pathAt: () => file,
    ...(sink.compression === undefined ? {} : { compression: sink.compression }),
  });
}

function objectsOf({ aws, objects, folder }: LocalOptions, hasEmulator: boolean): GetObject {
  if (objects !== undefined) return folderObjects(objects);
  return aws || hasEmulator ? s3Get : folderObjects(folder.objects);
}
