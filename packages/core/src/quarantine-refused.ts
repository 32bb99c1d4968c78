import { Fate } from "./event/fates.ts";
import type { RecordBatch } from "./event/record-batch.ts";
import { messageOf } from "./platform/errors.ts";
import type { Quarantine, QuarantineEntry } from "./sinks/sink.ts";

/**
 * Puts the records of a batch that were quarantined, as a whole or by a sink, where they are kept. Only when that has worked is their fate
 * final: if it fails they are to be retried, so that nothing counts as quarantined that is not there.
 */
export async function quarantineRefused(batch: RecordBatch, quarantine: Quarantine): Promise<void> {
  const entries: QuarantineEntry[] = [];
  const undo: ((reason: string) => void)[] = [];
  for (let record = 0; record < batch.count && batch.fates.hasRefused; record++) {
    if (batch.fates.of(record) !== Fate.quarantined) continue;
    entries.push(entryOf(batch, record, batch.fates.reasonOf(record)));
    undo.push((reason) => batch.fates.retry(record, reason));
  }
  for (const sink of batch.fates.sinks) {
    for (let record = 0; record < batch.count && sink.hasRefused; record++) {
      if (sink.of(record) !== Fate.quarantined) continue;
      entries.push({ ...entryOf(batch, record, sink.reasonOf(record)), sink: sink.sink });
      undo.push((reason) => sink.retry(record, reason));
    }
  }
  if (entries.length === 0) return;
  try {
    await quarantine.put(entries);
  } catch (error) {
    for (const retry of undo) retry(`quarantine unavailable: ${messageOf(error)}`);
  }
}

function entryOf(batch: RecordBatch, record: number, reason: string): QuarantineEntry {
  const time = batch.time[record];
  return {
    id: batch.idOf(record),
    reason,
    origin: batch.itemOf(record).origin,
    resource: batch.streamFor(record).resource,
    original: batch.originalOf(record),
    ...(Number.isNaN(time) ? {} : { time }),
  };
}
