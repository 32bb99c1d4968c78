import { setTimeout as delay } from "node:timers/promises";
import { brokenIdentity } from "@belfry/core/event/fates";
import { systemClock } from "@belfry/core/platform/clock";
import { levelFromEnv } from "@belfry/core/platform/logger";
import { Command, InvalidArgumentError } from "commander";
import { type BelfryFolder, belfryFolder, DEFAULT_FOLDER } from "../belfry-folder.ts";
import { startCanaries } from "../canary/start-canaries.ts";
import { accountingJson, accountingText, datasetTable } from "../cli/accounting.ts";
import { ExitCode } from "../cli/exit-code.ts";
import { type Interruption, onInterruption } from "../cli/interruption.ts";
import { LiveView } from "../cli/live-view.ts";
import type { Paint, Terminal } from "../cli/terminal.ts";
import { durationOf } from "../on-call/desk-command.ts";
import { IncidentWatch } from "../on-call/incident-watch.ts";
import { LocalOnCall } from "../on-call/local-on-call.ts";
import { playBeginning, playIncident } from "../on-call/play-incident.ts";
import { prepareOnCall } from "../on-call/prepare-on-call.ts";
import { openSqliteTable, type SqliteTable } from "../on-call/sqlite-table.ts";
import { Ledger } from "../runtime/ledger.ts";
import { type FoundConfig, findConfig } from "../runtime/load-config.ts";
import { LocalAws } from "../runtime/local-aws.ts";
import { loadOwnFunction } from "../runtime/own-function.ts";
import { SampleTraffic } from "../runtime/sample-traffic.ts";
import { LOCAL_SITE, openSession, type Session } from "../runtime/session.ts";

const HELP = `
Brings up what AWS would put around Belfry's functions (a Kinesis stream with its event source mapping, asynchronous invocation, Firehose, a queue of
S3 events), sends sample traffic of every source through the real handlers, raises a sample incident, and keeps everything in one folder:

  archive/      the documents, laid out as in S3: dt=YYYY-MM-DD/hour=HH/*.ndjson.gz
  quarantine/   what no retry mends, encrypted, with the reason; belfry replay sends it again
  traces/       X-Ray segments, for belfry trace
  objects/      what stands for S3
  canaries/     runs of canaries, with their pictures and HARs, for belfry canary
  state.sqlite  alerts, incidents and who was told, for belfry incidents
  metrics.ndjson  what CloudWatch would make metrics of

A function of your own, which process in the configuration names, reads the same stream. Records go to OpenSearch only when OPENSEARCH_URL is set, and to other AWS services only when AWS_ENDPOINT_URL is set or --aws is given.

On call: events become incidents and go to the channels of the configuration whose secrets are there (env:NAME); the inbox stands in for the others. Without a section
oncall, sample rules hold, by which an incident opens after five seconds and is over after four minutes.

Canaries: those of the configuration, each by its schedule; a rate begins at once, cron and at are read in UTC. Where it has none, the samples of belfry canary run
against a small shop that is served here, the first browser after fifteen seconds, and then seldom. Its front page breaks for two minutes: its canary fails twice, which puts
its alarm on and opens an incident with the picture, and passes again. --once runs those without a browser once.

Exit codes:
  0  ended, and the accounting adds up
  1  the accounting does not add up, which is a defect
  2  the configuration is not valid
  3  a port is taken, or a service cannot be reached

Examples:
  $ npm start                         until Ctrl-C, which flushes everything
  $ npm start -- --once               one round of sample traffic, then the accounting
  $ belfry start --rate 20 --seed 7   faster, and the same traffic each time
  $ OPENSEARCH_URL=https://admin:secret@localhost:9200 belfry start --config examples/opensearch/belfry.config.ts`;

interface StartOptions {
  readonly once?: boolean;
  readonly config?: string;
  readonly dir: string;
  readonly seed: number;
  readonly rate: number;
  readonly xrayPort?: number;
  readonly aws?: boolean;
  readonly json?: boolean;
  readonly incident: boolean;
  readonly canaries: boolean;
  readonly canariesEvery: number;
}

/** Once it is asked to end, how long records may still be retried before they are kept in the quarantine. */
const PATIENCE_MS = 10_000;

