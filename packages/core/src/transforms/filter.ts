import type { Config } from "../config/schema.ts";
import type { RecordBatch } from "../event/record-batch.ts";
import { RecordPattern } from "../event/record-pattern.ts";
import { firstMatches } from "./first-match.ts";
import type { Transform } from "./transform.ts";

/** Drops the records that a rule's pattern matches, counted under the name of the first such rule. Raises InvalidPatternError for what AWS refuses. */
export function createFilter(rules: Config["drop"]): Transform {
  const compiled = rules.map(({ name, pattern }) => ({ name, pattern: new RecordPattern(pattern) }));
  return {
    name: "filter",
    apply: (batch: RecordBatch): void =>
      firstMatches(batch, compiled, (record, { name }) => batch.fates.drop(record, name)),
  };
}
