import { existsSync } from "node:fs";
import { loadConfig, parseConfig } from "@belfry/core/config/load";
import type { Config } from "@belfry/core/config/schema";
import { BelfryError } from "@belfry/core/platform/errors";

/** The names that are looked for, in this order. */
const NAMES = ["belfry.config.ts", "belfry.config.mts", "belfry.config.js", "belfry.config.mjs", "belfry.config.json"];

/** A configuration and the file that it is from; without a file, the defaults. */
export interface FoundConfig {
  readonly config: Config;
  readonly file: string | undefined;
}

/** Loads the configuration file that is named, or the one in this folder, or else the defaults. Raises BAD_CONFIG, NOT_FOUND for a named file that is not there. */
export async function findConfig(named: string | undefined): Promise<FoundConfig> {
  if (named !== undefined && !existsSync(named))
    throw new BelfryError("NOT_FOUND", `there is no configuration file ${named}`);
  const file = named ?? NAMES.find((name) => existsSync(name));
  return { config: file === undefined ? parseConfig({}, "the default configuration") : await loadConfig(file), file };
}
