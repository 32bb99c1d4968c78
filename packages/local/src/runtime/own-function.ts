import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Config } from "@belfry/core/config/schema";
import { BelfryError, messageOf } from "@belfry/core/platform/errors";
import type { Process } from "@belfry/core/sinks/process";

/** The user's own function that `process.entry` names, by path from the configuration's file; undefined when there is none. Raises BAD_CONFIG. */
export async function loadOwnFunction(config: Config, configFile: string | undefined): Promise<Process | undefined> {
  if (config.process === undefined) return undefined;
  const file = path.resolve(path.dirname(configFile ?? ""), config.process.entry);
  let module: { process?: unknown };
  try {
    module = await import(pathToFileURL(file).href);
  } catch (cause) {
    throw new BelfryError("BAD_CONFIG", `process.entry ${config.process.entry} cannot be loaded: ${messageOf(cause)}`, {
      cause,
    });
  }
  if (typeof module.process === "function") return module.process as Process;
  throw new BelfryError("BAD_CONFIG", `process.entry ${config.process.entry} does not export a function named process`);
}
