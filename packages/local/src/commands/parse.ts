import { DATASETS } from "@belfry/core/config/datasets";
import { datasetName } from "@belfry/core/event/dataset";
import { DocumentEncoder } from "@belfry/core/event/document-encoder";
import { Fate } from "@belfry/core/event/fates";
import { RecordBatch } from "@belfry/core/event/record-batch";
import { createParseAs } from "@belfry/core/parsers/choose";
import { Command, Option } from "commander";
import { ExitCode } from "../cli/exit-code.ts";
import { openInput } from "../cli/input.ts";
import { table } from "../cli/table.ts";
import { plural, printable, type Terminal } from "../cli/terminal.ts";
import { leavesOf } from "../json-path.ts";
import { fileSource } from "../runtime/file-source.ts";
import { findConfig } from "../runtime/load-config.ts";

const FORMATS = ["ndjson", "fields"] as const;

const HELP = `
Sources: ${DATASETS.join(", ")}

Nothing is redacted, routed or delivered: it is what the parser alone makes of each record. A record that is not of the source is parsed by its
looks instead, and counted.

Exit codes:
  0  every record is of the source
  1  some are not
  2  the file cannot be read, or there is no such source

Examples:
  $ belfry parse --source aws.vpcflow flow.log.gz
  $ belfry parse --source aws.vpcflow --columns '\${version} \${srcaddr} \${dstaddr} \${action}' flow.log --format ndjson
  $ aws cloudtrail lookup-events --output json | jq -r '.Events[].CloudTrailEvent' | belfry parse --source aws.cloudtrail - --format ndjson`;

interface ParseOptions {
  readonly source: string;
  readonly format: (typeof FORMATS)[number];
  readonly columns?: string;
  readonly original: boolean;
  readonly config?: string;
}

/** `belfry parse`. */
export function parseCommand(terminal: Terminal): Command {
  return new Command("parse")
    .description("parse records with the parser of one source and print the ECS documents")
    .argument("<file>", "a file, or - for standard input; gzip and Zstandard are recognized")
    .addOption(new Option("--source <name>", "the source, by its data set").choices(DATASETS).makeOptionMandatory())
    .addOption(
      new Option("--format <form>", "a document a line, or a table of fields for each")
        .choices(FORMATS)
        .default("fields"),
    )
    .option("--columns <list>", "for aws.vpcflow: the columns in their order, as the flow log's LogFormat has them")
    .option("--no-original", "leave out event.original, the message as it came, which ndjson documents have")
    .option(
      "--config <file>",
      "the configuration, for its limits; belfry.config.ts in this folder when absent, if there is one",
    )
    .addHelpText("after", HELP)
    .action((file: string, options: ParseOptions) => parse(file, options, terminal));
}

async function parse(file: string, options: ParseOptions, terminal: Terminal): Promise<void> {
  const { config } = await findConfig(options.config);
  const parseBatch = createParseAs(options.source, {
    keepOriginal: options.original && options.format === "ndjson",
    ...(options.columns === undefined ? {} : { format: options.columns }),
  });
  const source = fileSource({ name: file, version: "", body: await openInput(file) }, config);
  const printer = new Printer(options, terminal);
  for await (const batch of source.batches(new RecordBatch())) {
    parseBatch(batch);
    for (let record = 0; record < batch.count; record++) printer.record(batch, record);
  }
  printer.end();
}

class Printer {
  readonly #options: ParseOptions;
  readonly #terminal: Terminal;
  readonly #encoder = new DocumentEncoder();
  #foreign = 0;
  #unread = 0;

  constructor(options: ParseOptions, terminal: Terminal) {
    this.#options = options;
    this.#terminal = terminal;
  }

  record(batch: RecordBatch, record: number): void {
    const fate = batch.fates.of(record);
    if (fate === Fate.quarantined || fate === Fate.retry) {
      this.#unread++;
      this.#terminal.note(`${this.#terminal.paint.bad("not read:")} ${batch.fates.reasonOf(record)}`);
    }
    if (fate !== Fate.open) return;
    if (datasetName(batch.dataset[record]) !== this.#options.source) this.#foreign++;
    const document = this.#encoder.encodeRecord(batch, record);
    this.#terminal.print(this.#options.format === "ndjson" ? document : fieldsOf(document, this.#terminal));
  }

  end(): void {
    const { source } = this.#options;
    if (this.#foreign > 0)
      this.#terminal.note(
        `${plural(this.#foreign, "record is", "records are")} not of ${source}, and parsed by looks instead`,
      );
    if (this.#foreign + this.#unread > 0) this.#terminal.exitCode = ExitCode.no;
  }
}

function fieldsOf(document: string, terminal: Terminal): string {
  const rows = leavesOf(JSON.parse(document)).map(([field, value]) => [field, printable(JSON.stringify(value))]);
  return `${table(["field", "value"], rows, terminal.paint)}\n`;
}
