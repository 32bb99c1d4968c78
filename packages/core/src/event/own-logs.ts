import type { RecordBatch } from "./record-batch.ts";

/** The rule that drops the logs of Belfry's own functions. */
export const OWN_LOGS_RULE = "own-logs";

/** How the names of Belfry's own log groups begin, in every stage and account; the last is that of its canaries, which Lambda completes. */
const OWN_PREFIXES = ["/belfry/", "/aws/lambda/cwsyn-belfry-"] as const;

/**
 * Drops what Belfry itself has logged. Subscriptions leave those log groups out; this holds where one does not, because a log line about a log line never ends.
 * Looks at each stream once, and at records only when a stream is Belfry's own.
 */
export function dropOwnLogs(batch: RecordBatch): void {
  const own = batch.streams.map(({ resource }) => isOwn(resource.logGroup));
  if (!own.includes(true)) return;
  for (let record = 0; record < batch.count; record++) {
    if (own[batch.streamOf[record]] && batch.fates.isOpen(record)) batch.fates.drop(record, OWN_LOGS_RULE);
  }
}

function isOwn(logGroup = ""): boolean {
  return OWN_PREFIXES.some((prefix) => logGroup.startsWith(prefix));
}
