import type { OnCallConfig } from "../config/oncall/schema.ts";
import type { GroupStep, IncidentChange } from "./dispatch/joined-group.ts";
import type { GroupNotification } from "./engine/tell.ts";
import { INCIDENT_CHANNEL } from "./incident/group-channel.ts";
import type { Page } from "./incident/incident.ts";
import type { RouteOptions } from "./route.ts";
import type { SimulatedGroup } from "./simulate-group.ts";
import type { SimulatedEntry } from "./simulate-result.ts";

/** What channels, people and the incident would have seen of a step. `title` is what the group was last told as. */
export function entriesOf(
  step: GroupStep,
  group: SimulatedGroup,
  title: string,
  config: OnCallConfig,
  nowMs: number,
): SimulatedEntry[] {
  const about = { at: nowMs, receiver: group.receiver, group: group.group.key, title };
  const isAlone = config.receivers[group.receiver].channels.length === 0;
  const notifications = step.notifications
    // Where nobody is told, the incident still is: its list shows it.
    .filter(({ channel }) => isAlone || channel !== INCIDENT_CHANNEL.name)
    .map((notification) => ({ ...about, ...notified(notification, group) }));
  const changes = step.changes.flatMap((change) =>
    incidentEntries(change, group.receiver, config).map((entry) => ({ ...about, ...entry })),
  );
  return [...notifications, ...changes];
}

type Told = Omit<SimulatedEntry, "at" | "receiver" | "group" | "title">;

function notified(notification: GroupNotification, { route, incident }: SimulatedGroup): Told & { title: string } {
  const { channel, kind, isPage } = notification;
  return {
    ...(channel === INCIDENT_CHANNEL.name ? {} : { channel }),
    kind,
    isPage,
    title: titleOf(notification),
    why: whyTold(notification, route.options, incident?.acknowledgedBy),
  };
}

/** The title of what fires, or of what is over when nothing does. */
export function titleOf({ alerts }: GroupNotification): string {
  const firing = alerts.filter(({ status }) => status === "firing");
  const [first, ...more] = firing.length > 0 ? firing : alerts;
  return more.length === 0 ? first.title : `${first.title} and ${more.length} more`;
}

function whyTold(
  { kind, isPage, alerts, at }: GroupNotification,
  { groupWaitMs, repeatIntervalMs, flapping }: RouteOptions,
  takenBy: string | undefined,
): string {
  const firing = alerts.filter(({ status }) => status === "firing").length;
  const count = `${firing} ${firing === 1 ? "alert fires" : "alerts fire"}`;
  switch (kind) {
    case "opened": {
      const since = Math.min(...alerts.map(({ startsAt }) => startsAt));
      // What was held back, or came late, did not wait for others.
      if (at - since > groupWaitMs) return `${count}, since ${new Date(since).toISOString()}`;
      return `${count}; a new group waits ${durationText(groupWaitMs)} for more`;
    }
    case "reminder":
      return `${count} still, ${durationText(repeatIntervalMs)} after it was told`;
    case "flapping":
      return `it came and went ${flapping?.changes ?? 0} times within ${durationText(flapping?.withinMs ?? 0)}`;
    case "resolved":
      return "nothing of it fires any more";
    case "updated":
      if (isPage) return `${count}: something is new, or worse than before`;
      return takenBy === undefined
        ? `${count}: brought up to date, nobody is woken`
        : `${count}; ${takenBy} has taken it, so nobody is woken`;
  }
}

function incidentEntries({ before, after, pages }: IncidentChange, receiver: string, config: OnCallConfig): Told[] {
  const entries: Told[] = pages.flatMap((page) => pageEntries(page, before?.acknowledgedBy, receiver, config));
  const last = after.timeline.at(-1)?.what;
  if (last === "nobody to page") {
    entries.push({ kind: "nobody-to-page", isPage: false, why: `${chainText(receiver, config)} reaches nobody now` });
  }
  if (last === "acknowledged" && after.acknowledgedBy !== undefined) {
    entries.push({
      person: after.acknowledgedBy,
      kind: "acknowledged",
      isPage: false,
      why: "as the simulation was told",
    });
  }
  return entries;
}

function pageEntries(
  { reason, target }: Page,
  takenBy: string | undefined,
  receiver: string,
  config: OnCallConfig,
): Told[] {
  if (target.kind === "receiver") {
    const why = reason === "reminder" ? `${takenBy} has taken it and not resolved it` : "its snooze has ended";
    return config.receivers[receiver].channels.map((channel) => ({ channel, kind: "reminder", isPage: true, why }));
  }
  const name = target.name ?? "";
  const chain = chainText(receiver, config);
  if (target.kind === "channel") return [{ channel: name, kind: "escalation", isPage: true, why: chain }];
  const why = target.schedule === undefined ? chain : `${chain}, on call by ${target.schedule}`;
  const channels = config.people[name].channels.join(", ");
  return [{ person: name, kind: "escalation", isPage: true, why: `${why}; told by ${channels}` }];
}

function chainText(receiver: string, config: OnCallConfig): string {
  return `the chain ${config.receivers[receiver].escalation ?? ""}`;
}

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
] as const;

/** A duration as the configuration writes it: `1h30m`. */
function durationText(ms: number): string {
  let rest = ms;
  const parts = UNITS.map(([unit, unitMs]) => {
    const count = Math.floor(rest / unitMs);
    rest -= count * unitMs;
    return count === 0 ? "" : `${count}${unit}`;
  });
  return parts.join("") || "0s";
}
