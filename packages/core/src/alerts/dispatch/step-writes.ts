import type { Due } from "../../event/due.ts";
import type { OpenedIncident } from "../../event/opened-incident.ts";
import { BelfryError } from "../../platform/errors.ts";
import { MAX_TABLE_WRITES, type TableWrite } from "../../platform/table-client.ts";
import { cut } from "../channels/bounded-text.ts";
import { entryOf, type GroupState } from "../engine/group-state.ts";
import type { GroupNotification } from "../engine/tell.ts";
import { INCIDENT_CHANNEL } from "../incident/group-channel.ts";
import type { Incident } from "../incident/incident.ts";
import { buildNotification, type ToldAlert } from "../message.ts";
import { outboxWrites } from "../outbox-row.ts";
import { groupWrites, type StoredGroup } from "./group-rows.ts";
import { handleOf, type IncidentRow, incidentCheck, incidentWrites } from "./incident-row.ts";
import type { GroupStep } from "./joined-group.ts";
import type { Correction, DispatcherPorts } from "./ports.ts";
import type { RoutedGroup } from "./routed-group.ts";
import { type Telling, type TellingBase, tellIncident } from "./tell-incident.ts";
import { timerWrites } from "./timers.ts";
import { alertsNow } from "./told-alerts.ts";

/** What a step writes, and what follows. */
export interface StepPlan {
  /** All of them happen, or none. */
  readonly writes: readonly TableWrite[];
  /** Timers for which `writes` had no room: stored first, where they do no harm if the step does not happen. */
  readonly before: readonly Due[];
  /** To be sent when it is written. */
  readonly dues: readonly Due[];
  readonly tellings: readonly Telling[];
}

const MAX_SHOWN = 20;
const MAX_TEXT = 2000;

/** Plans the writes of a step: state, incident, notifications, timers and corrective actions. Raises TOO_LARGE when it tells more channels than can be written together. */
export function planStep(
  group: RoutedGroup,
  stored: StoredGroup,
  step: GroupStep,
  nowMs: number,
  ports: Pick<DispatcherPorts, "config" | "corrections" | "isChannel">,
): StepPlan {
  const { tellings: all, writes: incident, correction } = incidentPart(group, stored, step, nowMs, ports);
  const { isChannel = () => true } = ports;
  const tellings = all
    .map((telling) => ({ ...telling, channels: telling.channels.filter(isChannel) }))
    .filter((telling) => telling.channels.length > 0);
  const outbox = tellings.flatMap(({ notification, channels }) => outboxWrites(notification, channels, nowMs));
  const channels = [...new Set(tellings.flatMap((telling) => telling.channels))];
  const timers = [...step.timers, ...(correction?.dues ?? [])];
  const isStateNew = isChanged(stored.state, step.next.state);
  const needed = [
    ...(isStateNew ? groupWrites(group, stored.state, step.next.state) : []),
    // Whether somebody has taken the incident bears on what the group says.
    ...(isStateNew && incident.length === 0 ? openCheck(stored.row) : incident),
    ...outbox,
    ...(correction?.writes ?? []),
  ];
  if (needed.length > MAX_TABLE_WRITES) {
    throw new BelfryError("TOO_LARGE", `the group ${group.key} tells ${channels.length} channels at once: use fewer`);
  }
  const timed = timerWrites(timers);
  const fits = needed.length + timed.length <= MAX_TABLE_WRITES;
  return {
    writes: fits ? [...needed, ...timed] : needed,
    before: fits ? [] : timers,
    dues: [...timers, ...channels.map((key): Due => ({ kind: "outbox", key, at: nowMs }))],
    tellings,
  };
}

function openCheck(row: IncidentRow | undefined): TableWrite[] {
  return row === undefined || row.incident.status === "resolved" ? [] : [incidentCheck(row)];
}

/** Whether anything but the count of its decisions is different. */
function isChanged(before: GroupState | undefined, after: GroupState | undefined): boolean {
  if (before === undefined || after === undefined || before === after) return before !== after;
  return JSON.stringify({ ...before, version: 0 }) !== JSON.stringify({ ...after, version: 0 });
}

interface IncidentPart {
  readonly tellings: readonly Telling[];
  readonly writes: readonly TableWrite[];
  readonly correction?: Correction;
}

