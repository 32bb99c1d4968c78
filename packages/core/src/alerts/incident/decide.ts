import { type ChainPosition, chainStart, type EscalationChain, escalate, type OnCallWorld } from "./escalation.ts";
import {
  type Incident,
  type IncidentTimer,
  type Page,
  type PageTarget,
  type PendingStep,
  type TimelineEntry,
  withEntries,
} from "./incident.ts";

/** What somebody does. `version` is the incident's as it was shown to them; absent where nothing was shown. */
interface Action {
  readonly by: string;
  readonly version?: number;
}

/** What happens to an incident. */
export type IncidentInput =
  /** The group fires: told by the engine, `isPage` when there is something new to wake somebody for. */
  | { readonly kind: "firing"; readonly groupKey: string; readonly isPage: boolean }
  /** Nothing of the group fires any more. */
  | { readonly kind: "over" }
  | ({ readonly kind: "acknowledge" } & Action)
  | ({ readonly kind: "snooze"; readonly untilMs: number } & Action)
  | ({ readonly kind: "resolve" } & Action)
  | { readonly kind: "timer"; readonly timer: IncidentTimer };

/** What came of an input, for whoever gave it. Only `done` has changed something. */
export type IncidentOutcome = "done" | "nothing-new" | "not-open" | "stale" | "too-late" | "bad-time";

/** By what rules an incident goes on. */
export interface IncidentSettings {
  readonly chain?: EscalationChain | undefined;
  /** For who has acknowledged and not resolved. */
  readonly reminder: { readonly afterMs: number; readonly times: number };
  readonly world: OnCallWorld;
}

/** What follows from an input. All of it is stored together, or none. */
export interface IncidentDecision {
  readonly incident: Incident | undefined;
  readonly outcome: IncidentOutcome;
  readonly pages: readonly Page[];
  readonly timers: readonly IncidentTimer[];
}

/** What a change makes of an incident, besides its version. */
interface Change {
  readonly incident: Omit<Incident, "pending" | "version" | "statusVersion">;
  readonly pending?: PendingStep | undefined;
  readonly entries: readonly TimelineEntry[];
  readonly pages?: readonly { readonly reason: Page["reason"]; readonly target: PageTarget }[];
}

/**
 * Decides what becomes of a group's last incident. One that is resolved stays so: when the group fires again, a new one begins. At most one step is pending, never on one
 * that is resolved; whatever somebody does replaces it.
 */
export function decideIncident(
  previous: Incident | undefined,
  input: IncidentInput,
  nowMs: number,
  settings: IncidentSettings,
): IncidentDecision {
  if (input.kind === "firing") return firing(previous, input, nowMs, settings);
  if (previous === undefined || previous.status === "resolved") return unchanged(previous, "not-open");
  switch (input.kind) {
    case "over":
      return changed(previous, resolved(previous, nowMs));
    case "timer":
      return timer(previous, input.timer, nowMs, settings);
    default:
      if (input.version !== undefined && input.version < previous.statusVersion) return unchanged(previous, "stale");
      return action(previous, input, nowMs, settings);
  }
}

function firing(
  previous: Incident | undefined,
  { groupKey, isPage }: Extract<IncidentInput, { kind: "firing" }>,
  nowMs: number,
  settings: IncidentSettings,
): IncidentDecision {
  if (previous !== undefined && previous.status !== "resolved") {
    const { pending, ...incident } = previous;
    return isPage
      ? changed(previous, { incident, pending, entries: [{ at: nowMs, what: "updated" }] })
      : unchanged(previous, "nothing-new");
  }
  if (!isPage) return unchanged(previous, "nothing-new");
  const version = (previous?.version ?? 0) + 1;
  const incident = {
    id: `${groupKey}#${nowMs}-${version}`,
    groupKey,
    status: "open",
    openedAt: nowMs,
    timeline: [],
  } as const;
  return changed(previous, begun(incident, { at: nowMs, what: "opened" }, [], nowMs, settings));
}

function action(
  previous: Incident,
  input: Extract<IncidentInput, { by: string }>,
  nowMs: number,
  settings: IncidentSettings,
): IncidentDecision {
  const { by } = input;
  switch (input.kind) {
    case "resolve":
      return changed(previous, resolved(previous, nowMs, by));
    case "snooze": {
      const { untilMs } = input;
      if (!(untilMs > nowMs)) return unchanged(previous, "bad-time");
      const { pending: _, ...incident } = previous;
      return changed(previous, {
        incident: { ...incident, status: "snoozed", snoozedUntil: untilMs },
        pending: { kind: "unsnooze", at: untilMs },
        entries: [{ at: nowMs, what: "snoozed", who: by }],
      });
    }
    case "acknowledge": {
      if (previous.status === "acknowledged") return unchanged(previous, "nothing-new");
      const { pending: _, snoozedUntil: __, ...incident } = previous;
      return changed(previous, {
        incident: { ...incident, status: "acknowledged", acknowledgedBy: by },
        pending: nextReminder(0, nowMs, settings),
        entries: [{ at: nowMs, what: "acknowledged", who: by }],
      });
    }
  }
}

