import type { AlertStatus } from "../event/alert.ts";
import type { NotificationKind } from "../event/notification.ts";

/** Something that a channel or a person would have been told, or that would have happened to an incident: that names neither. */
export interface SimulatedEntry {
  /** Epoch milliseconds, as all times of a simulation. */
  readonly at: number;
  readonly channel?: string;
  readonly person?: string;
  readonly kind: NotificationKind | "escalation" | "acknowledged" | "nobody-to-page";
  /** Somebody would have been woken. */
  readonly isPage: boolean;
  readonly receiver: string;
  /** The group's key, which no other group has. */
  readonly group: string;
  readonly title: string;
  readonly why: string;
}

/**
 * What became of a statement: told to somebody; nothing that was not known; held back by what its word says; older than what was known; the same delivery again; ignored,
 * because its source cannot tell; the end of what nobody was told of; over before anybody was told; or still waiting at the end.
 */
export type Became =
  | "told"
  | "known"
  | "replayed"
  | "suppressed"
  | "silence"
  | "inhibition"
  | "time-interval"
  | "old"
  | "again"
  | "ignored"
  | "unheard"
  | "over-before"
  | "waiting";

/** One alert that an event made, and what became of it. */
export interface AlertOutcome {
  readonly key: string;
  readonly status: AlertStatus;
  readonly title: string;
  readonly became: Became;
  /** What held it back: a silence's id, an alert's key, an interval's name, a mute rule. */
  readonly by?: string;
  /** The receivers whose routes took it. */
  readonly receivers: readonly string[];
}

/** What became of one event. */
export interface EventOutcome {
  readonly event: string;
  readonly at: number;
  /** None when there is a reason. */
  readonly alerts: readonly AlertOutcome[];
  readonly reason?: string;
}

/** A time in which no event came, and which was passed over. */
export interface SkippedTime {
  readonly from: number;
  readonly to: number;
}

/** What a simulation found. */
export interface SimulationResult {
  /** In the order of time. */
  readonly entries: readonly SimulatedEntry[];
  /** In the order in which the events came. */
  readonly events: readonly EventOutcome[];
  readonly skipped: readonly SkippedTime[];
  /** When it ended. */
  readonly until: number;
}
