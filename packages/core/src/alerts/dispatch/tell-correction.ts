import type { AlertLink } from "../../event/alert.ts";
import type { Due } from "../../event/due.ts";
import type { Notification } from "../../event/notification.ts";
import type { Table, TableWrite } from "../../platform/table-client.ts";
import { type Incident, withEntries } from "../incident/incident.ts";
import { buildNotification } from "../message.ts";
import { outboxWrites } from "../outbox-row.ts";
import { type IncidentRow, incidentWrites, readIncident } from "./incident-row.ts";

/** What is done about an incident, or waits to be approved. */
interface ToldCorrection {
  readonly incident: { readonly handle: string };
  readonly lines: readonly string[];
  readonly links: readonly AlertLink[];
  readonly approval?: { readonly title: string; readonly request: string };
  /** Who has approved it, when that is what is told: it goes into the incident's timeline. */
  readonly approvedBy?: string;
}

/**
 * The writes by which all channels that there still are and that were told of an incident are told what is done about it, to be written together with the state from which it follows: none of them happens when the incident has
 * changed since. Nothing is told of an incident that is forgotten.
 */
export async function correctionTelling(
  table: Table,
  told: ToldCorrection,
  { nowMs, isChannel }: { readonly nowMs: number; readonly isChannel: (name: string) => boolean },
  signal: AbortSignal,
): Promise<{ readonly writes: readonly TableWrite[]; readonly dues: readonly Due[] }> {
  const row = await readIncident(table, told.incident.handle, signal);
  const all = row === undefined ? [] : [...row.told.receiver, ...row.told.paged];
  const channels = [...new Set(all)].filter(isChannel);
  if (row === undefined || channels.length === 0) return { writes: [], dues: [] };
  const at = Math.max(nowMs, row.toldAt);
  const incident = withApproval(row.incident, told.approvedBy, nowMs);
  const next = { ...row, incident, sequence: row.sequence + 1, toldAt: at, revision: row.revision + 1 };
  return {
    writes: [
      ...incidentWrites(row, next, undefined),
      ...outboxWrites(correctionNotification(row, told, at), channels, nowMs),
    ],
    dues: channels.map((key): Due => ({ kind: "outbox", key, at: nowMs })),
  };
}

/** Not another version: what was to happen to the incident still is. */
function withApproval(incident: Incident, who: string | undefined, at: number): Incident {
  if (who === undefined) return incident;
  return {
    ...incident,
    timeline: withEntries(incident.timeline, [{ at, what: "corrective action approved", who }]),
  };
}

function correctionNotification(row: IncidentRow, told: ToldCorrection, at: number): Notification {
  const { group, handle, incident, alerts, startsAt, sequence, total } = row;
  const { status } = incident;
  const about = { route: group.route, key: handle, groupKey: group.key, status, alerts, startsAt };
  const notification = buildNotification({
    ...about,
    ...{ kind: "correction", isPage: false, notes: told.lines, sequence, at },
  });
  const { approval } = told;
  const approve =
    approval === undefined ? [] : [{ action: "approve" as const, title: approval.title, value: approval.request }];
  return {
    ...notification,
    alerts: { ...notification.alerts, total },
    links: [...told.links, ...notification.links],
    actions: [...approve, ...notification.actions],
  };
}
