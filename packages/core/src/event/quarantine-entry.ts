import type { Resource } from "./resource.ts";

/** One record that no retry mends, with all that is needed to look at it and to send it through again. */
export interface QuarantineEntry {
  readonly id: string;
  readonly reason: string;
  /** The sink that refused it; absent when it never got to one. */
  readonly sink?: string;
  /** Where it came from: `kinesis:<stream>/<shard>:<sequence>`, `s3://bucket/key`. */
  readonly origin: string;
  readonly resource: Resource;
  /** Epoch milliseconds of the event, when known. */
  readonly time?: number;
  /** The bytes as they came, before any redaction. */
  readonly original: Uint8Array;
}

/** Entries as JSON lines, the original bytes in base64. */
export function formatEntries(entries: readonly QuarantineEntry[]): string {
  return entries
    .map((entry) => {
      const original = Buffer.from(entry.original.buffer, entry.original.byteOffset, entry.original.length);
      return `${JSON.stringify({ ...entry, original: original.toString("base64") })}\n`;
    })
    .join("");
}

// Long enough to tell reasons apart, short enough for a path.
const MAX_SLUG = 64;

/** A reason as part of a path: `opensearch mapper_parsing_exception` → `opensearch-mapper-parsing-exception`. */
export function reasonSlug(reason: string): string {
  const slug = reason.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return slug.slice(0, MAX_SLUG).replaceAll(/^-+|-+$/g, "") || "unknown";
}

/** Entries by the slug of their reason, each kind in its own file. */
export function entriesByReason(entries: readonly QuarantineEntry[]): Map<string, QuarantineEntry[]> {
  const groups = new Map<string, QuarantineEntry[]>();
  for (const entry of entries) {
    const slug = reasonSlug(entry.reason);
    const group = groups.get(slug);
    if (group === undefined) groups.set(slug, [entry]);
    else group.push(entry);
  }
  return groups;
}

/** Why something is in the quarantine that no invocation could take: what a dead-letter queue or an S3 on-failure destination keeps in AWS. */
export const RETRIES_EXHAUSTED = "retries exhausted";

// The reasons of decoding, which stand on whole delivery items.
const OF_WHOLE_ITEM = /^(?:bad base64|bad compression|bad envelope|bad replay|bomb)\b/;

/** Whether an entry is not one log record, which has its id already, but a delivery item that records are still to be decoded from. */
export function isWholeItem({ reason }: Pick<QuarantineEntry, "reason">): boolean {
  return reason === RETRIES_EXHAUSTED || OF_WHOLE_ITEM.test(reason);
}
