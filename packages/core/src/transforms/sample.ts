import type { Config } from "../config/schema.ts";
import type { RecordBatch } from "../event/record-batch.ts";
import { ID_LENGTH } from "../event/record-id.ts";
import { RecordPattern } from "../event/record-pattern.ts";
import { firstMatches } from "./first-match.ts";
import type { Transform } from "./transform.ts";

/** How many of an id's hexadecimal digits decide: 32 bits of a hash, so shares are exact to a billionth. */
const DIGITS = 8;
const RANGE = 16 ** DIGITS;

/**
 * Keeps a share of the records that a rule's pattern matches; the others are dropped, counted under `sample:<rule>`. The first rule that matches decides.
 * A record's id does, so it is the same for each delivery and replay of it. Raises InvalidPatternError for what AWS refuses.
 */
export function createSample(rules: Config["sample"]): Transform {
  const compiled = rules.map(({ name, pattern, keep }) => ({
    reason: `sample:${name}`,
    bound: keep * RANGE,
    pattern: new RecordPattern(pattern),
  }));
  return {
    name: "sample",
    apply: (batch: RecordBatch): void =>
      firstMatches(batch, compiled, (record, { reason, bound }) => {
        if (positionOf(batch, record) >= bound) batch.fates.drop(record, reason);
      }),
  };
}

/** Where a record stands among all records, 0 to 2^32, by its id. */
function positionOf(batch: RecordBatch, record: number): number {
  let position = 0;
  for (let i = record * ID_LENGTH; i < record * ID_LENGTH + DIGITS; i++) {
    const digit = batch.ids[i];
    position = position * 16 + (digit & 15) + (digit > 57 ? 9 : 0);
  }
  return position;
}
