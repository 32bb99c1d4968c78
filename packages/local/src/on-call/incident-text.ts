import type { IncidentRow } from "@belfry/core/alerts/dispatch/incident-row";
import type { PendingStep, TimelineEntry } from "@belfry/core/alerts/incident/incident";
import type { OutboxRow, Receipt } from "@belfry/core/alerts/outbox-row";
import { table } from "../cli/table.ts";
import { type Paint, plural, printable } from "../cli/terminal.ts";
import { ageText, timeText } from "./time-text.ts";

/** So many digits of a handle stand in lists; fewer may do to name one. */
const SHOWN_DIGITS = 8;

/** An incident with what became of its notifications. */
export interface IncidentLife {
  readonly row: IncidentRow;
  /** In the order in which they ended. */
  readonly receipts: readonly Receipt[];
  /** What is still to be said. */
  readonly waiting: readonly OutboxRow[];
}

/** The beginning of a handle, as lists show it. */
export function shortHandle({ handle }: IncidentRow): string {
  return handle.slice(0, SHOWN_DIGITS);
}

/** Incidents for people, in the order given. */
export function incidentTable(rows: readonly IncidentRow[], nowMs: number, paint: Paint): string {
  const lines = rows.map((row) => [
    shortHandle(row),
    statusText(row, paint),
    row.severity,
    printable(row.title),
    `${ageText(nowMs - row.incident.openedAt)} ago`,
    printable(byText(row, nowMs)),
  ]);
  return table(["incident", "status", "severity", "title", "opened", ""], lines, paint);
}

/** One incident with its life, for people. */
export function incidentText(life: IncidentLife, nowMs: number, paint: Paint): string {
  const { row } = life;
  const { incident, group, startsAt } = row;
  const labels = Object.entries(group.labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const facts = [
    ["status", [statusText(row, paint), printable(byText(row, nowMs))].filter((text) => text !== "").join(", ")],
    ["severity", row.severity],
    ["since", `${timeText(startsAt)} UTC, ${ageText((incident.resolvedAt ?? nowMs) - startsAt)}`],
    ["group", printable(labels.join(" ")) || "all alerts of the route"],
    ["receiver", printable(group.receiver)],
    ...(incident.pending === undefined ? [] : [["next", pendingText(incident.pending, nowMs)]]),
  ];
  return [
    `${paint.strong(`incident ${row.handle}`)}  ${printable(row.title)}`,
    ...facts.map(([name, value]) => `  ${name.padEnd(9)} ${value}`),
    "",
    paint.strong("life"),
    lifeTable(life, paint),
    "",
    paint.strong(row.total > row.alerts.length ? `alerts, ${row.alerts.length} of ${row.total}` : "alerts"),
    alertTable(row, paint),
    ...linkLines(row, paint),
  ].join("\n");
}

function statusText({ incident: { status } }: IncidentRow, paint: Paint): string {
  if (status === "open") return paint.bad(status);
  return status === "resolved" ? paint.good(status) : paint.warn(status);
}

/** Who has it, or how long it is put off. */
function byText({ incident }: IncidentRow, nowMs: number): string {
  const { status, acknowledgedBy, snoozedUntil = nowMs, resolvedBy, resolvedAt = nowMs } = incident;
  switch (status) {
    case "open":
      return "";
    case "acknowledged":
      return `by ${acknowledgedBy}`;
    case "snoozed":
      return `until ${timeText(snoozedUntil)}`;
    case "resolved":
      return `${resolvedBy === undefined ? "by its source" : `by ${resolvedBy}`}, ${ageText(nowMs - resolvedAt)} ago`;
  }
}

const PENDING: Readonly<Record<PendingStep["kind"], string>> = {
  escalate: "escalates",
  unsnooze: "its snooze ends",
  remind: "reminds",
};

function pendingText({ kind, at }: PendingStep, nowMs: number): string {
  // A sweep comes each minute: what is later is kept quiet, or nothing runs that would do it.
  if (at + OVERDUE_MS < nowMs) return `${PENDING[kind]} as soon as it may: due since ${timeText(at)} UTC`;
  return `${PENDING[kind]} at ${timeText(at)} UTC unless somebody is faster`;
}

const OVERDUE_MS = 2 * 60_000;

/** What happened and who was told of it, by time. */
function lifeTable({ row, receipts, waiting }: IncidentLife, paint: Paint): string {
  const happened = row.incident.timeline.map((entry) => ({ at: entry.at, cells: [entryText(entry), ""] }));
  const told = receipts.map((receipt) => ({
    at: receipt.atMs,
    cells: [`told ${receipt.channel}: ${receipt.kind}`, paint.faint(printable(receiptText(receipt)))],
  }));
  const toTell = waiting.map(({ channel, createdMs, attempts, reason }) => ({
    at: createdMs,
    cells: [
      paint.warn(`to be told ${channel}`),
      paint.faint(attempts === 0 ? "not sent yet" : printable(`${plural(attempts, "failure")}: ${reason}`)),
    ],
  }));
  const lines = [...happened, ...told, ...toTell]
    .sort((a, b) => a.at - b.at)
    .map(({ at, cells }) => [timeText(at), ...cells]);
  return table(["time (UTC)", "what", ""], lines, paint);
}

function entryText({ what, who }: TimelineEntry): string {
  if (who === undefined) return what;
  return printable(what === "paged" ? `paged ${who}` : `${what} by ${who}`);
}

function receiptText({ state, reason }: Receipt): string {
  if (state === "delivered") return reason;
  return reason === "" ? state : `${state}: ${reason}`;
}

function alertTable({ alerts }: IncidentRow, paint: Paint): string {
  const lines = alerts.map(({ status, severity, title, description }) => [
    status === "resolved" ? paint.good("over") : paint.bad("fires"),
    severity,
    printable(title),
    paint.faint(printable(description.split("\n")[0] ?? "")),
  ]);
  return table(["", "severity", "alert", ""], lines, paint);
}

function linkLines({ alerts }: IncidentRow, paint: Paint): string[] {
  const links = new Map(alerts.flatMap((alert) => alert.links.map(({ title, url }) => [url, title])));
  if (links.size === 0) return [];
  const width = Math.max(...[...links.values()].map(({ length }) => length));
  const lines = [...links].map(([url, title]) => `  ${printable(title).padEnd(width)}  ${printable(url)}`);
  return ["", paint.strong("links"), ...lines];
}
