import { DATASETS } from "../config/datasets.ts";
import { datasetId } from "../event/dataset.ts";
import { WHOLE_DOCUMENT } from "../event/field-path.ts";
import type { RecordBatch } from "../event/record-batch.ts";

/** What a document of Belfry's own archive says of itself. */
export interface ArchivedCopy {
  readonly id: string;
  readonly dataset: string;
  /** Epoch milliseconds; NaN when it has none. */
  readonly time: number;
}

// The encoder writes keys in order, so an archived document begins with one of these.
const BEGINNINGS = ['{"@timestamp":"', '{"app":', '{"aws":', '{"belfry":{"id":"'].map((text) => Buffer.from(text));
// Others would be names that anybody may write into a log, and each makes indices and metrics of its own.
const KNOWN: ReadonlySet<string> = new Set(DATASETS);
const ID = /^[0-9a-f]{32}$/;

/** Recognises a line that is a finished document; undefined for anything else. */
export function archivedCopy(line: Buffer): ArchivedCopy | undefined {
  if (
    line[0] !== 123 ||
    !line.includes('"belfry":{"id":"') ||
    !BEGINNINGS.some((text) => text.equals(line.subarray(0, text.length)))
  ) {
    return undefined;
  }
  const document = parsed(line);
  const id = text(document, "belfry", "id");
  const dataset = text(document, "event", "dataset");
  if (id === undefined || dataset === undefined || !ID.test(id) || !KNOWN.has(dataset)) return undefined;
  const timestamp = text(document, "@timestamp");
  return { id, dataset, time: timestamp === undefined ? Number.NaN : Date.parse(timestamp) };
}

/** Makes a record stand for the archived document that its message is: the same id, data set and time, and written as it stands. */
export function markArchivedCopy(batch: RecordBatch, record: number, copy: ArchivedCopy): void {
  batch.setId(record, copy.id);
  batch.dataset[record] = datasetId(copy.dataset);
  batch.setTime(record, copy.time);
  batch.addRaw(record, WHOLE_DOCUMENT, batch.start[record], batch.end[record]);
}

function parsed(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString("utf8"));
  } catch (error) {
    // A line that only looks like a document is an ordinary line.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function text(value: unknown, ...keys: readonly string[]): string | undefined {
  let at = value;
  for (const key of keys) at = typeof at === "object" && at !== null ? (at as Record<string, unknown>)[key] : undefined;
  return typeof at === "string" ? at : undefined;
}
