import type { IncidentStatus } from "../../event/notification.ts";

/** How many entries a timeline keeps: the first, and the latest. */
const MAX_TIMELINE = 100;

/** The one thing that will happen to an incident if nobody does anything. */
export interface PendingStep {
  readonly kind: "escalate" | "unsnooze" | "remind";
  readonly at: number;
  /** Of the chain: which time through, and which step; from 0. */
  readonly round?: number;
  readonly step?: number;
  /** How many reminders there were. */
  readonly reminders?: number;
}

/** Something that happened to an incident. */
export interface TimelineEntry {
  readonly at: number;
  readonly what:
    | "opened"
    | "updated"
    | "acknowledged"
    | "snoozed"
    | "snooze ended"
    | "resolved"
    | "paged"
    | "reminded"
    | "nobody to page"
    | "corrective action approved";
  /** Who did it, or who was paged; absent when it came from the source or a timer. */
  readonly who?: string;
}

/** One time that a group of alerts is on, and what people do about it. Plain JSON without undefined values. */
export interface Incident {
  readonly id: string;
  readonly groupKey: string;
  /** Grows with each change, and on from the group's incident before; for conditional writes, and to tell timers that came too late. */
  readonly version: number;
  /** The version of the last change of `status`: who acts on what was shown before it is told to look again. */
  readonly statusVersion: number;
  readonly status: IncidentStatus;
  readonly openedAt: number;
  readonly acknowledgedBy?: string;
  readonly snoozedUntil?: number;
  readonly resolvedAt?: number;
  /** Absent when its source said that it is over. */
  readonly resolvedBy?: string;
  readonly pending?: PendingStep;
  readonly timeline: readonly TimelineEntry[];
}

/** Somebody to be told, or the receiver's channels once more. */
export interface PageTarget {
  readonly kind: "person" | "channel" | "receiver";
  /** Of the person or the channel. */
  readonly name?: string;
  /** The schedule by which it is this person. */
  readonly schedule?: string;
}

/** A page, to be sent with the state's write. */
export interface Page {
  /** The same when the same decision is made again. */
  readonly id: string;
  readonly incidentId: string;
  readonly reason: "escalation" | "reminder" | "snooze-ended";
  readonly target: PageTarget;
}

/** A timer of an incident: when it is due, the incident gets it as an input. One of a version that has passed does nothing. */
export interface IncidentTimer {
  readonly at: number;
  readonly kind: "incident";
  /** The incident's id. */
  readonly key: string;
  readonly version: number;
}

/** Adds to a timeline, which keeps its beginning and its end. */
export function withEntries(timeline: readonly TimelineEntry[], added: readonly TimelineEntry[]): TimelineEntry[] {
  const all = [...timeline, ...added];
  return all.length <= MAX_TIMELINE ? all : [all[0], ...all.slice(1 - MAX_TIMELINE)];
}
