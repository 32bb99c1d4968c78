import { BelfryError } from "../../platform/errors.ts";
import { type CronExpression, parseCron } from "./cron-expression.ts";
import { timeZone, type WallClockMs } from "./time-zone.ts";

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** When a schedule of Amazon EventBridge Scheduler runs. https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html */
export type ScheduleExpression =
  | { readonly kind: "rate"; readonly everyMs: number }
  | { readonly kind: "cron"; readonly cron: CronExpression }
  | { readonly kind: "at"; readonly wallClock: WallClockMs };

/** Reads `rate(…)`, `cron(…)` or `at(…)`; raises BAD_ARGUMENT for what Scheduler's documentation does not allow. */
export function parseSchedule(text: string): ScheduleExpression {
  const [, kind, inside] = /^\s*(rate|cron|at)\((.*)\)\s*$/.exec(text) ?? [];
  if (kind === "rate") return { kind, everyMs: rateOf(inside) };
  if (kind === "cron") return { kind, cron: parseCron(inside) };
  if (kind === "at") return { kind, wallClock: wallClockOf(inside) };
  const forms = "rate(5 minutes), cron(0 8 ? * MON-FRI *) or at(2026-11-20T13:00:00)";
  throw new BelfryError("BAD_ARGUMENT", `"${text}" is no schedule expression: write it as ${forms}`);
}

/**
 * The next runs after an instant, `count` at most: fewer when the schedule ends before. Rates count from `after`, as if the schedule had just run. Cron and at
 * expressions are read in the time zone: a time that clocks skip is not run, one that they show twice is run the first time. Raises BAD_ARGUMENT for a zone
 * that does not exist.
 */
export function nextRuns(expression: ScheduleExpression, zoneName: string, after: Date, count: number): Date[] {
  const zone = timeZone(zoneName);
  if (expression.kind === "rate") {
    return Array.from({ length: count }, (_, i) => new Date(after.getTime() + (i + 1) * expression.everyMs));
  }
  const readings =
    expression.kind === "at"
      ? [expression.wallClock]
      : readingsOf(expression.cron, dayOf(zone.wallClockAt(after.getTime())));
  const runs: Date[] = [];
  for (const reading of readings) {
    if (runs.length >= count) break;
    const instant = zone.firstInstantOf(reading);
    if (instant !== undefined && instant > after.getTime()) runs.push(new Date(instant));
  }
  return runs;
}

/** What a clock shows at all runs, in order, from a day on (its midnight). */
function* readingsOf(cron: CronExpression, firstDay: WallClockMs): Generator<WallClockMs> {
  const times = cron.hours.flatMap((hour) => cron.minutes.map((minute) => (hour * 60 + minute) * UNIT_MS.minute));
  for (const day of daysFrom(cron, firstDay)) for (const time of times) yield day + time;
}

function* daysFrom(cron: CronExpression, firstDay: WallClockMs): Generator<WallClockMs> {
  const firstYear = new Date(firstDay).getUTCFullYear();
  for (const year of cron.years.filter((each) => each >= firstYear)) {
    for (const month of cron.months) {
      const days = cron.daysOf(year, month).map((day) => Date.UTC(year, month - 1, day));
      yield* days.filter((day) => day >= firstDay);
    }
  }
}

function dayOf(wallClock: WallClockMs): WallClockMs {
  return new Date(wallClock).setUTCHours(0, 0, 0, 0);
}

function rateOf(text: string): number {
  const [, value, unit] = /^\s*(\d+)\s+(minute|hour|day)s?\s*$/.exec(text) ?? [];
  const number = Number(value);
  if (unit !== undefined && number > 0) return number * UNIT_MS[unit];
  throw new BelfryError(
    "BAD_ARGUMENT",
    `rate(${text}) cannot be read: give a whole number above 0 and minutes, hours or days`,
  );
}

function wallClockOf(text: string): WallClockMs {
  const isForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(text);
  const wallClock = isForm ? Date.parse(`${text}Z`) : Number.NaN;
  // Date.parse takes 30 February for 2 March.
  if (Number.isFinite(wallClock) && new Date(wallClock).toISOString().startsWith(text)) return wallClock;
  throw new BelfryError("BAD_ARGUMENT", `at(${text}) is no date and time: write it as at(yyyy-mm-ddThh:mm:ss)`);
}
