import type { Severity } from "../../event/alert.ts";
import type { GroupState } from "../engine/group-state.ts";
import { entryOf } from "../engine/group-state.ts";
import type { GroupNotification } from "../engine/tell.ts";
import { INCIDENT_CHANNEL } from "../incident/group-channel.ts";
import type { ToldAlert } from "../message.ts";
import type { IncidentRow } from "./incident-row.ts";

/** From the worst. */
const SEVERITIES: readonly Severity[] = ["critical", "error", "warning", "info"];

/** Alerts of one importance stay in their order: what fires goes before what is over, and then the worst first. */
export function mostImportantFirst(alerts: readonly ToldAlert[]): readonly ToldAlert[] {
  const rank = ({ status, severity }: ToldAlert): number =>
    (status === "resolved" ? SEVERITIES.length : 0) + SEVERITIES.indexOf(severity);
  return alerts.toSorted((a, b) => rank(a) - rank(b));
}

/** The alerts of an incident as they are now: those of which its group has just told, or else those that it was told of and that still fire. */
export function alertsNow(
  notifications: readonly GroupNotification[],
  state: GroupState | undefined,
  row: IncidentRow | undefined,
): readonly ToldAlert[] {
  const last = notifications.findLast(({ channel }) => channel === INCIDENT_CHANNEL.name);
  if (last !== undefined) return mostImportantFirst(last.alerts);
  const told = entryOf(state?.told ?? {}, INCIDENT_CHANNEL.name)?.firing ?? [];
  const held = told.flatMap((key): ToldAlert[] => {
    const alert = entryOf(state?.alerts ?? {}, key);
    return alert === undefined ? [] : [alert];
  });
  return held.length > 0 ? mostImportantFirst(held) : (row?.alerts ?? []);
}
