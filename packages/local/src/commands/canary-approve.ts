import path from "node:path";
import { BelfryError } from "@belfry/core/platform/errors";
import type { Command } from "commander";
import { belfryFolder } from "../belfry-folder.ts";
import { type CanaryContext, type CanaryOptions, canarySubcommand, withCanaries } from "../canary/canary-command.ts";
import { ExitCode } from "../cli/exit-code.ts";

interface ApproveOptions extends CanaryOptions {
  readonly step?: string;
}

const TIMEOUT_MS = 60_000;

/** Adds `belfry canary approve`. */
export function addApprove(command: Command, context: CanaryContext): void {
  canarySubcommand(
    command,
    "approve <name>",
    "take the pictures of a visual canary that changed, or are new, for what is right",
  )
    .option("--step <name>", "of this step only")
    .action((name: string, options: ApproveOptions) => approvePictures(name, options, context));
}

async function approvePictures(name: string, options: ApproveOptions, { terminal, env }: CanaryContext): Promise<void> {
  const [{ approve, proposalsOf }, { folderBaselines }, { canaryNamed }] = await Promise.all([
    import("@belfry/core/canaries/visual/baselines"),
    import("../canary/folder-stores.ts"),
    import("../canary/canary-set.ts"),
  ]);
  await withCanaries(options, env, async (set) => {
    const { kind } = canaryNamed(set, name);
    if (kind !== "visual")
      throw new BelfryError(
        "BAD_ARGUMENT",
        `${name} is of kind ${kind}: only visual canaries have pictures to approve`,
      );
  });
  const { baselines } = belfryFolder(options.dir);
  const store = folderBaselines(baselines);
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const proposals = await proposalsOf(store, { canary: name, step: options.step }, signal);
  if (proposals.length === 0) {
    terminal.exitCode = ExitCode.no;
    terminal.note(`nothing of ${name} waits for approval: run it first, or its pictures are as they were`);
    return;
  }
  await approve(store, proposals, signal);
  for (const { name: file, step, viewport, version, baseline } of proposals) {
    const what = baseline === undefined ? "first" : "changed";
    const picture = path.join(baselines, file);
    if (options.json === true) terminal.print(JSON.stringify({ canary: name, step, viewport, version, what, picture }));
    else
      terminal.print(`approved the ${what} picture of ${name} › ${step}, ${viewport}, browser ${version}: ${picture}`);
  }
}
