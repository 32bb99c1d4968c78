import { DocumentEncoder } from "@belfry/core/event/document-encoder";
import type { RecordBatch } from "@belfry/core/event/record-batch";
import { createParse } from "@belfry/core/parsers/choose";
import { batchOf, type Origin } from "./batch.ts";

export type Document = Readonly<Record<string, unknown>>;

/** The documents of a batch's open records, in order, as the encoder writes them. */
export function documentsOf(batch: RecordBatch): Document[] {
  const encoder = new DocumentEncoder();
  const documents: Document[] = [];
  for (let record = 0; record < batch.count; record++) {
    if (batch.fates.isOpen(record)) documents.push(JSON.parse(encoder.encodeRecord(batch, record)));
  }
  return documents;
}

/** The document that one message becomes, with parsers chosen as without any configuration. */
export function parsed(message: string, origin?: Origin, parse = createParse([])): Document {
  const batch = batchOf([message], origin);
  parse(batch);
  return documentsOf(batch)[0];
}

/** The value at a dotted path of a document; undefined when there is none. */
export function fieldOf(document: unknown, path: string): unknown {
  return path.split(".").reduce((value, key) => (value as Document | undefined)?.[key], document);
}
