const DAY_MS = 86_400_000;

/** Days that the indices of a class are kept when the configuration says nothing of it. */
export const DEFAULT_RETENTION_DAYS = 30;

/** Days by class. */
export type RetentionDays = Readonly<Record<string, number>>;

/**
 * The OpenSearch index of an event: `belfry-<class>-<day of its own time>`, so that every retry, replay and path meets the same one. Times
 * that are unknown, more than a day ahead or older than the retention go to `belfry-<class>-undated`, so that a wrong clock cannot make
 * indices without number.
 */
export function indexName(dataset: string, timeMs: number, nowMs: number, retentionDays: number): string {
  return indexOfDay(dataset, indexDay(timeMs, nowMs, retentionDays));
}

/** A day that no time has: what has no index of a day. */
const UNDATED = Number.MAX_SAFE_INTEGER;

/** The day since 1970 whose index takes the event. */
export function indexDay(timeMs: number, nowMs: number, retentionDays: number): number {
  const dated = timeMs <= nowMs + DAY_MS && timeMs >= nowMs - retentionDays * DAY_MS;
  return dated ? Math.floor(timeMs / DAY_MS) : UNDATED;
}

/** The index of a class for a day from `indexDay`. */
export function indexOfDay(dataset: string, day: number): string {
  const suffix = day === UNDATED ? "undated" : new Date(day * DAY_MS).toISOString().slice(0, 10).replaceAll("-", ".");
  return indexPrefix(dataset) + suffix;
}

// Names of indices have at most 255 bytes; classes of our own are far shorter.
const MAX_CLASS = 100;

/** Bytes of the longest name of an index: `belfry-<class>-<day>`. */
export const MAX_INDEX_NAME = MAX_CLASS + "belfry--2026.11.22".length;

/** What the names of all indices of a class start with: lower case, and none of the bytes that a name must not have, whatever the class is called. */
export function indexPrefix(dataset: string): string {
  const name = dataset.toLowerCase().slice(0, MAX_CLASS);
  return `belfry-${name.replaceAll(/[^a-z0-9._-]/g, "-") || "unknown"}-`;
}
