import { type Config, type ConfigInput, ConfigSchema } from "./schema.ts";

/** Where a function's handler stands: the first part of its name (`ingest-kinesis`). */
export type FunctionGroup =
  | "ingest"
  | "transform"
  | "process"
  | "archive"
  | "logs"
  | "search"
  | "alert"
  | "alarm"
  | "health";

/**
 * What no function reads: test cases, and where the user's module stands, which is bundled into its function. Of what is deployed, each reads its own part.
 */
type Unread = "tests" | "process";

/**
 * The configuration of a group of functions, for the `config.json` beside their bundles: all that it does not read has its default there, so that it may change without
 * the group being deployed anew. It is complete and valid, so that functions need not check it when they start. Functions that answer their caller with the records (`transform`, `process`) route none, so they
 * have no routes and no sinks; those that run no pipeline read only what their task needs. Who is on call is read only by those that tell somebody.
 */
export function sliceConfig(config: Config, group: FunctionGroup): Config {
  return ConfigSchema.parse(structuredClone(readBy(config, group)));
}

function readBy(config: Config, group: FunctionGroup): Omit<ConfigInput, Unread> {
  const { tests: _tests, process: _process, oncall, channels, deploy, ...read } = config;
  const { metrics, retentionDays, accounts } = config;
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
    case "alert":
    case "alarm":
    case "health":
      return { metrics, accounts, channels, oncall };
  }
}
