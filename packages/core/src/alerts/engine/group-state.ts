import type { Labels } from "../../config/oncall/compile-matcher.ts";
import type { Alert, AlertLink, Severity, Suppression } from "../../event/alert.ts";

/** How long what has ended is remembered, so that a statement about it that comes late does not begin it anew. */
export const REMEMBERED_MS = 24 * 3_600_000;

/** After a suppression's end its source is asked again; so long its answer is waited for before somebody is told without it. */
const RECHECK_GRACE_MS = 60_000;

/** An alert as its group holds it: the last statement about it, and what came before in short. */
export interface HeldAlert {
  readonly key: string;
  readonly version: number;
  readonly status: "firing" | "resolved";
  readonly severity: Severity;
  readonly title: string;
  readonly description: string;
  readonly labels: Labels;
  readonly links: readonly AlertLink[];
  readonly causes: readonly string[];
  readonly startsAt: number;
  /** It is over from then on, without another statement. */
  readonly endsAt?: number;
  readonly suppression?: Suppression;
  /** When its source is asked again. */
  readonly recheckAt?: number;
  /** All that is known of it was replayed: nobody is told. */
  readonly isQuiet: boolean;
  /** When it began or ended, lately. */
  readonly changes: readonly number[];
  /** It says something else than was told, or is worse. */
  readonly news?: "changed" | "worse";
  /** It comes and goes; `told` once somebody knows. It counts as firing meanwhile. */
  readonly flapping?: "new" | "told";
}

/** What is remembered of an alert that has ended. */
export interface PastAlert {
  readonly version: number;
  readonly endedAt: number;
  readonly changes: readonly number[];
}

/** What a channel was told last: keys of alerts. */
export interface Told {
  readonly at: number;
  readonly firing: readonly string[];
  readonly resolved: readonly string[];
}

/** All that is known of a group; plain JSON without undefined values. */
export interface GroupState {
  readonly key: string;
  readonly labels: Labels;
  /** Grows with each decision, for conditional writes. */
  readonly version: number;
  readonly alerts: Readonly<Record<string, HeldAlert>>;
  readonly past: Readonly<Record<string, PastAlert>>;
  /** By channel. */
  readonly told: Readonly<Record<string, Told>>;
  /** The last time at which changes were told; absent before the first. All others are whole intervals after it. */
  readonly flushedAt?: number;
  /** The next time at which changes are told; absent while nothing waits for it. */
  readonly flushAt?: number;
  /** When a timer is due that was asked for already. */
  readonly wakeAt?: number;
  /** Since when no alert is left. */
  readonly emptyAt?: number;
  /** From then on it says nothing that is still needed. */
  readonly forgetAt?: number;
}

/** The state while a decision is made. */
export type Draft = { -readonly [Key in keyof GroupState]: GroupState[Key] } & {
  alerts: Record<string, HeldAlert>;
  past: Record<string, PastAlert>;
  told: Record<string, Told>;
};

/** A draft of what follows a state, or of a new one. */
export function draftOf(previous: GroupState | undefined, group: Pick<GroupState, "key" | "labels">): Draft {
  const { key, labels } = group;
  if (previous === undefined) return { key, labels, version: 0, alerts: {}, past: {}, told: {} };
  const { alerts, past, told } = previous;
  return {
    ...previous,
    alerts: { ...alerts },
    past: { ...past },
    told: { ...told },
  };
}

/** What a record has by a key; undefined for keys that all objects have. */
export function entryOf<Entry>(record: Readonly<Record<string, Entry>>, key: string): Entry | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** What a group keeps of an alert's texts. */
export function textsOf({ severity, title, description, labels, links, causes }: Alert | HeldAlert) {
  return { severity, title, description, labels, links, causes };
}

/** Whether it is on by its last statement; one that ends by itself is over at its end. */
export function isOn({ status, endsAt }: HeldAlert, nowMs: number): boolean {
  return status === "firing" && (endsAt === undefined || endsAt > nowMs);
}

/** Whether it is told as firing: it is on, or comes and goes so often that its ends are not told. */
export function countsAsFiring(alert: HeldAlert, nowMs: number): boolean {
  return isOn(alert, nowMs) || alert.flapping !== undefined;
}

/** When somebody is told of a suppressed alert though its source has not said that the suppression is over; infinite when its end is not known. */
export function suppressedUntil({ suppression }: HeldAlert): number | undefined {
  if (suppression === undefined) return undefined;
  return suppression.until === undefined ? Number.POSITIVE_INFINITY : suppression.until + RECHECK_GRACE_MS;
}
