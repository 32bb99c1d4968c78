import { BelfryError } from "../../platform/errors.ts";

const DAY_MS = 86_400_000;

/** A date and time as a clock on the wall shows it, written as the milliseconds since 1970 that UTC would have at that reading. */
export type WallClockMs = number;

/** A time zone of the IANA database. */
export interface TimeZone {
  /** What a clock on the wall shows at an instant, in milliseconds since 1970 UTC. */
  wallClockAt(instantMs: number): WallClockMs;
  /**
   * The instant at which a clock on the wall shows a reading for the first time; undefined where clocks skip it (spring forward). Where they show it twice
   * (fall back), the second time is not given.
   */
  firstInstantOf(wallClock: WallClockMs): number | undefined;
}

/** A time zone by its name (`Europe/Berlin`, `UTC`); raises BAD_ARGUMENT for names that the IANA database does not have, and for offsets (`+01:00`). */
export function timeZone(name: string): TimeZone {
  const format = formatFor(name);
  const wallClockAt = (instantMs: number): WallClockMs => {
    const second = Math.floor(instantMs / 1000) * 1000;
    const part: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(second)) part[type] = Number(value);
    return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second) + (instantMs - second);
  };
  const firstInstantOf = (wallClock: WallClockMs): number | undefined => {
    // The offset is one of those in force the day before and the day after; the greater one comes first where clocks go back.
    const offsets = [-DAY_MS, DAY_MS].map((near) => wallClockAt(wallClock + near) - (wallClock + near));
    const instants = offsets.map((offset) => wallClock - offset).filter((at) => wallClockAt(at) === wallClock);
    return instants.length === 0 ? undefined : Math.min(...instants);
  };
  return { wallClockAt, firstInstantOf };
}

function formatFor(name: string): Intl.DateTimeFormat {
  const numeric = "numeric" as const;
  const fields = { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric };
  try {
    // Intl takes offsets too, EventBridge Scheduler does not.
    if (/^[+-]/.test(name)) throw new RangeError("an offset");
    return new Intl.DateTimeFormat("en-US", { timeZone: name, hourCycle: "h23", calendar: "gregory", ...fields });
  } catch (cause) {
    const message = `no time zone "${name}": give a name of the IANA database, such as Europe/Berlin or UTC`;
    throw new BelfryError("BAD_ARGUMENT", message, { cause });
  }
}
