import type { Alert } from "./alert.ts";

/** An incident that begins, or that more alerts join, for whoever does something about it: a corrective action. */
export interface OpenedIncident {
  /** The incident's own id; no other incident has it. */
  readonly id: string;
  /** 16 hexadecimal digits of the id's digest: what buttons, links and people call it. */
  readonly handle: string;
  readonly groupKey: string;
  /** Of the route that took its alerts. */
  readonly receiver: string;
  /** Those that fire and are told for the first time, none of them only replayed or held back; the oldest first. */
  readonly alerts: readonly Pick<
    Alert,
    "key" | "version" | "severity" | "title" | "description" | "labels" | "links" | "startsAt"
  >[];
  /** Epoch milliseconds. */
  readonly openedAt: number;
}
