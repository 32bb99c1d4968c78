import { existsSync } from "node:fs";
import { openSearchSender } from "@belfry/core/platform/clients";
import { BelfryError } from "@belfry/core/platform/errors";
import { maskCredentials } from "@belfry/core/platform/mask-credentials";
import { Command, InvalidArgumentError, Option } from "commander";
import { belfryFolder, DEFAULT_FOLDER } from "../belfry-folder.ts";
import { ExitCode } from "../cli/exit-code.ts";
import { plural, type Terminal } from "../cli/terminal.ts";
import { archiveFiles, DEFAULT_LATENESS_MS, type TimeRange } from "../search/archive-files.ts";
import { type SearchRequest, type SortOrder, searchArchive } from "../search/archive-search.ts";
import { searchOpenSearch } from "../search/opensearch-search.ts";
import { parseQuery } from "../search/query-parser.ts";
import { formatResults, OUTPUTS, type Output } from "../search/result-format.ts";
import { durationMs, timeOf } from "../search/time-range.ts";

const HELP = `
Query language (that of OpenSearch's query_string, without fuzzy search, weights and regular expressions):
  destination.port:443                a field has a value; numbers by value, 443 finds 443.0
  user.name:"Ann Lee"                 quotes where a value has spaces, or begins with /
  host.name:web-*                     * any characters, ? one
  source.ip:10.0.0.0/8                an IPv4 block
  source.bytes:>=1000  status:[500 TO 599]  event.start:[2026-01-01 TO now-1h}
  _exists_:error.code                 the field is there
  timeout   "timed out"               words and phrases of the message, whatever their case
  a AND (b OR NOT c)   a -b           words side by side must all match; a query that begins with - goes after --

Archive or OpenSearch: OpenSearch when OPENSEARCH_URL is set or --opensearch is given, else the archive.
In OpenSearch, values below app and labels are compared as text.

Exit codes:
  0  found
  1  nothing found
  2  the query or the options are not valid, or there is no archive
  3  the archive or OpenSearch cannot be read now

Examples:
  $ belfry search 'event.dataset:aws.vpcflow AND aws.vpcflow.action:REJECT' --from -1h
  $ belfry search 'event.action:ConsoleLogin AND event.outcome:failure' --output json | jq .user.name
  $ belfry search 'app.order.total:>500' --fields @timestamp,app.order.id,app.order.total --output csv
  $ belfry search timeout --from 2026-01-31T08:00 --to 2026-01-31T09:00 --late
  $ belfry search 'log.level:error' --opensearch https://localhost:9200 --sort @timestamp:asc`;

interface SearchOptions {
  readonly from?: string;
  readonly to?: string;
  readonly late?: string | true;
  readonly limit: number;
  readonly sort: SortOrder;
  readonly output?: Output;
  readonly json?: boolean;
  readonly fields?: readonly string[];
  readonly dir: string;
  readonly archive?: string | true;
  readonly opensearch?: string | true;
}

/** `belfry search`. */
export function searchCommand(
  terminal: Terminal,
  env: NodeJS.ProcessEnv = process.env,
  now: () => number = Date.now,
): Command {
  return new Command("search")
    .description("search the archive, or OpenSearch with the same query")
    .argument("[query]", "what to find; everything when absent", "")
    .option("--from <time>", "events from then on: -1h, -7d, 2026-01-31, 2026-01-31T08:00Z")
    .option("--to <time>", "events before then")
    .option("--late [duration]", "with --to: also what arrived later than a day after it; all, or up to a duration")
    .option("--limit <n>", "how many at most; 0 for all", wholeNumber, 50)
    .addOption(
      new Option("--sort <field[:asc]>", "order; the largest first unless :asc")
        .argParser(sortOrder)
        .default({ field: "@timestamp", descending: true }, "@timestamp"),
    )
    .addOption(new Option("--output <form>", "how to print").choices(OUTPUTS))
    .option("--json", "the same as --output json: one document a line")
    .option("--fields <list>", "fields to print, apart by commas", (text: string) => text.split(","))
    .option("--dir <folder>", "Belfry's folder", DEFAULT_FOLDER)
    .option("--archive [folder]", "search the archive even if OPENSEARCH_URL is set; another folder than that in --dir")
    .option("--opensearch [url]", "search OpenSearch; OPENSEARCH_URL when no URL is given")
    .addHelpText("after", HELP)
    .action(async (query: string, options: SearchOptions) => {
      await new Search(terminal, env, now(), options).run(query);
    });
}

