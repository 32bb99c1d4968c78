import { BelfryError } from "../../platform/errors.ts";

const UNITS_MS = {
  y: 365 * 86_400_000,
  w: 7 * 86_400_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
} as const;

const FORM = new RegExp(
  `^${Object.keys(UNITS_MS)
    .map((unit) => `(?:(?<${unit}>\\d{1,6})${unit})?`)
    .join("")}$`,
);

/**
 * Reads a duration as Prometheus writes it, greater units first: `30s`, `1h30m`, `2d`, `0s`; milliseconds. Raises BAD_ARGUMENT for anything else.
 * https://prometheus.io/docs/prometheus/latest/querying/basics/#time-durations
 */
export function parseDuration(text: string): number {
  const parts = FORM.exec(text)?.groups;
  if (text === "" || parts === undefined) {
    throw new BelfryError("BAD_ARGUMENT", `"${text}" is no duration: write it as 30s, 5m, 1h30m or 2d`);
  }
  return Object.entries(UNITS_MS).reduce((sum, [unit, unitMs]) => sum + Number(parts[unit] ?? 0) * unitMs, 0);
}
