import { NameTable } from "./name-table.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const YEAR_MS = 366 * DAY_MS;

/** Digits of a fraction that count, and what one is worth that has so many. */
const MS_DIGITS = 3;
const MS_SCALE = [0, 100, 10, 1];

const SPACE = 32;
const PLUS = 43;
const COMMA = 44;
const MINUS = 45;
const POINT = 46;
const SLASH = 47;
const ZERO = 48;
const COLON = 58;
const UPPER_T = 84;
const UPPER_Z = 90;
const LOWER = 32;

const MONTHS = new NameTable(
  ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"].map(
    (name, i) => [name, i + 1] as const,
  ),
);

/**
 * Reads times as logs write them, from bytes and without making strings. Each method gives epoch milliseconds, or NaN when no such time
 * begins at `from` or it runs beyond `to`; `end` says where it stopped. A time without a zone is taken as UTC.
 */
export class TimeReader {
  /** The position after the time that was read last. */
  end = 0;

  /**
   * `2026-11-22T03:00:00.123Z`, `2026-11-22 03:00:00,123`, `2026/11/22 03:00:00`, `20261122T030000Z`, with or without seconds, fraction
   * and an offset such as `+02:00` or `+0200`.
   */
  iso(bytes: Uint8Array, from: number, to: number): number {
    const separator = bytes[from + 4];
    const basic = separator !== MINUS && separator !== SLASH;
    const step = basic ? 0 : 1;
    const date = from + 4 + step;
    const century = twoDigits(bytes, from);
    const year = twoDigits(bytes, from + 2);
    const month = twoDigits(bytes, date);
    const day = twoDigits(bytes, date + 2 + step);
    if (century < 0 || year < 0 || (!basic && bytes[date + 2] !== separator)) return Number.NaN;
    const time = date + 4 + step;
    const divider = bytes[time];
    if ((divider & ~LOWER) !== UPPER_T && (divider !== SPACE || basic)) return Number.NaN;
    const clock = basic ? this.#basicClock(bytes, time + 1) : this.#clock(bytes, time + 1);
    return this.#finish(dayNumber(century * 100 + year, month, day), clock, bytes, to);
  }

  /** `26/Dec/2016:16:16:29 +0200`, as access logs in the common log format have it. */
  commonLog(bytes: Uint8Array, from: number, to: number): number {
    if (bytes[from + 2] !== SLASH || bytes[from + 6] !== SLASH || bytes[from + 11] !== COLON) return Number.NaN;
    const day = dayNumber(fourDigits(bytes, from + 7), MONTHS.find(bytes, from + 3, from + 6), twoDigits(bytes, from));
    return this.#finish(day, this.#clock(bytes, from + 12), bytes, to);
  }

  /**
   * `Nov 22 03:00:00`, as syslog writes it, and `Oct 11 14:32:52.123 2000`. Without a year it is the year that brings it closest to
   * `nearMs`; NaN when that is not known.
   */
  monthFirst(bytes: Uint8Array, from: number, to: number, nearMs: number): number {
    const month = MONTHS.find(bytes, from, from + 3);
    if (month < 0 || bytes[from + 3] !== SPACE) return Number.NaN;
    const padded = bytes[from + 4] === SPACE;
    const day = padded ? bytes[from + 5] - ZERO : twoDigits(bytes, from + 4);
    if (bytes[from + 6] !== SPACE) return Number.NaN;
    const clock = this.#clock(bytes, from + 7);
    const year = bytes[this.end] === SPACE ? fourDigits(bytes, this.end + 1) : -1;
    if (year > 0 && this.end + 5 <= to) this.end += 5;
    const time = year > 0 ? dayNumber(year, month, day) * DAY_MS + clock : closest(month, day, clock, nearMs);
    return this.end <= to ? time : Number.NaN;
  }

