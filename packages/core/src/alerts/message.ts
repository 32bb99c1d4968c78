import { createHash } from "node:crypto";
import type { Alert, AlertLink, Severity } from "../event/alert.ts";
import type {
  IncidentAction,
  IncidentStatus,
  Notification,
  NotificationAction,
  NotificationField,
  NotificationKind,
} from "../event/notification.ts";
import { cut } from "./channels/bounded-text.ts";

/** What is told of an alert. */
export type ToldAlert = Pick<Alert, "key" | "status" | "severity" | "title" | "description" | "labels" | "links">;

/** What is to be told of an incident, as the engine knows it. */
export interface NotifiedIncident {
  /** The route that decided to tell it: two routes tell the same incident independently. */
  readonly route: string;
  readonly key: string;
  readonly groupKey: string;
  readonly kind: NotificationKind;
  readonly status: IncidentStatus;
  /** Whether somebody is to be woken; when absent, by what begins, flaps, or nobody has taken. */
  readonly isPage?: boolean;
  /** Grows with each notification of the incident by this route, while it is on. */
  readonly sequence: number;
  /** The most important first; those that are over are told too. */
  readonly alerts: readonly ToldAlert[];
  /** What else is to be said, before what the alerts say: who has acknowledged, that it is flapping. */
  readonly notes?: readonly string[];
  readonly at: number;
  readonly startsAt: number;
}

// The whole stays far below an item's 400 KB. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
const MAX_TITLE = 500;
const MAX_LINES = 20;
const MAX_LINE = 3000;
const MAX_FIELDS = 10;
const MAX_FIELD = 1000;
const MAX_ALERTS = 20;
const MAX_LINKS = 10;
const MAX_URL = 3000;
const MAX_KEY = 512;

/** From the worst. */
const SEVERITIES: readonly Severity[] = ["critical", "error", "warning", "info"];

const ACTIONS: Readonly<Record<IncidentStatus, readonly IncidentAction[]>> = {
  open: ["acknowledge", "snooze", "resolve"],
  acknowledged: ["snooze", "resolve"],
  snoozed: ["acknowledge", "resolve"],
  resolved: [],
};

const ACTION_TITLES: Readonly<Record<IncidentAction, string>> = {
  acknowledge: "Acknowledge",
  snooze: "Snooze 1 hour",
  resolve: "Resolve",
  approve: "Approve",
};

/** Labels that every reader wants to see, in their order, and how they are called. */
const SHOWN_LABELS: Readonly<Record<string, string>> = {
  account_name: "Account name",
  account: "Account",
  region: "Region",
  service: "Service",
  source: "Source",
};

/** What channels know an incident by, of one route: the SHA-256 of both names, in hexadecimal. */
export function dedupKeyOf(route: string, incidentKey: string): string {
  return createHash("sha256").update(route).update("\0").update(incidentKey).digest("hex");
}

/** What channels are to say of an incident now. The same incident, sequence and time give the same notification. */
export function buildNotification(incident: NotifiedIncident): Notification {
  const { route, key, groupKey, kind, status, sequence, alerts, notes = [], at, startsAt } = incident;
  const firing = alerts.filter((alert) => alert.status !== "resolved");
  const telling = firing.length === 0 ? alerts : firing;
  const dedupKey = dedupKeyOf(route, key);
  return {
    // The sequence may begin again when an incident that has ended comes back.
    id: `${dedupKey}-${at}-${sequence}`,
    incidentKey: key,
    groupKey,
    kind,
    status,
    isPage: incident.isPage ?? (kind !== "updated" && kind !== "resolved"),
    severity: SEVERITIES.find((severity) => telling.some((alert) => alert.severity === severity)) ?? "info",
    title: cut(titleOf(telling), MAX_TITLE),
    lines: linesOf(notes, telling),
    fields: fieldsOf(telling),
    alerts: {
      shown: alerts.slice(0, MAX_ALERTS).map((alert) => ({
        key: alert.key.slice(0, MAX_KEY),
        title: cut(alert.title, MAX_TITLE),
        status: alert.status,
        severity: alert.severity,
      })),
      total: alerts.length,
    },
    links: linksOf(telling),
    actions: ACTIONS[status].map(
      (action): NotificationAction => ({ action, title: ACTION_TITLES[action], value: key }),
    ),
    dedupKey,
    sequence,
    at,
    startsAt,
  };
}

function titleOf(alerts: readonly ToldAlert[]): string {
  const [first] = alerts;
  if (first === undefined) return "Nothing is wrong";
  return alerts.length === 1 ? first.title : `${first.title} and ${alerts.length - 1} more`;
}

/** The description of the first alert stands for those of the others, which are named below. */
function linesOf(notes: readonly string[], alerts: readonly ToldAlert[]): string[] {
  const told = alerts[0]?.description.split("\n") ?? [];
  return [...notes, ...told]
    .map((line) => cut(line.trimEnd(), MAX_LINE))
    .filter((line) => line !== "")
    .slice(0, MAX_LINES);
}

/** Labels that have few values among the alerts, so that their values say something of all. */
function fieldsOf(alerts: readonly ToldAlert[]): NotificationField[] {
  return Object.entries(SHOWN_LABELS)
    .flatMap(([label, title]) => {
      const values = new Set(alerts.flatMap(({ labels }) => labels[label] ?? []));
      return values.size === 0 ? [] : [{ title, value: cut([...values].sort().join(", "), MAX_FIELD) }];
    })
    .slice(0, MAX_FIELDS);
}

/** Each address once, and those that a browser can open: a channel may refuse the whole message for another. */
function linksOf(alerts: readonly ToldAlert[]): AlertLink[] {
  const byUrl = new Map<string, AlertLink>();
  for (const link of alerts.flatMap(({ links }) => links)) {
    const isUsable = /^https?:\/\//.test(link.url) && URL.canParse(link.url) && link.url.length <= MAX_URL;
    if (isUsable && !byUrl.has(link.url)) byUrl.set(link.url, { title: link.title, url: new URL(link.url).href });
  }
  return [...byUrl.values()].slice(0, MAX_LINKS);
}
