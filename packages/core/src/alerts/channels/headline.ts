import type { Severity } from "../../event/alert.ts";
import type { Notification } from "../../event/notification.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  critical: "Critical",
  error: "Error",
  warning: "Warning",
  info: "Info",
};

/** One word for how it stands: its severity while nobody has taken it. */
export function statusWord({ kind, status, severity }: Notification): string {
  if (status === "resolved") return "Resolved";
  if (status === "acknowledged") return "Acknowledged";
  if (status === "snoozed") return "Snoozed";
  if (kind === "flapping") return "Flapping";
  return kind === "reminder" ? "Reminder" : SEVERITY_WORDS[severity];
}

/** Since when it is on, or how long it was: `since 2026-11-22 13:04 UTC (12 min)`. */
export function since({ status, at, startsAt }: Notification): string {
  const start = `${new Date(startsAt).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const length = duration(at - startsAt);
  return status === "resolved" ? `lasted ${length}, from ${start}` : `since ${start} (${length})`;
}

/** `12 min`, `3 h 5 min`, `2 d 4 h`: two units at most, the smaller one left out when it is none. */
export function duration(ms: number): string {
  const units: readonly [number, string][] = [
    [DAY_MS, "d"],
    [HOUR_MS, "h"],
    [MINUTE_MS, "min"],
  ];
  const at = units.findIndex(([unit]) => ms >= unit);
  if (at === -1) return "less than a minute";
  let left = ms;
  return units
    .slice(at, at + 2)
    .flatMap(([unit, name]) => {
      const count = Math.floor(left / unit);
      left -= count * unit;
      return count === 0 ? [] : [`${count} ${name}`];
    })
    .join(" ");
}

/** The alerts as lines of plain text, and how many are not shown: only where there is more than the title says. */
export function alertLines({ alerts: { shown, total } }: Notification): string[] {
  if (total <= 1) return [];
  const lines = shown.map(({ title, status }) => `${status === "resolved" ? "resolved" : "firing"}: ${title}`);
  return total > shown.length ? [...lines, `and ${total - shown.length} more`] : lines;
}
