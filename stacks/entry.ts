import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { Code } from "aws-cdk-lib/aws-lambda";
import { loadConfig } from "../packages/core/src/config/load.ts";
import type { Config } from "../packages/core/src/config/schema.ts";
import type { PlanOptions } from "./plan.ts";

/** What an entry is told by the environment. */
export interface EntrySettings extends Pick<PlanOptions, "code"> {
  readonly config: Config;
}

/**
 * Reads what both entries share: the configuration that BELFRY_CONFIG names (belfry.config.ts), and the folder of the bundles, BELFRY_DIST (dist). Paths are relative to
 * the repository's root. Raises BAD_CONFIG for a configuration that is not valid.
 */
export async function readEntry(
  root: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<EntrySettings> {
  const dist = resolve(root, env.BELFRY_DIST ?? "dist");
  return {
    config: await loadConfig(resolve(root, env.BELFRY_CONFIG ?? "belfry.config.ts")),
    code: (functionName) => {
      const bundle = resolve(dist, functionName);
      if (!existsSync(bundle)) throw new Error(`there is no bundle ${bundle}: run npm run build first`);
      return Code.fromAsset(bundle);
    },
  };
}
