/** What is to be looked at: a group of alerts, an incident, an alarm's source, a Health event, a corrective action, a channel's outbox. */
export type DueKind = "group" | "incident" | "recheck" | "health" | "correction" | "outbox";

/**
 * Something to look at, not before a time. It is plain JSON: the body of a queue's message, and the content of a stored timer. One that comes early is put off, and
 * one that comes late, or twice, does no harm.
 */
export interface Due {
  readonly kind: DueKind;
  /** The group's key, the incident's id, a Health event's ARN, a correction's id, a channel's name. */
  readonly key: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Of an incident's timer: one of a version that has passed does nothing. */
  readonly version?: number;
  /** Of a recheck: the key of the alert whose source is to be asked. */
  readonly alertKey?: string;
}

/** Brings it about that each is looked at at its time, or soon after. What is stored already may be sent again: nothing is lost when this is not reached. */
export type SendDue = (dues: readonly Due[], signal: AbortSignal) => Promise<void>;
