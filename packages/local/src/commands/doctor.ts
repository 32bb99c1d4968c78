import type { Finding, Status } from "@belfry/core/doctor/check";
import { type Examination, examine } from "@belfry/core/doctor/examine";
import { type DoctorSettings, doctorSettings } from "@belfry/core/doctor/settings";
import { accountReads } from "@belfry/core/platform/account-client";
import { AwsCallError } from "@belfry/core/platform/aws-call";
import { BelfryError, messageOf } from "@belfry/core/platform/errors";
import { logSettingsReads } from "@belfry/core/platform/log-settings-client";
import { quotaReads } from "@belfry/core/platform/quota-client";
import { stackReads } from "@belfry/core/platform/stack-client";
import { Command } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { ExitCode } from "../cli/exit-code.ts";
import { type Paint, plural, printable, type Terminal } from "../cli/terminal.ts";
import { findConfig } from "../runtime/load-config.ts";

const HELP = `
Credentials, their profile and AWS_ENDPOINT_URL are taken from the environment, as by the AWS CLI. It only reads;
docs/doctor.md has each check, what to do about it, and the IAM policy that all of them need.

Exit codes:
  0  no problem: warnings, and what could not be looked at, are printed
  1  there are problems
  2  there are no credentials, or AWS refuses them; the options or the configuration are not valid
  3  AWS does not answer

Examples:
  $ belfry doctor                                     what belfry.config.ts deploys to, stage dev
  $ belfry doctor --stage prod --region eu-west-1 eu-central-1
  $ AWS_PROFILE=logging belfry doctor --json | jq '.findings[] | select(.status == "problem")'`;

/** CloudWatch Logs allows few reads a second: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
const CONCURRENCY = 4;
const CHECK_TIMEOUT_MS = 30_000;

interface DoctorOptions {
  readonly stage: string;
  readonly region?: readonly string[];
  readonly config?: string;
  readonly json?: boolean;
}

/** `belfry doctor`. */
export function doctorCommand(terminal: Terminal, env: NodeJS.ProcessEnv = process.env): Command {
  return new Command("doctor")
    .description("say what is missing or in the way of a deployment in an AWS account")
    .option("--stage <name>", "the stage that is deployed", env.BELFRY_STAGE || "dev")
    .option("--region <names...>", "the regions to look at, in place of the configured ones")
    .option("--config <file>", "the configuration; belfry.config.ts in this folder when absent")
    .option("--json", "one JSON object with all findings")
    .addHelpText("after", HELP)
    .action(async (options: DoctorOptions) => {
      const settings = await settingsOf(options, env);
      const examination = await examineAccount(settings, terminal);
      const counts = countsOf(examination.findings);
      terminal.print(
        options.json === true
          ? JSON.stringify(documentOf(settings, examination, counts))
          : report(settings, examination, counts, terminal.paint),
      );
      if (counts.problem > 0) terminal.exitCode = ExitCode.no;
    });
}

async function settingsOf({ stage, region, config: named }: DoctorOptions, env: NodeJS.ProcessEnv) {
  const { config, file } = await findConfig(named);
  // Without a configuration its default region would be a guess.
  const environment = file === undefined ? env.AWS_REGION || env.AWS_DEFAULT_REGION || undefined : undefined;
  const regions = region ?? (environment === undefined ? [] : [environment]);
  return doctorSettings(config.deploy, { stage, version: manifest.version, regions });
}

async function examineAccount(settings: DoctorSettings, terminal: Terminal): Promise<Examination> {
  try {
    return await examine(
      settings,
      { ...accountReads(), ...logSettingsReads(), ...stackReads(), ...quotaReads() },
      {
        concurrency: CONCURRENCY,
        deadline: () => AbortSignal.timeout(CHECK_TIMEOUT_MS),
        onCheck: (what) => terminal.progress(`looking at ${what} …`),
      },
    );
  } catch (thrown) {
    throw withAdvice(thrown, settings.homeRegion);
  } finally {
    terminal.progress("");
  }
}

/** Without an identity nothing can be looked at: says why, and what to do. */
function withAdvice(thrown: unknown, region: string): unknown {
  if (!(thrown instanceof AwsCallError)) return thrown;
  const cause = messageOf(thrown.cause);
  if (thrown.refusal !== "credentials") {
    const text = `AWS does not answer in ${region}: ${thrown.awsName}: ${cause}`;
    return new BelfryError("UNAVAILABLE", text, { cause: thrown, retryable: true });
  }
  const [what, advice] = /^(CredentialsProvider|TokenProvider)/.test(thrown.awsName)
    ? ["there are no AWS credentials", "set AWS_PROFILE, or run aws sso login"]
    : [`AWS refuses the credentials in ${region}`, "they may have expired, or the region may not be enabled"];
  const text = `${what}: ${advice}; docs/doctor.md has the IAM policy that is needed (${thrown.awsName}: ${cause})`;
  return new BelfryError("BAD_CONFIG", text, { cause: thrown });
}

type Counts = Readonly<Record<Status, number>>;

function countsOf(findings: readonly Finding[]): Counts {
  const of = (wanted: Status) => findings.filter(({ status }) => status === wanted).length;
  return { ok: of("ok"), warning: of("warning"), problem: of("problem"), unknown: of("unknown") };
}

function documentOf({ stage, regions }: DoctorSettings, { identity, findings }: Examination, counts: Counts): object {
  return { stage, ...identity, regions, counts, findings };
}

const GROUPS: readonly Status[] = ["problem", "warning", "unknown", "ok"];

function report({ stage }: DoctorSettings, { identity, findings }: Examination, counts: Counts, paint: Paint): string {
  const colours = { problem: paint.bad, warning: paint.warn, unknown: paint.warn, ok: paint.good };
  const ids = Math.max(...findings.map(({ id }) => id.length));
  const regions = Math.max(...findings.map(({ region = "" }) => region.length));
  const indent = " ".repeat(2 + ids + 2 + regions + 2);
  const lines = GROUPS.filter((status) => counts[status] > 0).flatMap((status) => [
    colours[status](status),
    ...findings
      .filter((finding) => finding.status === status)
      .flatMap(({ id, region = "", what, fix, link }) => [
        `  ${id.padEnd(ids)}  ${region.padEnd(regions)}  ${printable(what)}`,
        ...(fix === undefined ? [] : [`${indent}${paint.strong(printable(fix))}`]),
        ...(link === undefined ? [] : [`${indent}${paint.faint(link)}`]),
      ]),
    "",
  ]);
  const { problem, warning, unknown } = counts;
  const summary = [plural(problem, "problem"), plural(warning, "warning"), `${unknown} not looked at`].join(", ");
  return [...lines, `account ${identity.account}, stage ${stage}: ${summary}`].join("\n");
}
