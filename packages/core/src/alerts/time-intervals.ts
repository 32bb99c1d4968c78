import type { OnCallConfig } from "../config/oncall/schema.ts";
import { readTimeInterval, type TimeInterval } from "../config/oncall/time-interval.ts";
import type { RouteOptions } from "./route.ts";

/** Named time intervals; each holds when one of its list does. */
export type TimeIntervals = ReadonlyMap<string, TimeInterval>;

/** Compiles the time intervals of the configuration. */
export function compileTimeIntervals(config: OnCallConfig["timeIntervals"]): TimeIntervals {
  return new Map(
    Object.entries(config).map(([name, list]) => {
      const intervals = list.map(readTimeInterval);
      return [name, { contains: (instantMs) => intervals.some((interval) => interval.contains(instantMs)) }];
    }),
  );
}

/** Whether one of the named intervals holds at a time; a name that there is not never holds. */
export function isWithin(names: readonly string[], intervals: TimeIntervals, nowMs: number): boolean {
  return names.some((name) => intervals.get(name)?.contains(nowMs) ?? false);
}

/** The interval by which a route tells nobody at a time: a mute one that holds, or active ones of which none does. */
export function mutedBy(
  { muteTimeIntervals, activeTimeIntervals }: Pick<RouteOptions, "muteTimeIntervals" | "activeTimeIntervals">,
  intervals: TimeIntervals,
  nowMs: number,
): string | undefined {
  const mute = muteTimeIntervals.find((name) => isWithin([name], intervals, nowMs));
  if (mute !== undefined) return mute;
  const isInactive = activeTimeIntervals.length > 0 && !isWithin(activeTimeIntervals, intervals, nowMs);
  return isInactive ? activeTimeIntervals[0] : undefined;
}
