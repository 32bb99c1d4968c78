import { brokenIdentity, total } from "@belfry/core/event/fates";
import { levelFromEnv } from "@belfry/core/platform/logger";
import { Command } from "commander";
import { belfryFolder, DEFAULT_FOLDER } from "../belfry-folder.ts";
import { accountingJson, accountingText } from "../cli/accounting.ts";
import { ExitCode } from "../cli/exit-code.ts";
import { onInterruption } from "../cli/interruption.ts";
import type { Terminal } from "../cli/terminal.ts";
import { Ingest } from "../runtime/ingest.ts";
import type { Ledger } from "../runtime/ledger.ts";
import { findConfig } from "../runtime/load-config.ts";
import { openSession } from "../runtime/session.ts";

const HELP = `
What a file may hold:
  Lambda events        of Kinesis, CloudWatch Logs subscriptions, Firehose transformations, S3, EventBridge, SNS, SQS:
                       one, several in an array, or one a line
  CloudWatch payloads  as JSON, gzip, or gzip in base64
  CloudTrail files     {"Records": […]}
  logs                 lines of any kind, NDJSON, and documents of Belfry's own archive, which keep their ids
  gzip and Zstandard are recognized; a file may have any size

Events that name objects in S3 read them from --objects, or from objects/ in Belfry's folder: <bucket>/<key>.
With --aws, or when AWS_ENDPOINT_URL is set, they are read from S3.

Exit codes:
  0  all records are delivered, dropped by a rule, or in the quarantine with a reason
  1  the accounting does not add up, which is a defect
  2  a file cannot be read, or the configuration is not valid
  3  records are to be retried: the accounting says why

Examples:
  $ belfry ingest service.log access.log.gz
  $ kubectl logs deploy/web | belfry ingest -
  $ belfry ingest event.json --objects ./downloaded --json
  $ belfry ingest '.belfry/archive/dt=2026-01-31/hour=08/'*.ndjson.gz --dir .other`;

interface IngestOptions {
  readonly config?: string;
  readonly dir: string;
  readonly objects?: string;
  readonly aws?: boolean;
  readonly json?: boolean;
}

/** `belfry ingest`. */
export function ingestCommand(terminal: Terminal, env: NodeJS.ProcessEnv = process.env): Command {
  return new Command("ingest")
    .description("take in Lambda events, CloudWatch payloads or log files")
    .argument("<file...>", "files, or - for standard input")
    .option("--config <file>", "the configuration; belfry.config.ts in this folder when absent, if there is one")
    .option("--dir <folder>", "Belfry's folder", DEFAULT_FOLDER)
    .option("--objects <folder>", "read the objects that events name from <folder>/<bucket>/<key>")
    .option("--aws", "use real AWS services where the configuration and events name them")
    .option("--json", "end with the accounting as one JSON object")
    .addHelpText("after", HELP)
    .action((files: string[], options: IngestOptions) => ingest(files, options, terminal, env));
}

async function ingest(
  files: readonly string[],
  options: IngestOptions,
  terminal: Terminal,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const { config } = await findConfig(options.config);
  const session = await openSession({
    config,
    folder: belfryFolder(options.dir),
    env,
    aws: options.aws === true,
    ...(options.objects === undefined ? {} : { objects: options.objects }),
    onLog: terminal.note,
    logLevel: levelFromEnv({ BELFRY_LOG_LEVEL: "off", ...env }),
    colors: terminal.isInteractive,
  });
  const { ledger, notices } = session.runtime;
  for (const notice of notices) terminal.note(terminal.paint.faint(notice));
  const interruption = onInterruption();
  const stopProgress = showProgress(ledger, terminal);
  try {
    const intake = new Ingest(session, interruption.signal);
    for (const file of files) await intake.file(file);
  } finally {
    stopProgress();
    interruption.done();
    await session.close();
  }
  terminal.print(
    options.json === true ? accountingJson(ledger.accounting) : accountingText(ledger.accounting, terminal.paint),
  );
  terminal.exitCode = exitCodeOf(ledger);
}

const PROGRESS_MS = 200;

function showProgress(ledger: Ledger, terminal: Terminal): () => void {
  const started = Date.now();
  const timer = setInterval(() => {
    const count = [...ledger.datasets.values()].reduce((sum, { received }) => sum + received, 0);
    terminal.progress(`${count} records, ${Math.round(count / ((Date.now() - started) / 1000))} a second`);
  }, PROGRESS_MS);
  return () => {
    clearInterval(timer);
    terminal.progress("");
  };
}

function exitCodeOf({ accounting }: Ledger): ExitCode {
  if (brokenIdentity(accounting) !== undefined) return ExitCode.no;
  const retried = [accounting.retried, ...Object.values(accounting.sinks).map((sink) => sink.retried)];
  return retried.some((tally) => total(tally) > 0) ? ExitCode.retry : ExitCode.done;
}
