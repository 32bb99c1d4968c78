import { BelfryError } from "../../platform/errors.ts";
import type { WallClockMs } from "../schedules/time-zone.ts";

/** Reads a date and time of a clock on the wall, `2026-11-23T09:00`; raises BAD_ARGUMENT for other forms, and for days that there are not. */
export function parseWallClock(text: string): WallClockMs {
  const reading = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(text) ? Date.parse(`${text}Z`) : Number.NaN;
  // Date.parse takes 30 February for 2 March.
  if (Number.isFinite(reading) && new Date(reading).toISOString().startsWith(text)) return reading;
  throw new BelfryError("BAD_ARGUMENT", `"${text}" is no date and time: write it as 2026-11-23T09:00`);
}
