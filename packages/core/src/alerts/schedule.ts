import type { ScheduleConfig } from "../config/oncall/people.ts";
import { parseWallClock } from "../config/oncall/wall-clock.ts";
import { type TimeZone, timeZone, type WallClockMs } from "../config/schedules/time-zone.ts";
import { isWithin, type TimeIntervals } from "./time-intervals.ts";

const HOUR_MS = 3_600_000;
const UNITS_MS = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS } as const;

/** Who is on call, and by what: an override, or a layer by its name or number. */
export interface OnCallShift {
  readonly person: string;
  readonly by: string;
}

/** A compiled schedule. */
export interface OnCallSchedule {
  readonly zone: TimeZone;
  readonly layers: readonly Layer[];
  readonly overrides: readonly Override[];
  readonly intervals: TimeIntervals;
}

interface Layer {
  readonly name: string;
  readonly start: WallClockMs;
  readonly shiftMs: number;
  readonly people: readonly string[];
  readonly during: readonly string[];
}

interface Override {
  readonly start: WallClockMs;
  readonly end: WallClockMs;
  readonly person: string;
}

/** Compiles a schedule of the configuration. */
export function compileSchedule(config: ScheduleConfig, intervals: TimeIntervals): OnCallSchedule {
  return {
    zone: timeZone(config.zone),
    layers: config.layers.map(({ name, start, every, unit, people, during }, i) => ({
      name: name ?? `layer ${i + 1}`,
      start: parseWallClock(start),
      shiftMs: every * UNITS_MS[unit],
      people,
      during,
    })),
    overrides: config.overrides.map(({ start, end, person }) => ({
      start: parseWallClock(start),
      end: parseWallClock(end),
      person,
    })),
    intervals,
  };
}

/** Who is on call at an instant: the last override that holds, else the last layer that has somebody; undefined when there is a gap. */
export function onCallAt(schedule: OnCallSchedule, instantMs: number): OnCallShift | undefined {
  const { zone, overrides, layers, intervals } = schedule;
  const override = overrides.findLast(
    ({ start, end }) => hasCome(start, zone, instantMs) && !hasCome(end, zone, instantMs),
  );
  if (override !== undefined) return { person: override.person, by: "override" };
  for (const layer of layers.toReversed()) {
    if (layer.during.length > 0 && !isWithin(layer.during, intervals, instantMs)) continue;
    const person = personOf(layer, zone, instantMs);
    if (person !== undefined) return { person, by: layer.name };
  }
  return undefined;
}

/** Shifts are counted by the clock on the wall, so that hand-overs stay at their time of day when clocks go forward or back. */
function personOf({ start, shiftMs, people }: Layer, zone: TimeZone, instantMs: number): string | undefined {
  const shown = Math.floor((zone.wallClockAt(instantMs) - start) / shiftMs);
  // A clock that has gone back shows a time before a hand-over that has happened.
  const shift = hasCome(start + (shown + 1) * shiftMs, zone, instantMs) ? shown + 1 : shown;
  return shift < 0 ? undefined : people[shift % people.length];
}

/** Whether clocks have shown a time; one that they skip comes when they do. */
function hasCome(wallClock: WallClockMs, zone: TimeZone, instantMs: number): boolean {
  const instant = zone.firstInstantOf(wallClock);
  return instant === undefined ? zone.wallClockAt(instantMs) >= wallClock : instantMs >= instant;
}
