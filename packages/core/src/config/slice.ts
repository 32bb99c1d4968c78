import type { Config, ConfigInput } from "./schema.ts";

/** Where a function's handler stands: the first part of its name (`ingest-kinesis`). */
export type FunctionGroup = "ingest" | "transform" | "process" | "archive" | "logs" | "search";

/** What no function reads: test cases, and where the user's module stands, which is bundled into its function. Of what is deployed, each reads its own part. */
type Unread = "tests" | "process";

/**
 * The part of a configuration that a group of functions reads, as plain JSON for the `config.json` beside their bundles: what one does not read may change
 * without it being deployed anew, and has its default there. Functions that answer their caller with the records (`transform`, `process`) route none, so they
 * have no routes and no sinks; those that run no pipeline read only what their task needs.
 */
export function sliceConfig(config: Config, group: FunctionGroup): Omit<ConfigInput, Unread> {
  return JSON.parse(JSON.stringify(readBy(config, group))) as Omit<ConfigInput, Unread>;
}

function readBy(config: Config, group: FunctionGroup): Omit<ConfigInput, Unread> {
  const { tests: _tests, process: _process, deploy, ...read } = config;
  const { metrics, retentionDays } = config;
  switch (group) {
    case "ingest":
      return read;
    case "transform":
    case "process":
      return { ...read, routes: [], sinks: {} };
    case "archive":
      return { metrics, deploy: { export: deploy.export } };
    case "logs":
      return { metrics, deploy: { retention: deploy.retention } };
    case "search":
      return { metrics, retentionDays };
  }
}
