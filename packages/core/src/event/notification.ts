import type { Alert, AlertLink, Severity } from "./alert.ts";

/**
 * Why something is said: an incident began, changed or ended, nobody has taken it yet, it comes and goes, several are told of at once, or something is done about it by
 * a corrective action, or waits to be approved.
 */
export type NotificationKind = "opened" | "updated" | "resolved" | "reminder" | "flapping" | "digest" | "correction";

/** How far an incident is. */
export type IncidentStatus = "open" | "acknowledged" | "snoozed" | "resolved";

/** What people can do with an incident from where they read of it; to `approve` is to let a corrective action run. */
export type IncidentAction = "acknowledge" | "snooze" | "resolve" | "approve";

/** A short fact with its name. */
export interface NotificationField {
  readonly title: string;
  readonly value: string;
}

/** Something to press: a button where the channel brings its value back signed, else a link. */
export interface NotificationAction {
  readonly action: IncidentAction;
  readonly title: string;
  /** What a button brings back; says which incident, or of `approve` which request for a corrective action. */
  readonly value: string;
  /** A signed link that does the same, good for one use and some time. It is made when a channel is about to send, and never stored. */
  readonly url?: string;
}

/** The alerts that a notification names: some of them, and how many there are in all. */
export interface NotifiedAlerts {
  readonly shown: readonly Pick<Alert, "key" | "title" | "status" | "severity">[];
  readonly total: number;
}

/**
 * What a channel is to say of one incident. All texts are plain: each channel escapes them, and cuts them to its own limits. It can be stored as JSON.
 */
export interface Notification {
  /** The same on each attempt to say it; no other notification has it. */
  readonly id: string;
  readonly incidentKey: string;
  /** The group of alerts that the incident is of; the incident's own key where nothing is grouped. */
  readonly groupKey: string;
  readonly kind: NotificationKind;
  readonly status: IncidentStatus;
  /** Somebody is to be woken; else what was said is brought up to date, or its end is told. */
  readonly isPage: boolean;
  readonly severity: Severity;
  /** One line. */
  readonly title: string;
  readonly lines: readonly string[];
  readonly fields: readonly NotificationField[];
  readonly alerts: NotifiedAlerts;
  readonly links: readonly AlertLink[];
  readonly actions: readonly NotificationAction[];
  /** The same for all notifications of one incident by one route, at most 255 characters: what a channel knows the incident by. */
  readonly dedupKey: string;
  /** Orders the notifications of one `dedupKey` and time; whole numbers from 0. */
  readonly sequence: number;
  /** Epoch milliseconds: when it was decided to say this, by which notifications of one `dedupKey` are ordered, and since when the incident is on. */
  readonly at: number;
  readonly startsAt: number;
}

/**
 * What a channel must know again to go on with what it began: where its message is, or under which key its incident was opened. Plain values, stored with
 * the incident; a secret stands in it by its reference only.
 */
export type ChannelReference = Readonly<Record<string, string>>;

/** What came of an attempt to deliver. */
export type Delivery =
  | { readonly outcome: "delivered"; readonly reference?: ChannelReference }
  /** It did not arrive, and may later: not before `afterMs`, where the channel says so. Being told to slow down is no failure. */
  | { readonly outcome: "retry"; readonly reason: string; readonly afterMs?: number; readonly throttled?: boolean }
  /** It did not arrive, and will not until somebody changes something. */
  | { readonly outcome: "failed"; readonly reason: string }
  /** It may have arrived. */
  | { readonly outcome: "unknown"; readonly reason: string };
