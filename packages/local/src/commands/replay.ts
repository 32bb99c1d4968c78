import { existsSync } from "node:fs";
import type { Config } from "@belfry/core/config/schema";
import { configuredPipeline } from "@belfry/core/configured-pipeline";
import { brokenIdentity, total } from "@belfry/core/event/fates";
import type { Pipeline } from "@belfry/core/pipeline";
import { systemClock } from "@belfry/core/platform/clock";
import { BelfryError } from "@belfry/core/platform/errors";
import { levelFromEnv } from "@belfry/core/platform/logger";
import { Pace } from "@belfry/core/platform/pace";
import { sleep } from "@belfry/core/platform/retry";
import { processSink } from "@belfry/core/sinks/process";
import type { Sink } from "@belfry/core/sinks/sink";
import { Command, InvalidArgumentError } from "commander";
import { type BelfryFolder, belfryFolder, DEFAULT_FOLDER } from "../belfry-folder.ts";
import { accountingJson, accountingText } from "../cli/accounting.ts";
import { ExitCode } from "../cli/exit-code.ts";
import { onInterruption } from "../cli/interruption.ts";
import { plural, type Terminal } from "../cli/terminal.ts";
import { composeLocal, type LocalRuntime } from "../runtime/compose.ts";
import { Ledger } from "../runtime/ledger.ts";
import { findConfig } from "../runtime/load-config.ts";
import { loadOwnFunction } from "../runtime/own-function.ts";
import { recordFilter } from "../runtime/record-filter.ts";
import { replayArchive } from "../runtime/replay-archive.ts";
import { replayQuarantine } from "../runtime/replay-quarantine.ts";
import { archiveFiles, type TimeRange } from "../search/archive-files.ts";
import { searchArchive } from "../search/archive-search.ts";
import { timeOf } from "../search/time-range.ts";

const HELP = `
From the quarantine (without --archive): the original bytes go through the pipeline again, under the same ids and with the configuration of today. What
a sink had refused goes to that sink alone. What is settled is taken out of the quarantine; what is refused again stays, with its new reason.

From the archive: finished documents go to the sink that --sink names, as they stand and under the same ids. In OpenSearch, what is there already
stays as it is.

A filter is a search query, or an event pattern (a JSON object), over the fields of documents; in the quarantine over reason, sink, origin, message,
@timestamp, cloud.account.id, cloud.region, aws.cloudwatch.log_group, aws.s3.bucket.name and aws.s3.object.key.

Exit codes:
  0  done, or there is nothing to replay
  1  the accounting does not add up, which is a defect
  2  the options, the configuration or the filter are not valid
  3  records are still to be retried, or wait for a sink that is not here

Examples:
  $ belfry replay --dry-run
  $ belfry replay --filter 'reason:bad*'
  $ belfry replay --filter '{"cloud":{"account":{"id":["111122223333"]}}}'
  $ OPENSEARCH_URL=https://localhost:9200 belfry replay --archive --sink search --from -7d --rate 500`;

interface ReplayOptions {
  readonly archive?: boolean;
  readonly sink?: string;
  readonly filter?: string;
  readonly from?: string;
  readonly to?: string;
  readonly rate?: number;
  readonly dryRun?: boolean;
  readonly objects?: string;
  readonly config?: string;
  readonly dir: string;
  readonly aws?: boolean;
  readonly json?: boolean;
}

/** `belfry replay`. */
export function replayCommand(terminal: Terminal, env: NodeJS.ProcessEnv = process.env): Command {
  return new Command("replay")
    .description("send quarantined or archived records through again")
    .option("--archive", "from the archive, in place of the quarantine")
    .option("--sink <name>", "with --archive: the sink to send to")
    .option("--from <time>", "with --archive: events from then on: -1h, 2026-01-31, 2026-01-31T08:00Z")
    .option("--to <time>", "with --archive: events before then")
    .option("--filter <text>", "only these: a search query, or an event pattern")
    .option("--rate <n>", "records a second, at most", positive)
    .option("--dry-run", "say what would become of them; change nothing")
    .option("--objects <folder>", "read the objects that events name from <folder>/<bucket>/<key>")
    .option("--config <file>", "the configuration; belfry.config.ts in this folder when absent, if there is one")
    .option("--dir <folder>", "Belfry's folder", DEFAULT_FOLDER)
    .option("--aws", "use real AWS services where the configuration names them")
    .option("--json", "end with the accounting as one JSON object")
    .addHelpText("after", HELP)
    .action((options: ReplayOptions) => replay(options, terminal, env));
}

