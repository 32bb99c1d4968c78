import type {
  AlertOutcome,
  Became,
  EventOutcome,
  SimulatedEntry,
  SimulationResult,
} from "@belfry/core/alerts/simulate-result";
import { table } from "../cli/table.ts";
import { type Paint, plural, printable } from "../cli/terminal.ts";

const BECAME: Readonly<Record<Became, string>> = {
  told: "told",
  known: "nothing new",
  replayed: "replayed: known, and nobody is told",
  suppressed: "held back by its source",
  silence: "silenced",
  inhibition: "inhibited",
  "time-interval": "muted by a time interval",
  old: "older than what is known",
  again: "the same delivery again",
  ignored: "its source cannot tell: changes nothing",
  unheard: "an end of what nobody was told of",
  "over-before": "over before anybody was told",
  waiting: "not told yet at the end",
};

/** What needs no second look. */
const QUIET: readonly Became[] = ["told", "known"];

/** A simulation for people: who is told what when, then what became of each event. */
export function simulationText({ entries, events, skipped, until }: SimulationResult, paint: Paint): string {
  const lines = folded(entries).map(({ entry, more, last }) => [
    timeText(entry.at),
    entry.isPage ? paint.warn("page") : "",
    targetText(entry),
    entry.kind + (more === 0 ? "" : ` ×${more + 1}`),
    printable(entry.title),
    paint.faint(printable(entry.why) + (more === 0 ? "" : `; the last at ${timeText(last)}`)),
  ]);
  const timeline =
    lines.length === 0
      ? "nobody is told anything"
      : table(["time (UTC)", "", "who", "what", "title", "why"], lines, paint);
  const fates = events.flatMap((event) => eventRows(event, paint));
  const skips = skipped.map(({ from, to }) => paint.faint(`nothing came from ${timeText(from)} to ${timeText(to)}`));
  return [
    paint.strong("timeline"),
    timeline,
    ...skips,
    paint.faint(`ends ${timeText(until)}`),
    "",
    paint.strong("events"),
    table(["time (UTC)", "event", "became", "alert"], fates, paint),
  ].join("\n");
}

/** A line that sums up a simulation. */
export function simulationSummary({ entries, events }: SimulationResult): string {
  const alerts = events.flatMap((event) => event.alerts);
  const counts = Object.entries(Object.groupBy(alerts, ({ became }) => became));
  const fates = counts.map(([became, list]) => `${list.length} ${became}`);
  const none = events.filter((event) => event.reason !== undefined).length;
  const [reminders, others] = [true, false].map((isReminder) =>
    entries.filter(({ isPage, kind }) => isPage && (kind === "reminder") === isReminder),
  );
  return [
    plural(events.length, "event"),
    `${plural(alerts.length, "alert")}${fates.length === 0 ? "" : ` (${fates.join(", ")})`}`,
    ...(none === 0 ? [] : [`${none} without`]),
    plural(others.length, "page"),
    plural(reminders.length, "reminder"),
  ].join(", ");
}

interface FoldedEntry {
  readonly entry: SimulatedEntry;
  readonly more: number;
  readonly last: number;
}

/** Reminders of one group to one channel, with nothing between them, as one. */
function folded(entries: readonly SimulatedEntry[]): FoldedEntry[] {
  const rows: { entry: SimulatedEntry; more: number; last: number }[] = [];
  const latest = new Map<string, (typeof rows)[number]>();
  for (const entry of entries) {
    const key = JSON.stringify([entry.group, entry.channel, entry.person]);
    const before = latest.get(key);
    if (entry.kind === "reminder" && before?.entry.kind === "reminder") {
      before.more++;
      before.last = entry.at;
      continue;
    }
    const row = { entry, more: 0, last: entry.at };
    rows.push(row);
    latest.set(key, row);
  }
  return rows;
}

function targetText({ channel, person }: SimulatedEntry): string {
  return person ?? channel ?? "(incident)";
}

function eventRows({ event, at, alerts, reason }: EventOutcome, paint: Paint): string[][] {
  const time = timeText(at);
  if (reason !== undefined) return [[time, event, paint.faint("no alert"), printable(reason)]];
  return alerts.map((alert) => [time, event, becameText(alert, paint), printable(alert.title)]);
}

function becameText({ became, by }: AlertOutcome, paint: Paint): string {
  const text = BECAME[became] + (by === undefined ? "" : `: ${printable(by)}`);
  return QUIET.includes(became) ? text : paint.warn(text);
}

/** `2026-11-22 10:00:31`, in UTC. */
function timeText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace("T", " ");
}

/** A simulation for programs; all times are ISO 8601. */
export function simulationJson({ entries, events, skipped, until }: SimulationResult): string {
  return JSON.stringify({
    entries: entries.map((entry) => ({ ...entry, at: iso(entry.at) })),
    events: events.map((event) => ({ ...event, at: iso(event.at) })),
    skipped: skipped.map(({ from, to }) => ({ from: iso(from), to: iso(to) })),
    until: iso(until),
  });
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
