import { datasetId } from "@belfry/core/event/dataset";
import { DocumentEncoder } from "@belfry/core/event/document-encoder";
import { type Fate, Fate as Fates } from "@belfry/core/event/fates";
import { pathId } from "@belfry/core/event/field-path";
import { payloadOf } from "@belfry/core/event/payload";
import { RecordBatch } from "@belfry/core/event/record-batch";
import { keyOf } from "@belfry/core/event/record-id";
import { Stream } from "@belfry/core/event/stream";

/** When the stand-ins' clocks stand: 2026-11-22T03:15:00Z. */
export const NOW_MS = Date.UTC(2026, 10, 22, 3, 15);

export interface Message {
  readonly text: string;
  readonly dataset?: string;
  readonly time?: number;
}

const MESSAGE = pathId("message");

/** A batch with one record a message, encoded and routed to the sinks named. Ids follow from position and `keys`. */
export function routedBatch(
  sinks: readonly string[],
  messages: readonly (string | Message)[],
  keys = "event",
): RecordBatch {
  const batch = new RecordBatch();
  const stream = batch.addStream(
    new Stream({ account: "123456789012", region: "eu-central-1", regionAssumed: false, logGroup: "/app/orders" }),
  );
  for (const [i, given] of messages.entries()) {
    const { text, dataset = "app.text", time = NOW_MS } = typeof given === "string" ? { text: given } : given;
    const bytes = Buffer.from(text);
    const payload = batch.addPayload(payloadOf(bytes, { id: `item-${i}`, origin: "test" }));
    const key = keyOf(`${keys}-${i}`);
    const record = batch.append({ payload, stream, start: 0, end: bytes.length }, time, false, key, 0, key.byteLength);
    batch.received++;
    batch.dataset[record] = datasetId(dataset);
    batch.addText(record, MESSAGE, 0, bytes.length);
  }
  for (const name of sinks) {
    const fates = batch.fates.sink(name);
    for (let record = 0; record < batch.count; record++) batch.fates.route(record, fates);
  }
  new DocumentEncoder().encode(batch);
  return batch;
}

/** All records of a batch by number. */
export function allRecords(batch: RecordBatch): number[] {
  return Array.from({ length: batch.count }, (_, record) => record);
}

const NAMES = new Map<Fate, string>(Object.entries(Fates).map(([name, fate]) => [fate, name]));

/** The fates at one sink as text: `delivered`, `quarantined: reason`, `retry: reason`. */
export function fatesAt(batch: RecordBatch, sink: string): string[] {
  const fates = batch.fates.sink(sink);
  return allRecords(batch).map((record) => {
    const fate = fates.of(record);
    const name = NAMES.get(fate) ?? "?";
    return fate === Fates.quarantined || fate === Fates.retry ? `${name}: ${fates.reasonOf(record)}` : name;
  });
}
