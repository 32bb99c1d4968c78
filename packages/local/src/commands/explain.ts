import { Readable } from "node:stream";
import type { Config } from "@belfry/core/config/schema";
import { BelfryError } from "@belfry/core/platform/errors";
import { firehoseSource } from "@belfry/core/sources/firehose";
import { kinesisSource } from "@belfry/core/sources/kinesis";
import { type GetObject, objectSource } from "@belfry/core/sources/s3-object";
import type { Source } from "@belfry/core/sources/source";
import { subscriptionSource } from "@belfry/core/sources/subscription";
import { Command, InvalidArgumentError } from "commander";
import { belfryFolder, DEFAULT_FOLDER } from "../belfry-folder.ts";
import { explanationText } from "../cli/explanation.ts";
import { readInput } from "../cli/input.ts";
import type { Terminal } from "../cli/terminal.ts";
import { DryRun, type Explanation } from "../runtime/dry-run.ts";
import { contentVersion, fileSource } from "../runtime/file-source.ts";
import { folderObjects } from "../runtime/folder-objects.ts";
import { type IngestPiece, piecesOf } from "../runtime/ingest-input.ts";
import type { LambdaEvent } from "../runtime/lambda-event.ts";
import { findConfig } from "../runtime/load-config.ts";
import { messageSource, resourceAt } from "../runtime/message-source.ts";
import { LOCAL_SITE } from "../runtime/session.ts";

const HELP = `
Runs records through parser, rules, redaction and routes as the functions would, delivers nothing, and says what each stage did and why.
Secrets are shown as they are masked.

Exit codes:
  0  explained
  2  the input or the configuration is not valid

Examples:
  $ belfry explain --line '{"level":"error","user":"ann@example.com"}' --log-group /ecs/web
  $ belfry explain service.log --limit 3
  $ tail -1 service.log | belfry explain -
  $ belfry explain event.json --json | jq .route`;

interface ExplainOptions {
  readonly line?: string;
  readonly logGroup?: string;
  readonly logStream?: string;
  readonly account?: string;
  readonly region?: string;
  readonly bucket?: string;
  readonly key?: string;
  readonly objects?: string;
  readonly config?: string;
  readonly dir: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** `belfry explain`. */
export function explainCommand(terminal: Terminal): Command {
  return new Command("explain")
    .description("say why records go where they go: parser, fields, rules, redactions, route, id")
    .argument("[file]", "events, payloads or logs, as for ingest; - for standard input")
    .option("--line <text>", "a log line in place of a file")
    .option(
      "--log-group <name>",
      "the log group that it comes from; with --log-stream, --account and --region if need be",
    )
    .option("--log-stream <name>", "the log stream that it comes from")
    .option("--account <id>", "the account that it comes from")
    .option("--region <name>", "the region that it comes from")
    .option("--bucket <name>", "the bucket of the object that it comes from")
    .option("--key <key>", "the key of the object that it comes from")
    .option("--objects <folder>", "read the objects that events name from <folder>/<bucket>/<key>")
    .option("--limit <n>", "how many records to explain; 0 for all", wholeNumber, 10)
    .option("--config <file>", "the configuration; belfry.config.ts in this folder when absent, if there is one")
    .option("--dir <folder>", "Belfry's folder", DEFAULT_FOLDER)
    .option("--json", "one JSON object a record")
    .addHelpText("after", HELP)
    .action((file: string | undefined, options: ExplainOptions) => explain(file, options, terminal));
}

async function explain(file: string | undefined, options: ExplainOptions, terminal: Terminal): Promise<void> {
  checkOptions(file, options);
  const { config, file: configFile } = await findConfig(options.config);
  const sources = file === undefined ? [lineSource(options)] : await sourcesOf(file, options, config);
  const { limit, json = false } = options;
  let count = 0;
  for await (const explanation of allOf(new DryRun(config), sources)) {
    if (limit > 0 && count === limit) {
      terminal.note(terminal.paint.faint(`the first ${count}; there are more: --limit`));
      break;
    }
    count++;
    terminal.print(json ? jsonOf(explanation) : explanationText(explanation, terminal.paint));
  }
  if (count === 0) terminal.note("there is no record in it");
  if (!json) terminal.note(terminal.paint.faint(`by ${configFile ?? "the default configuration"}`));
}

function checkOptions(file: string | undefined, { bucket, key, line }: ExplainOptions): void {
  if (key !== undefined && bucket === undefined) throw new BelfryError("BAD_ARGUMENT", "--key needs --bucket");
  if ((file === undefined) === (line === undefined)) {
    throw new BelfryError("BAD_ARGUMENT", "give a file, - for standard input, or --line; see belfry explain --help");
  }
}

async function* allOf(run: DryRun, sources: readonly Source[]): AsyncGenerator<Explanation> {
  for (const source of sources) yield* run.explain(source);
}

function jsonOf(explanation: Explanation): string {
  return JSON.stringify({ ...explanation, document: JSON.parse(explanation.document) });
}

function lineSource(options: ExplainOptions): Source {
  return messageSource([{ bytes: Buffer.from(options.line ?? ""), resource: resourceAt(options), origin: "line" }]);
}

async function sourcesOf(file: string, options: ExplainOptions, config: Config): Promise<Source[]> {
  const bytes = await readInput(file);
  const version = await contentVersion(Readable.from([bytes]));
  const getObject = folderObjects(options.objects ?? belfryFolder(options.dir).objects);
  const source = (piece: IngestPiece): Source => {
    const resource = resourceAt(options);
    if (piece.kind === "message") {
      return messageSource([{ bytes: Buffer.from(piece.text), resource, origin: `file:${file}` }]);
    }
    if (piece.kind !== "logs") return eventSource(piece, config, getObject);
    const body = Readable.from([piece.text === undefined ? bytes : Buffer.from(piece.text)]);
    return fileSource({ name: file, version, resource, body }, config);
  };
  return piecesOf(bytes).map(source);
}

function eventSource(piece: LambdaEvent, config: Config, getObject: GetObject): Source {
  const place = { ...LOCAL_SITE, requestId: "explain", now: Date.now() };
  switch (piece.kind) {
    case "kinesis":
      return kinesisSource(piece.event, config);
    case "firehose":
      return firehoseSource(piece.event, config);
    case "subscription":
      return subscriptionSource(piece.event, config, place);
    case "s3-object":
      return objectSource(piece.event, config, { getObject, place, signal: new AbortController().signal });
  }
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("a whole number, 0 or more");
  return Number(text);
}
