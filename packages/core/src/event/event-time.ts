const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

const ZONE = "(?:\\s*(GMT|UTC|Z|[+-]\\d{2}:?\\d{2}))?";
const CLOCK = "(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:\\.(\\d+))?)?";

/** `2019-10-02T17:04:40.989+0000` of CloudWatch, `2022-06-25 10:00:48.868000+00:00` of Python, and everything between. */
const ISO = new RegExp(`^(\\d{4})-(\\d{2})-(\\d{2})(?:[T ]\\s*${CLOCK})?${ZONE}$`, "i");

/** `Fri, 3 Jun 2022 05:01:10 GMT` of AWS Health, whose week-days are wrong in its own samples and so not looked at. */
const RFC_1123 = new RegExp(`^(?:[a-z]+,?\\s+)?(\\d{1,2})\\s+([a-z]{3})[a-z]*\\s+(\\d{4})\\s+${CLOCK}${ZONE}$`, "i");

/** Seconds before it, milliseconds after: 1e11 is the year 5138 in the one, 1973 in the other. */
const FIRST_MILLISECONDS = 1e11;

/**
 * Epoch milliseconds of a time as AWS's events write them, without a zone in UTC: ISO 8601 with or without a colon in the offset, RFC 1123, or a number
 * of seconds or milliseconds. Undefined for what is none.
 */
export function eventTime(value: unknown): number | undefined {
  if (typeof value === "number") return fromNumber(value);
  if (typeof value !== "string") return undefined;
  // Some of AWS's samples have been reformatted: `2023-08-04T12: 56: 46.138+0000`.
  const text = value.trim().replace(/\s*:\s*/g, ":");
  if (/^\d{9,13}(?:\.\d+)?$/.test(text)) return fromNumber(Number(text));
  const iso = ISO.exec(text);
  if (iso !== null) {
    const [, year, month, day, ...clock] = iso;
    return utc(Number(year), Number(month) - 1, Number(day), clock);
  }
  const rfc = RFC_1123.exec(text);
  if (rfc === null) return undefined;
  const [, day, month = "", year, ...clock] = rfc;
  return utc(Number(year), MONTHS.indexOf(month.toLowerCase()), Number(day), clock);
}

function fromNumber(value: number): number | undefined {
  const time = Math.round(Math.abs(value) < FIRST_MILLISECONDS ? value * 1000 : value);
  return Number.isNaN(new Date(time).getTime()) ? undefined : time;
}

function utc(year: number, month: number, day: number, clock: readonly (string | undefined)[]): number | undefined {
  const [hours = "0", minutes = "0", seconds = "0", fraction = "0", zone] = clock;
  const milliseconds = Math.floor(Number(`0.${fraction}`) * 1000 + 1e-6);
  const time = Date.UTC(year, month, day, Number(hours), Number(minutes), Number(seconds), milliseconds);
  // A 13th month or a 31st of June would roll over.
  const date = new Date(time);
  if (date.getUTCMonth() !== month || Number(hours) > 24 || Number(minutes) > 59) return undefined;
  return time - offsetMs(zone);
}

function offsetMs(zone: string | undefined): number {
  const offset = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? "");
  if (offset === null) return 0;
  const [, sign, hours, minutes] = offset;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
