import type { CanariesInput } from "./canaries/schema.ts";
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
  | "health"
  | "canary";

/**
 * What no function reads: test cases, and where the user's module stands, which is bundled into its function. Of what is deployed, each reads its own part.
 */
type Unread = "tests" | "process";

/**
 * The configuration of a group of functions, for the `config.json` beside their bundles: all that it does not read has its default there, so that it may change without
 * the group being deployed anew. It is complete and valid, so that functions need not check it when they start. Functions that answer their caller with the records (`transform`, `process`) route none, so they
 * have no routes and no sinks; those that run no pipeline read only what their task needs. Who is on call is read only by those that tell somebody, and canaries only by those that run them.
 */
export function sliceConfig(config: Config, group: FunctionGroup): Config {
  return ConfigSchema.parse(structuredClone(readBy(config, group)));
}

function readBy(config: Config, group: FunctionGroup): Omit<ConfigInput, Unread> {
  const { tests: _tests, process: _process, oncall, channels, canaries, deploy, ...read } = config;
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
    case "canary":
      return { metrics: { ...metrics, maxDimensionValues: MAX_CANARIES }, canaries: ownCanaries(canaries) };
  }
}

/** A metric names its canary by a dimension, whose values are never so many that one would become `other`. The schema allows no more. */
const MAX_CANARIES = 1000;

/** Those that Belfry's own functions run, without what is only deployed. */
function ownCanaries(canaries: Config["canaries"]): CanariesInput {
  const own = Object.entries(canaries).filter(([, { backend }]) => backend.type === "belfry");
  return Object.fromEntries(
    own.map(
      ([
        name,
        {
          description: _description,
          enabled: _enabled,
          schedule: _schedule,
          regions: _regions,
          failover: _failover,
          ...read
        },
      ]) => [name, read],
    ),
  );
}
