const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
] as const;

/** `2026-11-22 10:00:31`, in UTC. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace("T", " ");
}

/** A duration by its two largest units, `3m 20s`; what is less than a second is `0s`. */
export function ageText(durationMs: number): string {
  let rest = Math.max(0, durationMs);
  const parts = UNITS.flatMap(([unit, unitMs]) => {
    const count = Math.floor(rest / unitMs);
    rest -= count * unitMs;
    return count === 0 ? [] : [`${count}${unit}`];
  });
  return parts.slice(0, 2).join(" ") || "0s";
}
