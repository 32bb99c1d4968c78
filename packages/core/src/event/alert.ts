/** How bad it is; PagerDuty's four words, which other channels map to theirs. https://developer.pagerduty.com/docs/send-alert-event */
export type Severity = "critical" | "error" | "warning" | "info";

/**
 * What an alert says of its incident: it is on, it is over, or its source cannot tell (a CloudWatch alarm without data), which by default neither begins nor
 * ends anything.
 */
export type AlertStatus = "firing" | "resolved" | "unknown";

/** Somewhere to look on. */
export interface AlertLink {
  readonly title: string;
  readonly url: string;
}

/** Why a source itself holds its notifications back, and until when: a mute rule of CloudWatch's, or a composite alarm's suppressor. */
export interface Suppression {
  readonly by: "mute-rule" | "suppressor";
  /** The mute rule's ARN, or what the source says. */
  readonly reason: string;
  /** Epoch milliseconds; absent when the source does not say. */
  readonly until?: number;
}

/**
 * One statement of a source about one thing that can be wrong, whichever way it came by. Three keys tell apart what is the same: `deliveryId` drops what came twice, `key`
 * is what an incident is of, `version` orders the statements about it.
 */
export interface Alert {
  /** The same on each delivery of one statement. */
  readonly deliveryId: string;
  /** The same for all statements about one thing: an alarm's ARN, a Health event's ARN and account. */
  readonly key: string;
  /** Epoch milliseconds of the source's own state; a later statement replaces an earlier one. */
  readonly version: number;
  readonly status: AlertStatus;
  readonly severity: Severity;
  /** One line, for people. */
  readonly title: string;
  /** Some lines, for people; empty when the source says no more. */
  readonly description: string;
  /** For routes, groups, silences and inhibitions: `source`, `account`, `region`, `service`, `alarmname`, … Names as in Prometheus: letters, digits, `_`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly links: readonly AlertLink[];
  /** Epoch milliseconds since when it is so. */
  readonly startsAt: number;
  /** Keys of what made it: the alarms that a composite names. They are inhibited while it is on. */
  readonly causes: readonly string[];
  readonly suppression?: Suppression;
  /** From an EventBridge replay: it may change state, and never pages. */
  readonly replayed: boolean;
  /** Ends by itself after so many milliseconds without another statement, where the source has no word for the end. */
  readonly expiresAfterMs?: number;
  /** The source's own event, for routes that are event patterns. */
  readonly event: unknown;
}
