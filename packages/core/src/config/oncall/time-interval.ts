import { BelfryError } from "../../platform/errors.ts";
import { timeZone } from "../schedules/time-zone.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const MONTHS = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];
const MAX_DAY = 31;

/** Days from the end of a month are compared with others as in the shortest month, as Alertmanager does. */
const CHECKED_DAYS = 28;

/** A time interval as it is written; all that is given must hold. https://prometheus.io/docs/alerting/latest/configuration/#time_interval-0 */
export interface TimeIntervalText {
  readonly times?: readonly { readonly start: string; readonly end: string }[];
  readonly weekdays?: readonly string[];
  readonly daysOfMonth?: readonly string[];
  readonly months?: readonly string[];
  readonly years?: readonly string[];
  readonly zone?: string;
}

/** Times that come back: working hours, weekends, the last days of each quarter. */
export interface TimeInterval {
  /** Whether an instant is in it, by the clock of its zone. */
  contains(instantMs: number): boolean;
}

/** First and last, both in it. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** Reads a time interval; raises BAD_ARGUMENT for what Alertmanager refuses, such as ranges that end before they begin. */
export function readTimeInterval(text: TimeIntervalText): TimeInterval {
  const zone = timeZone(text.zone ?? "UTC");
  const times = (text.times ?? []).map(({ start, end }) => timeRange(start, end));
  const weekdays = (text.weekdays ?? []).map((range) => rangeOf(range, "weekday", weekdayOf));
  const days = (text.daysOfMonth ?? []).map(dayRange);
  const months = (text.months ?? []).map((range) => rangeOf(range, "month", monthOf));
  const years = (text.years ?? []).map((range) => rangeOf(range, "year", yearOf));
  return {
    contains(instantMs) {
      const clock = zone.wallClockAt(instantMs);
      const date = new Date(clock);
      const minute = Math.floor((((clock % DAY_MS) + DAY_MS) % DAY_MS) / MINUTE_MS);
      return (
        isIn(times, minute) &&
        isIn(weekdays, date.getUTCDay()) &&
        isIn(months, date.getUTCMonth() + 1) &&
        isIn(years, date.getUTCFullYear()) &&
        isIn(daysIn(days, date), date.getUTCDate())
      );
    },
  };
}

function isIn(ranges: readonly Range[] | undefined, value: number): boolean {
  if (ranges === undefined) return false;
  return ranges.length === 0 || ranges.some(({ from, to }) => value >= from && value <= to);
}

/** The days of this month; undefined when it has none of them. Days behind its end are left out. */
function daysIn(ranges: readonly Range[], date: Date): Range[] | undefined {
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  const days = ranges
    .map(({ from, to }) => ({ from: from < 0 ? last + from + 1 : from, to: to < 0 ? last + to + 1 : to }))
    .filter(({ from }) => from <= last);
  return ranges.length > 0 && days.length === 0 ? undefined : days;
}

function timeRange(start: string, end: string): Range {
  const from = minuteOf(start);
  const to = minuteOf(end);
  if (from >= to) throw bad(`the time ${end} is not after ${start}: write what goes over midnight as two`);
  return { from, to: to - 1 };
}

function minuteOf(text: string): number {
  if (!/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/.test(text)) throw bad(`"${text}" is no time: write it as 09:00`);
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
}

function rangeOf(text: string, what: string, read: (part: string) => number | undefined): Range {
  const parts = text.split(":").map((part) => part.trim().toLowerCase());
  if (parts.length > 2) throw bad(`"${text}" is no range: write it as first:last`);
  const [from, to = from] = parts.map((part) => {
    const value = read(part);
    if (value === undefined) throw bad(`"${part}" is not a valid ${what}`);
    return value;
  });
  if (from > to) throw bad(`the ${what} ${parts[1]} is before ${parts[0]}: write it as two ranges`);
  return { from, to };
}

function weekdayOf(text: string): number | undefined {
  const at = WEEKDAYS.indexOf(text);
  return at < 0 ? undefined : at;
}

function monthOf(text: string): number | undefined {
  const at = MONTHS.indexOf(text);
  if (at >= 0) return at + 1;
  const month = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  return month >= 1 && month <= MONTHS.length ? month : undefined;
}

function yearOf(text: string): number | undefined {
  return /^\d{1,4}$/.test(text) ? Number(text) : undefined;
}

function dayRange(text: string): Range {
  const parts = text.split(":").map((part) => part.trim());
  const days = parts.map((part) => (/^-?\d{1,2}$/.test(part) ? Number(part) : 0));
  const [from, to = from] = days;
  if (parts.length > 2 || [from, to].some((day) => day === 0 || Math.abs(day) > MAX_DAY)) {
    throw bad(
      `"${text}" is no day of the month: it takes 1 to 31, or -1 (the last) to -31, or two of them as first:last`,
    );
  }
  if (from < 0 && to > 0) throw bad(`"${text}" must end with a day from the end of the month, as it begins with one`);
  const checked = (day: number): number => (day < 0 ? CHECKED_DAYS + day : day);
  if (checked(from) > checked(to)) throw bad(`"${text}" ends before it begins, in a short month at least`);
  return { from, to };
}

function bad(message: string): BelfryError {
  return new BelfryError("BAD_ARGUMENT", message);
}