class Search {
  readonly #terminal: Terminal;
  readonly #env: NodeJS.ProcessEnv;
  readonly #nowMs: number;
  readonly #options: SearchOptions;
  #laterFiles = 0;

  constructor(terminal: Terminal, env: NodeJS.ProcessEnv, nowMs: number, options: SearchOptions) {
    this.#terminal = terminal;
    this.#env = env;
    this.#nowMs = nowMs;
    this.#options = options;
  }

  async run(query: string): Promise<void> {
    const { limit, sort, fields } = this.#options;
    const range = this.#range();
    // One more than is shown tells whether there is more.
    const request: SearchRequest = {
      query: parseQuery(query, this.#nowMs),
      range,
      sort,
      ...(limit === 0 ? {} : { limit: limit + 1 }),
    };
    const documents: string[] = [];
    for await (const document of await this.#find(request, range)) documents.push(document);
    const shown = limit === 0 ? documents : documents.slice(0, limit);
    if (shown.length === 0) this.#nothing();
    else this.#terminal.print(formatResults(shown, this.#output(), fields, this.#terminal));
    if (documents.length > shown.length && this.#terminal.isInteractive) {
      this.#terminal.note(this.#terminal.paint.faint(`the first ${shown.length}; there are more: --limit`));
    }
  }

  async #find(request: SearchRequest, range: TimeRange): Promise<AsyncIterable<string>> {
    const url = this.#openSearchUrl();
    if (url !== undefined) {
      this.#terminal.progress(`searching ${maskCredentials(url)} …`);
      return searchOpenSearch(openSearchSender(url, { service: "es" }), request);
    }
    const { archive, dir, late } = this.#options;
    const folder = typeof archive === "string" ? archive : belfryFolder(dir).archive;
    if (!existsSync(folder)) {
      throw new BelfryError("NOT_FOUND", `there is no archive in ${folder}: run npm start, or belfry ingest, first`);
    }
    const { files, laterFiles } = await archiveFiles(folder, range, latenessOf(late));
    this.#laterFiles = laterFiles;
    this.#terminal.progress(`searching ${files.length} files …`);
    return searchArchive(files, request);
  }

  #openSearchUrl(): string | undefined {
    const { archive, opensearch } = this.#options;
    if (archive !== undefined && opensearch !== undefined) {
      throw new BelfryError("BAD_ARGUMENT", "give --archive or --opensearch, not both");
    }
    const known = this.#env.OPENSEARCH_URL || undefined;
    if (opensearch === true && known === undefined) {
      throw new BelfryError("BAD_ARGUMENT", "--opensearch needs a URL, or OPENSEARCH_URL in the environment");
    }
    if (archive !== undefined) return undefined;
    return typeof opensearch === "string" ? opensearch : known;
  }

  #range(): TimeRange {
    const { from, to } = this.#options;
    return {
      ...(from === undefined ? {} : { fromMs: timeOf(from, this.#nowMs) }),
      ...(to === undefined ? {} : { toMs: timeOf(to, this.#nowMs) }),
    };
  }

  #output(): Output {
    const { output, json } = this.#options;
    if (json === true && output !== undefined && output !== "json") {
      throw new BelfryError("BAD_ARGUMENT", `--json and --output ${output} contradict each other`);
    }
    return output ?? (json === true ? "json" : "table");
  }

  #nothing(): void {
    this.#terminal.exitCode = ExitCode.no;
    const late = this.#laterFiles;
    this.#terminal.note(
      late === 0
        ? "nothing found"
        : `nothing found; ${plural(late, "file")} that came in later than a day after --to not read: --late does`,
    );
  }
}

function latenessOf(late: string | true | undefined): number {
  if (late === undefined) return DEFAULT_LATENESS_MS;
  if (late === true) return Number.POSITIVE_INFINITY;
  const lateness = durationMs(late);
  if (lateness === undefined)
    throw new BelfryError("BAD_ARGUMENT", `--late takes a duration such as 6h or 7d, not "${late}"`);
  return lateness;
}

function sortOrder(text: string): SortOrder {
  const [, field = "", direction = "desc"] = /^(.+?)(?::(asc|desc))?$/.exec(text) ?? [];
  if (field === "") throw new InvalidArgumentError("write a field, or a field with :asc");
  return { field, descending: direction === "desc" };
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number)) throw new InvalidArgumentError("a whole number, 0 or more");
  return number;
}