  /** Milliseconds of the day of `03:00`, `03:00:00`, `03:00:00.123456`. */
  #clock(bytes: Uint8Array, from: number): number {
    const hour = twoDigits(bytes, from);
    const minute = twoDigits(bytes, from + 3);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || bytes[from + 2] !== COLON) return Number.NaN;
    this.end = from + 5;
    if (bytes[from + 5] !== COLON) return hour * HOUR_MS + minute * MINUTE_MS;
    return hour * HOUR_MS + minute * MINUTE_MS + this.#seconds(bytes, from + 6);
  }

  #basicClock(bytes: Uint8Array, from: number): number {
    const hour = twoDigits(bytes, from);
    const minute = twoDigits(bytes, from + 2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return Number.NaN;
    return hour * HOUR_MS + minute * MINUTE_MS + this.#seconds(bytes, from + 4);
  }

  #seconds(bytes: Uint8Array, from: number): number {
    const second = twoDigits(bytes, from);
    if (second < 0 || second > 60) return Number.NaN;
    this.end = from + 2;
    const mark = bytes[this.end];
    if ((mark !== POINT && mark !== COMMA) || !isDigit(bytes[this.end + 1])) return second * SECOND_MS;
    const first = this.end + 1;
    let at = first;
    let fraction = 0;
    for (; isDigit(bytes[at]); at++) if (at - first < MS_DIGITS) fraction = fraction * 10 + bytes[at] - ZERO;
    this.end = at;
    return second * SECOND_MS + fraction * MS_SCALE[Math.min(at - first, MS_DIGITS)];
  }

  #finish(day: number, clock: number, bytes: Uint8Array, to: number): number {
    const time = day * DAY_MS + clock;
    if (Number.isNaN(time)) return time;
    const offset = this.#zone(bytes);
    return this.end <= to ? time - offset : Number.NaN;
  }

  /** The offset behind a time, in milliseconds; moves `end` over it. Behind a space it must have four digits. */
  #zone(bytes: Uint8Array): number {
    const at = bytes[this.end] === SPACE ? this.end + 1 : this.end;
    const sign = bytes[at];
    if ((sign & ~LOWER) === UPPER_Z && at === this.end) {
      this.end++;
      return 0;
    }
    if (sign !== PLUS && sign !== MINUS) return 0;
    const hours = twoDigits(bytes, at + 1);
    const minutesAt = bytes[at + 3] === COLON ? at + 4 : at + 3;
    const minutes = twoDigits(bytes, minutesAt);
    if (hours < 0 || hours > 18 || (minutes < 0 && at !== this.end)) return 0;
    this.end = minutes < 0 ? at + 3 : minutesAt + 2;
    const offset = hours * HOUR_MS + Math.max(0, minutes) * MINUTE_MS;
    return sign === PLUS ? offset : -offset;
  }
}

/**
 * Epoch milliseconds of a number in bytes [from, to) that counts seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by
 * their size as of the years 1973 to 5138; NaN for anything else.
 */
export function epochMs(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  let scale = 0;
  for (let i = from; i < to; i++) {
    const byte = bytes[i];
    if (isDigit(byte)) {
      value = value * 10 + byte - ZERO;
      scale *= 10;
    } else if (byte === POINT && scale === 0 && i > from) scale = 1;
    else return Number.NaN;
  }
  const time = scale > 1 ? value / scale : value;
  if (time < 1e8) return Number.NaN;
  if (time < 1e11) return Math.floor(time * SECOND_MS + 1e-3);
  if (time < 1e14) return Math.floor(time);
  return Math.floor(time < 1e17 ? time / 1e3 : time / 1e6);
}

/** Whether a time that a message says of itself may be the event's, seen from its carrier's time: at most a day later and a year earlier. */
export function isPlausible(timeMs: number, carrierMs: number): boolean {
  if (Number.isNaN(timeMs) || timeMs < 0) return false;
  return Number.isNaN(carrierMs) || (timeMs <= carrierMs + DAY_MS && timeMs >= carrierMs - YEAR_MS);
}

export function isDigit(byte: number): boolean {
  return byte >= ZERO && byte < COLON;
}

function closest(month: number, day: number, clockMs: number, nearMs: number): number {
  if (Number.isNaN(nearMs)) return Number.NaN;
  const year = new Date(nearMs).getUTCFullYear();
  let best = Number.NaN;
  for (let candidate = year - 1; candidate <= year + 1; candidate++) {
    const time = dayNumber(candidate, month, day) * DAY_MS + clockMs;
    if (!(Math.abs(time - nearMs) >= Math.abs(best - nearMs)) && !Number.isNaN(time)) best = time;
  }
  return best;
}

/**
 * Days since 1970 of a date of the Gregorian calendar; NaN when there is none such. Years are counted from March, so that leap days come last, and 400
 * too many, so that none is negative. Small whole numbers throughout, which the engine divides without its slow division.
 */
function dayNumber(year: number, month: number, day: number): number {
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return Number.NaN;
  const marchYear = (month > 2 ? year : year - 1) + 400;
  const dayOfYear = (((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) | 0) + day - 1;
  const leapDays = (marchYear >> 2) - ((marchYear / 100) | 0) + ((marchYear / 400) | 0);
  return marchYear * 365 + leapDays + dayOfYear - 865_565;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** A number of two digits, or -1. */
function twoDigits(bytes: Uint8Array, at: number): number {
  return isDigit(bytes[at]) && isDigit(bytes[at + 1]) ? (bytes[at] - ZERO) * 10 + bytes[at + 1] - ZERO : -1;
}

function fourDigits(bytes: Uint8Array, at: number): number {
  const high = twoDigits(bytes, at);
  const low = twoDigits(bytes, at + 2);
  return high < 0 || low < 0 ? -1 : high * 100 + low;
}
