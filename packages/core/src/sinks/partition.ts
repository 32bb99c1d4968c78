import type { Random } from "../platform/retry.ts";

/**
 * The archive's Hive partition of a time of arrival, `dt=2026-11-22/hour=03/`, UTC: as Firehose makes it with the prefix
 * `dt=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/`. https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html
 */
export function hourPartition(timeMs: number): string {
  const iso = new Date(timeMs).toISOString();
  const t = iso.indexOf("T");
  return `dt=${iso.slice(0, t)}/hour=${iso.slice(t + 1, t + 3)}/`;
}

/** A name that sorts by time and that no other writer takes: `20261122T031500123Z-1f0c9a4e`. */
export function uniqueName(timeMs: number, random: Random): string {
  const time = new Date(timeMs).toISOString().replaceAll(/[-:.]/g, "");
  const digits = Math.floor(random() * 0x1_0000_0000);
  return `${time}-${digits.toString(16).padStart(8, "0")}`;
}
