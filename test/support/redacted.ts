import { type Config, ConfigSchema } from "@belfry/core/config/schema";
import { datasetId } from "@belfry/core/event/dataset";
import { DocumentEncoder } from "@belfry/core/event/document-encoder";
import { pathId } from "@belfry/core/event/field-path";
import type { RecordBatch } from "@belfry/core/event/record-batch";
import { createRedact } from "@belfry/core/transforms/redact";
import { batchOf } from "./batch.ts";

const MESSAGE = pathId("message");
const APP = pathId("app");

/** The rules of redaction with their defaults, except as given. */
export function redactRules(rules: Partial<Config["redact"]> = {}): Config["redact"] {
  return ConfigSchema.parse({ redact: rules }).redact;
}

/** A batch of messages as a parser would leave it: JSON as the object `app`, other text as `message`. */
export function parsedBatch(messages: readonly string[], dataset = "app.text"): RecordBatch {
  const batch = batchOf(messages);
  for (let record = 0; record < batch.count; record++) {
    batch.dataset[record] = datasetId(dataset);
    const [from, to] = [batch.start[record], batch.end[record]];
    if (messages[record].startsWith("{")) batch.addRaw(record, APP, from, to);
    else batch.addText(record, MESSAGE, from, to);
  }
  return batch;
}

/** The message after redaction. */
export function redacted(message: string, rules: Partial<Config["redact"]> = {}, dataset = "app.text"): string {
  const batch = parsedBatch([message], dataset);
  createRedact(redactRules(rules)).apply(batch);
  return batch.messageOf(0);
}

/** A record's finished document. */
export function documentFor(batch: RecordBatch, record: number): Record<string, unknown> {
  return JSON.parse(new DocumentEncoder().encodeRecord(batch, record));
}