/** How often incidents are looked at for what is new. */
const WATCH_MS = 500;
const LOOK_TIMEOUT_MS = 10_000;

/** From one run of a canary without browser to the next. */
const CANARIES_EVERY_MS = 30_000;

/** `belfry start`. */
export function startCommand(terminal: Terminal, env: NodeJS.ProcessEnv = process.env): Command {
  return new Command("start")
    .description("run Belfry on this machine, with sample traffic")
    .option("--once", "send one round of sample traffic, print the accounting and end")
    .option("--config <file>", "the configuration; belfry.config.ts in this folder when absent, if there is one")
    .option("--dir <folder>", "Belfry's folder", DEFAULT_FOLDER)
    .option("--seed <n>", "the sample traffic of this number", wholeNumber, 1)
    .option("--rate <n>", "payloads a second, about 15 records each", positive, 4)
    .option("--xray-port <n>", "UDP port for traces; a free one when absent", wholeNumber)
    .option("--aws", "use real AWS services where the configuration names them")
    .option("--no-incident", "without the sample incident")
    .option("--no-canaries", "without canaries")
    .option(
      "--canaries-every <duration>",
      "how often samples without a browser run (30s)",
      durationOf,
      CANARIES_EVERY_MS,
    )
    .option("--json", "end with the accounting as one JSON object")
    .addHelpText("after", HELP)
    .action((options: StartOptions) => start(options, terminal, env));
}

async function start(options: StartOptions, terminal: Terminal, env: NodeJS.ProcessEnv): Promise<void> {
  const interruption = onInterruption();
  const found = await findConfig(options.config);
  const { config: given, file } = found;
  const folder = belfryFolder(options.dir);
  const hasAws = options.aws === true || (env.AWS_ENDPOINT_URL ?? "") !== "";
  const { config, greeting } = prepareOnCall(given, { env, hasAws, atOnce: options.once === true });
  const session = await openSession({
    config,
    folder,
    env,
    aws: options.aws === true,
    ...(options.xrayPort === undefined ? {} : { xrayPort: options.xrayPort }),
    onLog: terminal.note,
    logLevel: levelFromEnv({ BELFRY_LOG_LEVEL: "warn", ...env }),
    colors: terminal.isInteractive,
  });
  const own = new Ledger();
  let table: SqliteTable | undefined;
  try {
    const process = await loadOwnFunction(config, file);
    table = openSqliteTable(folder.state, systemClock.now());
    greet(session, found, folder.root, options, greeting, terminal);
    const aws = new LocalAws(
      session.runtime,
      session.host,
      LOCAL_SITE,
      process === undefined ? undefined : { process, ledger: own },
    );
    const { runtime: shared, host } = session;
    const onCall = new LocalOnCall({ shared, host, site: LOCAL_SITE, table, env, hasAws });
    await run({ aws, onCall, session, found, folder, options, terminal, env }, interruption);
  } finally {
    table?.close();
    await session.close();
    interruption.done();
  }
  if (options.json !== true && config.process !== undefined) {
    terminal.print(
      `${terminal.paint.strong(`own function ${config.process.entry}`)}\n${accountingText(own.accounting, terminal.paint)}\n`,
    );
  }
  const { accounting, datasets } = session.runtime.ledger;
  if (options.json === true) terminal.print(accountingJson(accounting));
  else terminal.print(`${datasetTable(datasets, terminal.paint)}\n\n${accountingText(accounting, terminal.paint)}`);
  if (brokenIdentity(accounting) !== undefined) terminal.exitCode = ExitCode.no;
  else if (options.json !== true) terminal.note(`\n${nextSteps(options, terminal)}`);
}

/** What runs, and where it is shown. */
interface Running {
  readonly aws: LocalAws;
  readonly onCall: LocalOnCall;
  readonly session: Session;
  readonly found: FoundConfig;
  readonly folder: BelfryFolder;
  readonly env: NodeJS.ProcessEnv;
  readonly options: StartOptions;
  readonly terminal: Terminal;
}

async function run(running: Running, { signal }: Interruption): Promise<void> {
  const { aws, onCall, folder, options } = running;
  const traffic = new SampleTraffic(aws, folder.objects, options.seed);
  try {
    if (options.once === true) await once(traffic, running, signal);
    else await untilInterrupted(traffic, running, signal);
    await aws.stop(PATIENCE_MS);
  } finally {
    await onCall.stop(PATIENCE_MS);
  }
}

