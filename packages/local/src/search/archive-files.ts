import { glob, stat } from "node:fs/promises";
import path from "node:path";

const HOUR_MS = 3_600_000;

// CloudWatch Logs takes events up to two hours ahead of its clock, so such an event arrives before it "happens".
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
const MAX_AHEAD_MS = 2 * HOUR_MS;

/** How late an event may arrive and still be found without being asked for. */
export const DEFAULT_LATENESS_MS = 24 * HOUR_MS;

/** Times of events, epoch milliseconds; open where a side is absent. */
export interface TimeRange {
  readonly fromMs?: number;
  readonly toMs?: number;
}

/** The files that may hold events of a time range, and how many were left out because they came in later than the bound. */
export interface ArchiveFiles {
  readonly files: readonly string[];
  readonly laterFiles: number;
}

const PARTITION = /(?:^|[\\/])dt=(\d{4}-\d{2}-\d{2})[\\/]hour=(\d{2})[\\/]/;

/**
 * Finds the files of an archive that are worth reading. Its partitions are hours of arrival: an event is in that of its own time or a later
 * one, up to `latenessMs` (infinite: all later ones). Files outside any partition are always read.
 */
export async function archiveFiles(directory: string, range: TimeRange, latenessMs: number): Promise<ArchiveFiles> {
  const first = range.fromMs === undefined ? Number.NEGATIVE_INFINITY : range.fromMs - MAX_AHEAD_MS - HOUR_MS;
  const last = range.toMs === undefined ? Number.POSITIVE_INFINITY : range.toMs + latenessMs;
  const files: string[] = [];
  let laterFiles = 0;
  for await (const name of glob("**/*.ndjson{,.gz,.zst}", { cwd: directory })) {
    const hourMs = hourOf(name);
    if (hourMs !== undefined && hourMs <= first) continue;
    const file = path.join(directory, name);
    // A file that a writer has just made is empty.
    if ((await stat(file)).size === 0) continue;
    if (hourMs !== undefined && hourMs > last) laterFiles++;
    else files.push(file);
  }
  return { files: files.sort(), laterFiles };
}

/** The beginning of the hour that a file's path names. */
function hourOf(name: string): number | undefined {
  const [, day, hour] = PARTITION.exec(name) ?? [];
  return day === undefined ? undefined : Date.parse(`${day}T${hour}:00:00Z`);
}
