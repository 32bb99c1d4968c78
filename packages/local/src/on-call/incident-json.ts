import type { IncidentRow } from "@belfry/core/alerts/dispatch/incident-row";
import { type Silence, silenceState } from "@belfry/core/alerts/silence";
import { matchersText } from "@belfry/core/config/oncall/label-matcher";
import type { IncidentLife } from "./incident-text.ts";

/** An incident for programs; all times are ISO 8601. */
export function incidentJson({ handle, incident, group, title, severity, total, startsAt }: IncidentRow): object {
  const { status, openedAt, acknowledgedBy, snoozedUntil, resolvedAt, resolvedBy } = incident;
  return {
    handle,
    status,
    severity,
    title,
    alertCount: total,
    startsAt: iso(startsAt),
    openedAt: iso(openedAt),
    acknowledgedBy,
    snoozedUntil: iso(snoozedUntil),
    resolvedAt: iso(resolvedAt),
    resolvedBy,
    receiver: group.receiver,
    labels: group.labels,
  };
}

/** An incident with its life, for programs. */
export function lifeJson({ row, receipts, waiting }: IncidentLife): object {
  const { timeline, pending } = row.incident;
  return {
    ...incidentJson(row),
    next: pending === undefined ? undefined : { what: pending.kind, at: iso(pending.at) },
    timeline: timeline.map((entry) => ({ ...entry, at: iso(entry.at) })),
    told: receipts.map(({ channel, kind, state, reason, atMs }) => ({ channel, kind, state, reason, at: iso(atMs) })),
    toBeTold: waiting.map(({ channel, attempts, reason, dueMs }) => ({ channel, attempts, reason, at: iso(dueMs) })),
    alerts: row.alerts,
  };
}

/** A silence for programs. */
export function silenceJson({ matchers, startsAt, endsAt, ...silence }: Silence, nowMs: number): object {
  const state = silenceState({ ...silence, matchers, startsAt, endsAt }, nowMs);
  return { ...silence, state, matchers: matchersText(matchers), startsAt: iso(startsAt), endsAt: iso(endsAt) };
}

function iso(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}