function incidentPart(
  group: RoutedGroup,
  stored: StoredGroup,
  step: GroupStep,
  nowMs: number,
  { config, corrections }: Pick<DispatcherPorts, "config" | "corrections">,
): IncidentPart {
  const { row: known } = stored;
  const { incident, state } = step.next;
  const isNew = incident !== undefined && incident.id !== known?.incident.id;
  const row = isNew ? undefined : known;
  // Whoever resolved it has told everybody, and its group's end is no news.
  const isClosed = incident === undefined || row?.incident.status === "resolved";
  if (isClosed) return { tellings: [], writes: [] };
  const alerts = alertsNow(step.notifications, state ?? stored.state, row);
  const base = baseOf(group, row, incident, alerts);
  const telling = tellIncident(step, base, group.receiver, config, nowMs);
  if (row !== undefined && telling.tellings.length === 0 && step.changes.length === 0) {
    return { tellings: [], writes: [] };
  }
  const { tellings, ...told } = telling;
  const next = nextRow(base, alerts, told, row);
  const writes = incidentWrites(row, next, stored.last);
  const opened = openedIncident(next, state, isNew ? [] : toldKeys(stored.state));
  const isAsked = isNew || (opened.alerts.length > 0 && step.notifications.some(isPageOfIncident));
  const correction = isAsked ? corrections?.(opened) : undefined;
  return { tellings, writes, ...(correction === undefined ? {} : { correction }) };
}

function baseOf(
  group: RoutedGroup,
  row: IncidentRow | undefined,
  incident: Incident,
  alerts: readonly ToldAlert[],
): TellingBase {
  const isNew = row === undefined;
  const begun = Math.min(incident.openedAt, ...alerts.map((alert) => startOf(alert, incident.openedAt)));
  const { startsAt, told, sequence, toldAt } = row ?? {
    startsAt: begun,
    told: { receiver: [], paged: [] },
    sequence: 0,
    toldAt: 0,
  };
  return { handle: handleOf(incident.id), group, incident, isNew, alerts, startsAt, told, sequence, toldAt };
}

function startOf(alert: ToldAlert, otherwise: number): number {
  return "startsAt" in alert && typeof alert.startsAt === "number" ? alert.startsAt : otherwise;
}

function nextRow(
  base: TellingBase,
  alerts: readonly ToldAlert[],
  told: Pick<IncidentRow, "told" | "sequence" | "toldAt">,
  row: IncidentRow | undefined,
): IncidentRow {
  const { handle, incident, group, startsAt } = base;
  const about = { route: group.route, key: handle, groupKey: group.key, startsAt };
  const { title, severity } = buildNotification({
    ...about,
    kind: "updated",
    status: incident.status,
    sequence: 0,
    alerts,
    at: 0,
  });
  return {
    handle,
    incident,
    group,
    title,
    severity,
    alerts: alerts.slice(0, MAX_SHOWN).map(shown),
    total: Math.max(alerts.length, alerts === row?.alerts ? row.total : 0),
    startsAt,
    ...told,
    revision: (row?.revision ?? 0) + 1,
  };
}

function shown({ key, status, severity, title, description, labels, links }: ToldAlert): ToldAlert {
  return { key, status, severity, title: cut(title, MAX_TEXT), description: cut(description, MAX_TEXT), labels, links };
}

/** Where somebody has taken it, what joins wakes nobody, and is left to who has. */
function isPageOfIncident({ channel, isPage }: GroupNotification): boolean {
  return channel === INCIDENT_CHANNEL.name && isPage;
}

/** The alerts that fire and that anybody is told of. */
function toldKeys(state: GroupState | undefined): readonly string[] {
  return entryOf(state?.told ?? {}, INCIDENT_CHANNEL.name)?.firing ?? [];
}

/** What corrective actions are told: what the incident is of now, without what it was of before. */
function openedIncident(
  { incident, handle, group }: IncidentRow,
  state: GroupState | undefined,
  before: readonly string[],
): OpenedIncident {
  const known = new Set(before);
  const alerts = toldKeys(state).flatMap((key) => {
    if (known.has(key)) return [];
    const alert = entryOf(state?.alerts ?? {}, key);
    if (alert === undefined || alert.isQuiet) return [];
    const { version, severity, title, description, labels, links, startsAt } = alert;
    return { key, version, severity, title, description, labels, links, startsAt };
  });
  const { id, groupKey, openedAt } = incident;
  return { id, handle, groupKey, receiver: group.receiver, alerts, openedAt };
}
