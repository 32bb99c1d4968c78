import type { Config } from "./schema.ts";

/** Where a function's handler stands: the first part of its name (`ingest-kinesis`). */
export type FunctionGroup = "ingest" | "transform" | "process";

/** What no function reads: test cases, and where the user's module stands, which is bundled into its function. */
type Unread = "tests" | "process";

/**
 * The part of a configuration that a group of functions reads, as plain JSON for the `config.json` beside their bundles: what one does not read may change
 * without it being deployed anew. Functions that answer their caller with the records (`transform`, `process`) route none, so they have no routes and no sinks.
 */
export function sliceConfig(config: Config, group: FunctionGroup): Omit<Config, Unread> {
  const { tests: _tests, process: _process, ...read } = config;
  const slice = group === "ingest" ? read : { ...read, routes: [], sinks: {} };
  return JSON.parse(JSON.stringify(slice)) as Omit<Config, Unread>;
}