async function replay(options: ReplayOptions, terminal: Terminal, env: NodeJS.ProcessEnv): Promise<void> {
  checkOptions(options);
  const { config, file } = await findConfig(options.config);
  const own = await loadOwnFunction(config, file);
  const folder = belfryFolder(options.dir);
  const runtime = composeLocal({
    config,
    folder,
    env,
    aws: options.aws === true,
    ...(options.objects === undefined ? {} : { objects: options.objects }),
    onLog: terminal.note,
    logLevel: levelFromEnv({ BELFRY_LOG_LEVEL: "warn", ...env }),
    colors: terminal.isInteractive,
  });
  const ledger = options.dryRun === true ? new Ledger() : runtime.ledger;
  const pipeline = options.dryRun === true ? ledger.observe(dryPipeline(runtime.config)) : runtime.pipeline;
  const sinks = own === undefined ? runtime.sinks : [...runtime.sinks, processSink(own)];
  const { signal, done } = onInterruption();
  const work: Work = { options, folder, runtime, sinks, pipeline, terminal, signal };
  const isComplete = await (options.archive === true ? fromArchive(work) : fromQuarantine(work)).finally(done);
  await runtime.settled();
  if (options.json === true) terminal.print(accountingJson(ledger.accounting));
  else if (ledger.accounting.received > 0) terminal.print(accountingText(ledger.accounting, terminal.paint));
  if (options.dryRun === true) terminal.note("a dry run: nothing was delivered, and nothing changed");
  terminal.exitCode = exitCodeOf(ledger, isComplete);
}

interface Work {
  readonly options: ReplayOptions;
  readonly folder: BelfryFolder;
  readonly runtime: LocalRuntime;
  /** Those of the configuration, and the user's own function. */
  readonly sinks: readonly Sink[];
  readonly pipeline: Pipeline;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** False when entries wait for a sink that is not here. */
async function fromQuarantine({ options, folder, runtime, sinks, pipeline, terminal, signal }: Work): Promise<boolean> {
  const now = systemClock.now();
  const counts = await replayQuarantine({
    folder: { directory: folder.quarantine, keyFile: folder.quarantineKey },
    pipeline,
    sinks: options.dryRun === true ? sinks.map(({ name }) => takesAll(name)) : sinks,
    quarantine: runtime.quarantine,
    world: { config: runtime.config, getObject: runtime.getObject, signal, now },
    pace: new Pace(options.rate, systemClock, sleep),
    filter: recordFilter(options.filter ?? "", now),
    dryRun: options.dryRun === true,
  });
  const { replayed, repeated, passedOver, waiting } = counts;
  const parts = [`${plural(replayed, "entry", "entries")} replayed`];
  if (repeated > 0) parts.push(`${repeated} repeated`);
  if (passedOver > 0) parts.push(`${passedOver} passed over by the filter`);
  terminal.note(replayed + passedOver + waiting.size === 0 ? "the quarantine is empty" : parts.join(", "));
  for (const [sink, count] of waiting) {
    terminal.note(`${plural(count, "entry waits", "entries wait")} for the sink "${sink}", which is not here`);
  }
  return waiting.size === 0;
}

async function fromArchive({ options, folder, runtime, sinks, pipeline, terminal, signal }: Work): Promise<boolean> {
  const now = systemClock.now();
  if (!existsSync(folder.archive)) throw new BelfryError("NOT_FOUND", `there is no archive in ${folder.archive}`);
  const name = options.sink ?? "";
  const sink = sinks.find((known) => known.name === name);
  if (sink === undefined) {
    const known = sinks.map((each) => each.name).join(", ");
    throw new BelfryError("BAD_ARGUMENT", `there is no sink "${name}" here, only ${known}`);
  }
  const range: TimeRange = {
    ...(options.from === undefined ? {} : { fromMs: timeOf(options.from, now) }),
    ...(options.to === undefined ? {} : { toMs: timeOf(options.to, now) }),
  };
  // Late arrivals belong to a replay, too.
  const { files } = await archiveFiles(folder.archive, range, Number.POSITIVE_INFINITY);
  const count = await replayArchive({
    documents: searchArchive(files, { query: { kind: "all" }, range }),
    pipeline,
    sink: options.dryRun === true ? takesAll(name) : sink,
    config: runtime.config,
    pace: new Pace(options.rate, systemClock, sleep),
    filter: recordFilter(options.filter ?? "", now),
    signal,
  });
  terminal.note(count === 0 ? "nothing in the archive to replay" : `${plural(count, "document")} replayed to ${name}`);
  return true;
}

/** The pipeline with sinks and a quarantine that take everything and keep nothing. */
function dryPipeline(config: Config): Pipeline {
  return configuredPipeline(config, {
    sinks: Object.keys(config.sinks).map(takesAll),
    quarantine: { put: async () => undefined },
  });
}

function takesAll(name: string): Sink {
  return {
    name,
    write: async (batch, records) => {
      for (const record of records) batch.fates.sink(name).delivered(record);
    },
  };
}

function checkOptions({ archive, sink, from, to }: ReplayOptions): void {
  if (archive === true && sink === undefined) {
    throw new BelfryError("BAD_ARGUMENT", "--archive needs --sink: documents of the archive go to one sink");
  }
  if (archive !== true && (sink ?? from ?? to) !== undefined) {
    throw new BelfryError(
      "BAD_ARGUMENT",
      "--sink, --from and --to are for --archive; choose from the quarantine by --filter",
    );
  }
}

function exitCodeOf({ accounting }: Ledger, isComplete: boolean): ExitCode {
  if (brokenIdentity(accounting) !== undefined) return ExitCode.no;
  const retried = [accounting.retried, ...Object.values(accounting.sinks).map((sink) => sink.retried)];
  return isComplete && retried.every((tally) => total(tally) === 0) ? ExitCode.done : ExitCode.retry;
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError("a number above 0");
  return number;
}
