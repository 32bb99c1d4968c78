import { BelfryError } from "@belfry/core/platform/errors";
import { Command, InvalidArgumentError } from "commander";
import { belfryFolder } from "../belfry-folder.ts";
import { type CanaryContext, type CanaryOptions, canarySubcommand, withCanaries } from "../canary/canary-command.ts";
import type { RunHistory } from "../canary/run-history.ts";
import { ExitCode } from "../cli/exit-code.ts";
import type { Terminal } from "../cli/terminal.ts";
import { addApprove } from "./canary-approve.ts";
import { addRun } from "./canary-run.ts";
import { addSite } from "./canary-site.ts";

const HELP = `
Canaries are those of the configuration. Where it has none, they are samples: one of each kind, and a broken twin of each that is to fail, against a small shop that the command serves itself.
Files of runs are kept below canaries/ in Belfry's folder, approved pictures below baselines/; the last hundred runs of each canary.

A browser comes with npm and is unpacked at the first run, below ~/.cache/belfry or BELFRY_BROWSER_DIR; CHROME_PATH names another Chromium.

Exit codes:
  0  each canary came out as its configuration declares by expect
  1  one of them did not; or there is nothing to show, or to approve
  2  no such canary or run, or the configuration or the options are not valid
  3  no browser starts, or a port is taken

Examples:
  $ belfry canary run --all                    all that are switched on
  $ belfry canary run checkout login --json    two of them; a JSON object for each
  $ belfry canary show last                    steps, phases, measurements and files of the last run
  $ belfry canary history checkout             how it ended the last times
  $ belfry canary approve front-page           what it looks like now is how it should
  $ belfry canary site                         serves the shop of the samples, for canaries of your own to watch`;

const DEFAULT_LIMIT = 20;
const MIN_DIGITS = 4;

/** `belfry canary`. */
export function canaryCommand(terminal: Terminal, env: NodeJS.ProcessEnv = process.env): Command {
  const context = { terminal, env };
  const command = new Command("canary")
    .description("run canaries and look at their runs")
    .addHelpText("afterAll", HELP);
  addRun(command, context);
  canarySubcommand(command, "list", "the canaries, and how each ended last").action((options: CanaryOptions) =>
    list(options, context),
  );
  canarySubcommand(command, "show <run>", "one run: by digits of its id, last, or a canary's name").action(
    (name: string, options: CanaryOptions) => show(name, options, context),
  );
  canarySubcommand(command, "history [name]", "the last runs of a canary, or of all")
    .option("--limit <n>", "how many, at most", wholeNumber, DEFAULT_LIMIT)
    .action((name: string | undefined, options: CanaryOptions & { limit: number }) => history(name, options, context));
  addApprove(command, context);
  addSite(command, context);
  return command;
}

async function withHistory<T>({ dir }: CanaryOptions, work: (history: RunHistory) => T | Promise<T>): Promise<T> {
  const { openRunHistory } = await import("../canary/run-history.ts");
  const history = openRunHistory(belfryFolder(dir).runs);
  try {
    return await work(history);
  } finally {
    history.close();
  }
}

async function list(options: CanaryOptions, { terminal, env }: CanaryContext): Promise<void> {
  const { canaryTable } = await import("../canary/canary-text.ts");
  await withCanaries(options, env, ({ canaries, site }) =>
    withHistory(options, (runs) => {
      const lastRun = (name: string) => runs.latest(name, 1)[0];
      if (options.json === true) {
        for (const [name, canary] of Object.entries(canaries))
          terminal.print(JSON.stringify({ name, ...canary, lastRun: lastRun(name) }));
        return;
      }
      terminal.print(canaryTable(canaries, lastRun, Date.now(), terminal.paint));
      if (site !== undefined)
        terminal.note(terminal.paint.faint("\nthe samples, since the configuration has no canaries"));
    }),
  );
}

async function history(
  name: string | undefined,
  options: CanaryOptions & { limit: number },
  { terminal, env }: CanaryContext,
): Promise<void> {
  const { runTable } = await import("../canary/canary-text.ts");
  const runs = await withHistory(options, (known) => known.latest(name, options.limit));
  if (runs.length === 0) {
    // A name that was mistyped is told from one that has not run yet.
    if (name !== undefined) await checkName(name, options, env);
    terminal.exitCode = ExitCode.no;
    terminal.note(name === undefined ? "no canary ran yet" : `${name} did not run yet`);
  } else if (options.json === true) for (const run of runs) terminal.print(JSON.stringify(run));
  else terminal.print(runTable(runs, terminal.paint));
}

async function checkName(name: string, options: CanaryOptions, env: NodeJS.ProcessEnv): Promise<void> {
  const { canaryNamed } = await import("../canary/canary-set.ts");
  await withCanaries(options, env, async (set) => canaryNamed(set, name));
}

async function show(name: string, options: CanaryOptions, { terminal }: CanaryContext): Promise<void> {
  const [{ runText }, { runFolder }] = await Promise.all([
    import("../canary/canary-text.ts"),
    import("../canary/run-folder.ts"),
  ]);
  const run = await withHistory(options, (runs) => {
    const found = name === "last" ? runs.latest(undefined, 1) : runs.latest(name, 1);
    if (found.length === 0 && name.length >= MIN_DIGITS) found.push(...runs.find(name));
    if (found.length > 1) throw new BelfryError("BAD_ARGUMENT", `several runs begin with ${name}: give more digits`);
    return found[0];
  });
  if (run === undefined)
    throw new BelfryError("NOT_FOUND", `there is no run ${name}: belfry canary history lists those that there are`);
  const folder = runFolder(belfryFolder(options.dir), run);
  if (options.json === true) terminal.print(JSON.stringify({ ...run, folder }));
  else terminal.print(runText(run, folder, terminal.paint));
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError("a whole number above 0");
  return Number(text);
}
