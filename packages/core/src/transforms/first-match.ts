import type { RecordBatch } from "../event/record-batch.ts";
import type { RecordPattern } from "../event/record-pattern.ts";

/** Calls `act` for each open record with the first of the rules whose pattern matches it; not for a record that none matches. */
export function firstMatches<Rule extends { readonly pattern: RecordPattern }>(
  batch: RecordBatch,
  rules: readonly Rule[],
  act: (record: number, rule: Rule) => void,
): void {
  const open = rules.map((rule) => ({ rule, matches: rule.pattern.over(batch) }));
  for (let record = 0; record < batch.count; record++) {
    if (!batch.fates.isOpen(record)) continue;
    for (let i = 0; i < open.length; i++) {
      if (!open[i].matches(record)) continue;
      act(record, open[i].rule);
      break;
    }
  }
}
