import type { Command } from "commander";
import { DEFAULT_FOLDER } from "../belfry-folder.ts";
import type { Terminal } from "../cli/terminal.ts";
import { findConfig } from "../runtime/load-config.ts";
import type { CanarySet } from "./canary-set.ts";

/** What the subcommands share. */
export interface CanaryContext {
  readonly terminal: Terminal;
  readonly env: NodeJS.ProcessEnv;
}

export interface CanaryOptions {
  readonly dir: string;
  readonly config?: string;
  readonly json?: boolean;
}

/** A subcommand that works on the canaries of a configuration. */
export function canarySubcommand(command: Command, usage: string, description: string): Command {
  return command
    .command(usage)
    .description(description)
    .option("--dir <folder>", "Belfry's folder", DEFAULT_FOLDER)
    .option("--config <file>", "the configuration; belfry.config.ts in this folder when absent, if there is one")
    .option("--json", "for programs: one JSON object a line");
}

/** Opens the canaries of the configuration, works, and closes them. */
export async function withCanaries<T>(
  { config }: CanaryOptions,
  env: NodeJS.ProcessEnv,
  work: (set: CanarySet) => Promise<T>,
): Promise<T> {
  const { openCanarySet } = await import("../canary/canary-set.ts");
  const set = await openCanarySet(await findConfig(config), env);
  try {
    return await work(set);
  } finally {
    await set.close();
  }
}
