import { BelfryError } from "@belfry/core/platform/errors";
import type { Bound } from "./query.ts";

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
  ["w", 604_800_000],
]);

const DURATION = /^(\d+)([smhdw])$/;
const RELATIVE = /^(?:now)?(?:([+-])(\d+[smhdw]))?$/;
const DATE =
  /^(\d{4})-(\d{2})(?:-(\d{2})(?:T(\d{2})(?::(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?(Z|[+-]\d{2}:?\d{2})?)?)?$/;

/** A duration such as `90s`, `15m`, `24h`, `7d`, `2w` in milliseconds; undefined for anything else. */
export function durationMs(text: string): number | undefined {
  const [, count, unit] = DURATION.exec(text) ?? [];
  const unitMs = UNIT_MS.get(unit);
  return unitMs === undefined ? undefined : Number(count) * unitMs;
}

/** A time that a person wrote: `-1h` or `now-1h`, `now`, a date or time in ISO 8601 (UTC unless it says otherwise). Raises BAD_ARGUMENT. */
export function timeOf(text: string, nowMs: number): number {
  const relative = text === "" ? undefined : relativeTime(text, nowMs);
  const timeMs = relative ?? isoTime(text);
  if (timeMs !== undefined) return timeMs;
  throw new BelfryError(
    "BAD_ARGUMENT",
    `"${text}" is no time; write -1h, -7d, now, 2026-01-31 or 2026-01-31T08:00:00Z`,
  );
}

/**
 * A date as a bound of a range, as a full time in UTC; undefined when the text is no date. A date that leaves out its end, such as `2026-01-31`, means all of it:
 * as an inclusive upper bound its last millisecond, as an exclusive lower bound too. `now-1h` is taken from the time given.
 */
export function dateBound(bound: Bound, side: "min" | "max", nowMs: number): Bound | undefined {
  const relative = bound.text.startsWith("now") ? relativeTime(bound.text, nowMs) : undefined;
  const span = relative === undefined ? spanOf(bound.text) : { firstMs: relative, lastMs: relative };
  if (span === undefined) return undefined;
  const atEnd = (side === "max") === bound.inclusive;
  return { text: new Date(atEnd ? span.lastMs : span.firstMs).toISOString(), inclusive: bound.inclusive };
}

/** A full date and time, or a part of one from its start on, as epoch milliseconds; undefined for anything else. */
export function isoTime(text: string): number | undefined {
  return spanOf(text)?.firstMs;
}

function relativeTime(text: string, nowMs: number): number | undefined {
  const match = RELATIVE.exec(text);
  if (match === null) return undefined;
  const [, sign, duration] = match;
  const offsetMs = duration === undefined ? 0 : (durationMs(duration) ?? 0);
  return nowMs + (sign === "-" ? -offsetMs : offsetMs);
}

/** First and last millisecond of a date, hour, minute or second; undefined when it is none, or does not exist. */
function spanOf(text: string): { firstMs: number; lastMs: number } | undefined {
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const firstMs = Date.parse(
    `${year}-${month}-${day ?? "01"}T${hour ?? "00"}:${minute ?? "00"}:${second ?? "00"}.${(fraction ?? "").padEnd(3, "0").slice(0, 3)}${zoneOf(zone)}`,
  );
  if (
    Number.isNaN(firstMs) ||
    (day !== undefined && new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() !== Number(day))
  ) {
    return undefined;
  }
  return { firstMs, lastMs: firstMs + lengthOf(match) - 1 };
}

function zoneOf(zone: string | undefined): string {
  if (zone === undefined || zone === "Z") return "Z";
  return zone.includes(":") ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`;
}

function lengthOf([, year, month, day, hour, minute, second, fraction]: RegExpExecArray): number {
  if (day === undefined) return Date.UTC(Number(year), Number(month), 1) - Date.UTC(Number(year), Number(month) - 1, 1);
  if (hour === undefined) return 86_400_000;
  if (minute === undefined) return 3_600_000;
  if (second === undefined) return 60_000;
  return fraction === undefined ? 1000 : 1;
}
