import type { Config } from "./schema.ts";

/** Where a function's handler stands: the first part of its name (`ingest-kinesis`). */
export type FunctionGroup = "ingest" | "transform" | "process" | "archive" | "logs" | "search";

/** What no function reads: test cases, and where the user's module stands, which is bundled into its function. */
type Unread = "tests" | "process";

/** What functions read that run no pipeline: the keys that are not listed have their defaults there. */
const TASK_KEYS = ["retentionDays", "metrics"] as const satisfies readonly (keyof Config)[];

/**
 * The part of a configuration that a group of functions reads, as plain JSON for the `config.json` beside their bundles: what one does not read may change
 * without it being deployed anew. Functions that answer their caller with the records (`transform`, `process`) route none, so they have no routes and no sinks.
 */
export function sliceConfig(config: Config, group: FunctionGroup): Partial<Omit<Config, Unread>> {
  return JSON.parse(JSON.stringify(readBy(config, group))) as Partial<Omit<Config, Unread>>;
}

function readBy(config: Config, group: FunctionGroup): Partial<Omit<Config, Unread>> {
  const { tests: _tests, process: _process, ...read } = config;
  switch (group) {
    case "ingest":
      return read;
    case "transform":
    case "process":
      return { ...read, routes: [], sinks: {} };
    default:
      return Object.fromEntries(TASK_KEYS.map((key) => [key, config[key]]));
  }
}
