import type { Alert, AlertLink, AlertStatus, Severity, Suppression } from "../../event/alert.ts";
import type { EventEnvelope } from "../../event/event-envelope.ts";

/** What a source says; what it leaves out follows from the event's envelope. */
export interface Statement {
  readonly key: string;
  /** The event's id when absent. */
  readonly deliveryId?: string;
  /** Epoch milliseconds; the event's time when absent. */
  readonly version?: number;
  readonly status: AlertStatus;
  readonly severity: Severity;
  readonly title: string;
  /** Lines; those without text are left out. */
  readonly description?: readonly (string | undefined)[];
  /** Besides `source`, `account`, `region`, `service` and `severity`; those without text are left out. */
  readonly labels?: Readonly<Record<string, string | undefined>>;
  readonly links?: readonly AlertLink[];
  readonly causes?: readonly string[];
  readonly suppression?: Suppression | undefined;
  readonly expiresAfterMs?: number;
}

const HOUR_MS = 3_600_000;

/** How long what only happens, and has no end, stays an open alert. */
export const MOMENT_MS = HOUR_MS;

/** How long a fault stays open whose source may never say that it has ended. */
export const DAY_MS = 24 * HOUR_MS;

// Channels have less room for a title, and cut for themselves.
const MAX_TITLE_LENGTH = 256;
const MAX_DESCRIPTION_LENGTH = 8_192;

/** The alert of a statement in an event. */
export function alertOf(event: EventEnvelope, statement: Statement): Alert {
  const { key, status, severity, title, suppression, expiresAfterMs } = statement;
  const version = statement.version ?? event.timeMs;
  const source = event.source === "" ? "unknown" : event.source;
  const labels = {
    source,
    account: event.account,
    region: event.region,
    service: source.replace(/^aws\./, "").toLowerCase(),
    ...statement.labels,
    severity,
  };
  const lines = (statement.description ?? []).filter((line) => line !== undefined && line !== "");
  return {
    deliveryId: statement.deliveryId ?? event.id,
    key,
    version,
    status,
    severity,
    title: cut(title.replace(/\s+/g, " ").trim(), MAX_TITLE_LENGTH),
    description: cut(lines.join("\n"), MAX_DESCRIPTION_LENGTH),
    labels: presentLabels(labels),
    links: statement.links ?? [],
    startsAt: version,
    causes: statement.causes ?? [],
    ...(suppression === undefined ? {} : { suppression }),
    replayed: event.replayed,
    ...(expiresAfterMs === undefined ? {} : { expiresAfterMs }),
    event: event.raw,
  };
}

/** A label's name from any name: `Cost Centre` becomes `cost_centre`, `InstanceId` `instanceid`. */
export function labelName(name: string): string {
  const safe = name.toLowerCase().replace(/[^a-z0-9_]/g, "_");
  return /^\d/.test(safe) ? `_${safe}` : safe;
}

/** A key that is the account's and region's own, where a thing has no ARN. */
export function localKey({ source, account, region }: EventEnvelope, ...parts: readonly string[]): string {
  return [source, account, region, ...parts].join("#");
}

/** A link to where an event says to look; none where it names no page of the web. */
export function saidLink(title: string, url: string | undefined): readonly AlertLink[] {
  return url !== undefined && /^https?:\/\/\S+$/.test(url) ? [{ title, url }] : [];
}

/** A line of a description, of a word and what it is about; none where there is nothing. */
export function line(word: string, value: string | undefined): string | undefined {
  return value === undefined || value === "" ? undefined : `${word} ${value}`;
}

function presentLabels(labels: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const present: Record<string, string> = {};
  for (const [name, value] of Object.entries(labels)) if (value !== undefined && value !== "") present[name] = value;
  return present;
}

function cut(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
}
