import { openSearchSender } from "@belfry/core/platform/clients";
import { BelfryError } from "@belfry/core/platform/errors";
import { maskCredentials } from "@belfry/core/platform/mask-credentials";
import { type SetUpReport, setUpOpenSearch } from "@belfry/core/sinks/opensearch-setup";
import { Command, Option } from "commander";
import { plural, type Terminal } from "../cli/terminal.ts";
import { findConfig } from "../runtime/load-config.ts";

const HELP = `
Puts an index template for each class of records and one for all others, and a policy that deletes the indices of single days after their class's
retention (retentionDays of the configuration). It may be repeated: templates and policies are replaced, indices that are there already keep their
mapping. Without templates OpenSearch would guess a type for each field that comes.

A domain or collection of AWS is asked with the credentials of the environment; a user name and password in the URL are used as they are.

Exit codes:
  0  done; what the cluster lacks is said in words
  2  there is no URL, or the configuration is not valid
  3  OpenSearch does not answer, or refuses

Examples:
  $ OPENSEARCH_URL=http://localhost:9200 belfry search-setup
  $ belfry search-setup --opensearch https://abc.eu-central-1.aoss.amazonaws.com --service aoss
  $ belfry search-setup --writer-role arn:aws:iam::111122223333:role/belfry-prod-ingest-kinesis-eu-central-1`;

interface SearchSetupOptions {
  readonly opensearch?: string;
  readonly service: "es" | "aoss" | "none";
  readonly region?: string;
  readonly writerRole?: readonly string[];
  readonly config?: string;
  readonly json?: boolean;
}

/** `belfry search-setup`. */
export function searchSetupCommand(terminal: Terminal, env: NodeJS.ProcessEnv = process.env): Command {
  return new Command("search-setup")
    .description("put index templates and retention policies into OpenSearch")
    .option("--opensearch <url>", "the cluster; OPENSEARCH_URL when absent")
    .addOption(
      new Option("--service <name>", "how requests are signed: domain, serverless, not at all")
        .choices(["es", "aoss", "none"])
        .default("es"),
    )
    .option("--region <region>", "of the domain or collection; AWS_REGION when absent")
    .option("--writer-role <arn...>", "let these IAM roles write, where the cluster has fine-grained access control")
    .option("--config <file>", "the configuration; belfry.config.ts in this folder when absent, if there is one")
    .option("--json", "print the report as one JSON object")
    .addHelpText("after", HELP)
    .action((options: SearchSetupOptions) => setUp(options, terminal, env));
}

async function setUp(options: SearchSetupOptions, terminal: Terminal, env: NodeJS.ProcessEnv): Promise<void> {
  const { service, region, writerRole: writerRoles = [] } = options;
  const url = options.opensearch ?? (env.OPENSEARCH_URL || undefined);
  if (url === undefined || !URL.canParse(url)) {
    throw new BelfryError("BAD_ARGUMENT", "search-setup needs the URL of a cluster: --opensearch, or OPENSEARCH_URL");
  }
  const { config } = await findConfig(options.config);
  terminal.progress(`setting up ${maskCredentials(url)} …`);
  const report = await setUpOpenSearch({
    send: openSearchSender(url, { service, ...(region === undefined ? {} : { region }) }),
    retentionDays: config.retentionDays,
    service,
    writerRoles,
  });
  if (options.json === true) terminal.print(JSON.stringify(report));
  else say(report, terminal);
}

function say({ templates, policies, roles, notes }: SetUpReport, terminal: Terminal): void {
  const parts = [
    plural(templates.length, "index template"),
    plural(policies.length, "retention policy", "retention policies"),
  ];
  terminal.print(
    `${parts.join(" and ")} put${roles.length === 0 ? "" : `; mapped to the writer: ${roles.join(", ")}`}`,
  );
  for (const note of notes) terminal.note(`note: ${note}`);
}
