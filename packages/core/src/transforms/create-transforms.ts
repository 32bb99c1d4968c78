import type { Config } from "../config/schema.ts";
import { createEnrich } from "./enrich.ts";
import { createFilter } from "./filter.ts";
import { createRedact } from "./redact.ts";
import { createSample } from "./sample.ts";
import type { Transform } from "./transform.ts";

/**
 * The transforms of a configuration in their order: rules to drop and to sample see what enrichment added and the text as it came, and nothing is masked
 * in vain. Raises InvalidPatternError for a pattern that AWS refuses.
 */
export function createTransforms(config: Config): Transform[] {
  return [
    createEnrich(config),
    ...(config.drop.length > 0 ? [createFilter(config.drop)] : []),
    ...(config.sample.length > 0 ? [createSample(config.sample)] : []),
    createRedact(config.redact),
  ];
}
