import type { StepHooks } from "@belfry/core/canaries/context";
import { isAsExpected } from "@belfry/core/canaries/expectation";
import type { RunReport } from "@belfry/core/canaries/report";
import { BelfryError } from "@belfry/core/platform/errors";
import { createLogger, levelFromEnv } from "@belfry/core/platform/logger";
import type { Command } from "commander";
import { belfryFolder } from "../belfry-folder.ts";
import { type CanaryContext, type CanaryOptions, canarySubcommand, withCanaries } from "../canary/canary-command.ts";
import type { CanarySet } from "../canary/canary-set.ts";
import { ExitCode } from "../cli/exit-code.ts";
import { onInterruption } from "../cli/interruption.ts";
import { printable, type Terminal } from "../cli/terminal.ts";

interface RunOptions extends CanaryOptions {
  readonly all?: boolean;
}

/** Adds `belfry canary run`. */
export function addRun(command: Command, context: CanaryContext): void {
  canarySubcommand(
    command,
    "run [names...]",
    "run canaries now, whatever their schedule; ends with 0 when each came out as declared",
  )
    .option("--all", "all that are switched on")
    .action((names: string[], options: RunOptions) =>
      withCanaries(options, context.env, (set) => runNamed(names, set, options, context)),
    );
}

async function runNamed(
  names: readonly string[],
  set: CanarySet,
  options: RunOptions,
  { terminal, env }: CanaryContext,
): Promise<void> {
  const [{ LocalRuns }, { forEachCanary }, { runLine, verdictText }, { runFolder }] = await Promise.all([
    import("../canary/local-runs.ts"),
    import("../canary/run-canaries.ts"),
    import("../canary/canary-text.ts"),
    import("../canary/run-folder.ts"),
  ]);
  const wanted = await wantedNames(names, options, set);
  const { paint } = terminal;
  if (set.site !== undefined && options.json !== true)
    terminal.note(
      paint.faint(`the samples, since the configuration has no canaries; their shop is at ${set.site.origin}`),
    );
  const folder = belfryFolder(options.dir);
  const level = levelFromEnv({ BELFRY_LOG_LEVEL: "error", ...env });
  const logger = createLogger({ level, pretty: true, colors: terminal.isInteractive, write: terminal.note });
  const interruption = onInterruption();
  const runs = new LocalRuns(set, folder, logger);
  const otherwise: RunReport[] = [];
  let count = 0;
  try {
    await forEachCanary(set.canaries, wanted, interruption.signal, async (name, canary) => {
      const report = await runs.run(name, stepHooks(name, options, terminal), interruption.signal);
      const asDeclared = isAsExpected(report, canary.expect);
      count++;
      if (!asDeclared) otherwise.push(report);
      terminal.progress("");
      if (options.json !== true) terminal.print(runLine(report, canary, asDeclared, paint));
      else
        terminal.print(
          JSON.stringify({ ...report, expect: canary.expect, asDeclared, folder: runFolder(folder, report) }),
        );
    });
  } finally {
    runs.close();
    interruption.done();
  }
  if (interruption.signal.aborted) throw new BelfryError("RETRY", `ended after ${count} of ${wanted.length} canaries`);
  terminal.exitCode = exitCodeFor(otherwise);
  if (options.json === true) return;
  terminal.print(
    `\n${verdictText(
      otherwise.map(({ canary }) => canary),
      count,
      paint,
    )}`,
  );
  sayWhatNext(otherwise, terminal);
}

async function wantedNames(names: readonly string[], { all }: RunOptions, set: CanarySet): Promise<string[]> {
  const { canaryNamed, namesOfAll } = await import("../canary/canary-set.ts");
  if (all === true && names.length === 0) return namesOfAll(set);
  if (all === true) throw new BelfryError("BAD_ARGUMENT", "names and --all: give either");
  if (names.length === 0) {
    const known = Object.keys(set.canaries).join(", ");
    throw new BelfryError("BAD_ARGUMENT", `which canaries? Name some, or give --all; there are ${known}`);
  }
  for (const name of names) {
    if (canaryNamed(set, name).backend.type === "belfry") continue;
    throw new BelfryError("BAD_ARGUMENT", `${name} runs in CloudWatch Synthetics alone, by its backend`);
  }
  // In the configuration's order, since a broken sample may need what the good one leaves.
  return Object.keys(set.canaries).filter((name) => names.includes(name));
}

/** A line for each step, for whoever watches. */
function stepHooks(
  canary: string,
  { json }: RunOptions,
  { isInteractive, note, paint, progress }: Terminal,
): StepHooks {
  const isWatched = isInteractive && json !== true;
  return {
    before: async ({ name }) => progress(`${canary} › ${printable(name)}`),
    after: async ({ name }, failure) => {
      if (isWatched)
        note(
          `${failure === undefined ? paint.good("✓") : paint.bad("✗")} ${paint.faint(`${canary} › ${printable(name)}`)}`,
        );
    },
  };
}

/** Where nothing but the browser is missing, the same command may do better later. */
function exitCodeFor(otherwise: readonly RunReport[]): ExitCode {
  if (otherwise.length === 0) return ExitCode.done;
  return otherwise.every(hasNoBrowser) ? ExitCode.retry : ExitCode.no;
}

function hasNoBrowser({ failure }: RunReport): boolean {
  return failure?.class === "browser";
}

function sayWhatNext(otherwise: readonly RunReport[], { note, paint }: Terminal): void {
  const [first] = otherwise;
  if (first === undefined) return;
  note(paint.faint(`why: npx belfry canary show ${first.runId.slice(0, 8)}`));
  if (otherwise.some(hasNoBrowser))
    note(paint.faint("a browser of your own in place of the one from npm: CHROME_PATH=/usr/bin/chromium"));
}
