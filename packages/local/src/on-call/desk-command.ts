import { parseDuration } from "@belfry/core/config/oncall/duration";
import { BelfryError } from "@belfry/core/platform/errors";
import { type Command, InvalidArgumentError } from "commander";
import { DEFAULT_FOLDER } from "../belfry-folder.ts";
import type { Terminal } from "../cli/terminal.ts";
import { type DeskPlace, type IncidentDesk, openDesk } from "./incident-desk.ts";

const WORK_TIMEOUT_MS = 60_000;

/** How somebody is called who does not say it. */
export type UserName = () => string;

/** What the commands about incidents share. */
export interface DeskContext {
  readonly terminal: Terminal;
  readonly env: NodeJS.ProcessEnv;
  readonly userName: UserName;
}

export interface PlaceOptions extends DeskPlace {
  readonly json?: boolean;
}

/** A subcommand that works at a place. */
export function placed(command: Command, usage: string, description: string): Command {
  return command
    .command(usage)
    .description(description)
    .option("--dir <folder>", "Belfry's folder", DEFAULT_FOLDER)
    .option("--stage <name>", "of the deployment of this stage")
    .option("--table <name>", "of the deployment with this table")
    .option("--region <region>", "of the table; AWS_REGION when absent")
    .option("--config <file>", "the configuration; belfry.config.ts in this folder when absent, if there is one")
    .option("--json", "for programs: one JSON object a line");
}

/** Opens the place, works, and closes it. */
export async function atDesk(
  options: DeskPlace,
  { env, terminal }: DeskContext,
  work: (desk: IncidentDesk, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const desk = await openDesk(options, env, terminal.note);
  try {
    await work(desk, AbortSignal.timeout(WORK_TIMEOUT_MS));
  } finally {
    desk.close();
  }
}

/** An option's duration in milliseconds. */
export function durationOf(text: string): number {
  try {
    const durationMs = parseDuration(text);
    if (durationMs > 0) return durationMs;
  } catch (error) {
    if (!(error instanceof BelfryError)) throw error;
    throw new InvalidArgumentError(error.message);
  }
  throw new InvalidArgumentError("must be longer than nothing, such as 2h");
}