function timer(previous: Incident, due: IncidentTimer, nowMs: number, settings: IncidentSettings): IncidentDecision {
  const { pending, ...incident } = previous;
  const isMeant = pending !== undefined && due.key === previous.id && due.version === previous.version;
  if (!isMeant) return unchanged(previous, "too-late");
  // A clock that is ahead must not lose it.
  if (nowMs < pending.at) return { ...unchanged(previous, "nothing-new"), timers: [{ ...due, at: pending.at }] };
  if (pending.kind === "unsnooze") {
    const { snoozedUntil: _, acknowledgedBy: __, ...rest } = incident;
    const entry: TimelineEntry = { at: nowMs, what: "snooze ended" };
    const again = { reason: "snooze-ended", target: { kind: "receiver" } } as const;
    return changed(previous, begun({ ...rest, status: "open" }, entry, [again], nowMs, settings));
  }
  if (pending.kind === "remind") {
    const reminders = (pending.reminders ?? 0) + 1;
    return changed(previous, {
      incident,
      pending: nextReminder(reminders, nowMs, settings),
      entries: [{ at: nowMs, what: "reminded" }],
      pages: [{ reason: "reminder", target: { kind: "receiver" } }],
    });
  }
  const { round = 0, step = 0 } = pending;
  return changed(previous, { incident, ...escalated({ round, step }, nowMs, settings) });
}

/** An incident that is open from now on, with its chain at its beginning. */
function begun(
  incident: Change["incident"],
  entry: TimelineEntry,
  pages: NonNullable<Change["pages"]>,
  nowMs: number,
  settings: IncidentSettings,
): Change {
  const { chain } = settings;
  if (chain === undefined) return { incident, entries: [entry], pages };
  const start = chainStart(chain, nowMs);
  if (start.at > nowMs) return { incident, entries: [entry], pages, pending: { kind: "escalate", ...start } };
  const move = escalated(start, nowMs, settings);
  return { incident, pending: move.pending, entries: [entry, ...move.entries], pages: [...pages, ...move.pages] };
}

function escalated(position: ChainPosition, nowMs: number, { chain, world }: IncidentSettings) {
  const { target, next } = chain === undefined ? {} : escalate(chain, position, nowMs, world);
  const entry: TimelineEntry =
    target?.name === undefined ? { at: nowMs, what: "nobody to page" } : { at: nowMs, what: "paged", who: target.name };
  return {
    pending: next === undefined ? undefined : ({ kind: "escalate", ...next } as const),
    entries: [entry],
    pages: target === undefined ? [] : [{ reason: "escalation" as const, target }],
  };
}

function nextReminder(reminders: number, nowMs: number, { reminder }: IncidentSettings): PendingStep | undefined {
  return reminders < reminder.times ? { kind: "remind", at: nowMs + reminder.afterMs, reminders } : undefined;
}

function resolved(previous: Incident, nowMs: number, by?: string): Change {
  const { pending: _, snoozedUntil: __, ...incident } = previous;
  const who = by === undefined ? {} : { who: by };
  return {
    incident: { ...incident, status: "resolved", resolvedAt: nowMs, ...(by === undefined ? {} : { resolvedBy: by }) },
    entries: [{ at: nowMs, what: "resolved", ...who }],
  };
}

function unchanged(incident: Incident | undefined, outcome: IncidentOutcome): IncidentDecision {
  return { incident, outcome, pages: [], timers: [] };
}

/** Each change is a new version, and with it the pending step's timer: those that were asked for before are of no use any more. */
function changed(previous: Incident | undefined, { incident, pending, entries, pages = [] }: Change): IncidentDecision {
  const version = (previous?.version ?? 0) + 1;
  const isSameStatus = previous?.id === incident.id && previous.status === incident.status;
  const next: Incident = {
    ...incident,
    version,
    statusVersion: isSameStatus ? previous.statusVersion : version,
    timeline: withEntries(incident.timeline, entries),
    ...(pending === undefined ? {} : { pending }),
  };
  return {
    incident: next,
    outcome: "done",
    pages: pages.map((page, i) => ({ ...page, id: `${next.id}|${version}|${i}`, incidentId: next.id })),
    timers: pending === undefined ? [] : [{ at: pending.at, kind: "incident", key: next.id, version }],
  };
}
