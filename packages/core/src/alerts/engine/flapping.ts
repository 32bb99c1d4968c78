import type { FlappingOptions } from "../route.ts";
import type { HeldAlert } from "./group-state.ts";

/** The changes of an alert within the time that counts, with one more now or not; at most as many as are needed. */
export function changesAfter(
  changes: readonly number[],
  isChange: boolean,
  nowMs: number,
  options: FlappingOptions | undefined,
): readonly number[] {
  if (options === undefined) return [];
  const recent = changes.filter((at) => at > nowMs - options.withinMs);
  return (isChange ? [...recent, nowMs] : recent).slice(-options.changes);
}

/** Whether so many changes are too many. */
export function isFlapping(changes: readonly number[], options: FlappingOptions | undefined): boolean {
  return options !== undefined && changes.length >= options.changes;
}

/** When an alert that comes and goes has been as it is for long enough; undefined for others. */
export function calmAt({ flapping, changes }: HeldAlert, options: FlappingOptions | undefined): number | undefined {
  if (flapping === undefined) return undefined;
  return (changes.at(-1) ?? 0) + (options?.withinMs ?? 0);
}

/** The alert when it has calmed down: what it is now is told again. */
export function calmed({ flapping: _, ...alert }: HeldAlert): HeldAlert {
  return { ...alert, changes: [] };
}