async function once(traffic: SampleTraffic, running: Running, signal: AbortSignal): Promise<void> {
  const { onCall, options, terminal } = running;
  onCall.start();
  if (options.incident) playBeginning(onCall, options.seed);
  const canaries = canariesOf(running, terminal.note);
  await traffic.once(signal);
  await canaries?.done;
}

function canariesOf({ session, found, folder, onCall, env, options, terminal }: Running, say: (line: string) => void) {
  if (!options.canaries) return undefined;
  return startCanaries({
    ...{ session, found, folder, env, terminal, say },
    place: LOCAL_SITE,
    take: (event, how) => onCall.take(event, how),
    everyMs: options.canariesEvery,
    once: options.once === true,
    suffix: folderOption(options),
  });
}

async function untilInterrupted(traffic: SampleTraffic, running: Running, signal: AbortSignal): Promise<void> {
  const { onCall, session, options, terminal } = running;
  const view = new LiveView(session.runtime.ledger, terminal);
  const watch = new IncidentWatch(onCall.table, folderOption(options), terminal.paint);
  const say = async (): Promise<void> => {
    for (const line of await watch.look(AbortSignal.timeout(LOOK_TIMEOUT_MS)))
      if (options.json !== true) view.say(line);
  };
  const sayUntilInterrupted = async (): Promise<void> => {
    while (!signal.aborted) {
      await say();
      await delay(WATCH_MS, undefined, { signal }).catch(() => undefined);
    }
  };
  // What is open from before is seen before anything goes on.
  await say();
  onCall.start();
  const incident = options.incident ? playIncident(onCall, options.seed, signal) : undefined;
  const canaries = canariesOf(running, (line) => options.json !== true && view.say(line));
  await Promise.all([traffic.every(1000 / options.rate, signal), sayUntilInterrupted(), incident]);
  await canaries?.stop();
  view.close();
  terminal.note("ending: flushing what is under way; Ctrl-C again ends at once");
}

function greet(
  session: Session,
  { config, file }: FoundConfig,
  root: string,
  options: StartOptions,
  onCall: (paint: Paint) => string[],
  terminal: Terminal,
): void {
  if (options.json === true) return;
  const { paint } = terminal;
  terminal.note(
    `${paint.strong("Belfry")} on this machine, by ${file ?? "the default configuration"}; everything is kept in ${root}/`,
  );
  for (const notice of session.runtime.notices) terminal.note(paint.faint(notice));
  for (const line of onCall(paint)) terminal.note(line);
  terminal.note(paint.faint(`traces on UDP ${session.tracesAt}`));
  const incident = options.incident ? ", and a sample incident in some seconds" : "";
  const hasOwn = Object.keys(config.canaries).length > 0;
  const kind = hasOwn
    ? "the configuration's canaries by their schedules"
    : "sample canaries, one of which will fail for a while";
  const canaries = options.canaries ? `; ${kind}` : "";
  if (options.once !== true) terminal.note(paint.faint(`sample traffic until Ctrl-C${incident}${canaries}`));
  terminal.note("");
}

/** As commands need it to look at the same folder. */
function folderOption({ dir }: StartOptions): string {
  return dir === DEFAULT_FOLDER ? "" : ` --dir ${dir}`;
}

function nextSteps(options: StartOptions, { paint }: Terminal): string {
  const folder = folderOption(options);
  return [
    paint.strong("now try"),
    `  npx belfry search 'event.dataset:aws.vpcflow AND aws.vpcflow.action:REJECT'${folder}`,
    `  npx belfry search 'log.level:(error OR warn)'${folder}`,
    `  npx belfry incidents show last${folder}`,
    ...(options.canaries ? [`  npx belfry canary history${folder}`] : []),
    `  npx belfry trace show last${folder}`,
    `  npx belfry replay --dry-run${folder}`,
    `  npx belfry explain --line '{"level":"error","user":"ann@example.com"}'`,
  ].join("\n");
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("a whole number, 0 or more");
  return Number(text);
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0 && number <= 1000)) throw new InvalidArgumentError("a number above 0, at most 1000");
  return number;
}
