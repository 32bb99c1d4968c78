import type { Alert, Severity } from "../../event/alert.ts";
import { changesAfter, isFlapping } from "./flapping.ts";
import { type Draft, entryOf, type HeldAlert, isOn, type PastAlert, textsOf } from "./group-state.ts";
import type { GroupSettings } from "./settings.ts";

/** How soon a source is asked again that does not say how long it suppresses its alert. */
const RECHECK_MS = 15 * 60_000;

const SEVERITIES: readonly Severity[] = ["critical", "error", "warning", "info"];

/**
 * Takes a statement into the group. One that is older than what is known changes nothing, nor does one that came before. Returns when its source is to be asked
 * again, if that is new.
 */
export function insertAlert(draft: Draft, alert: Alert, nowMs: number, settings: GroupSettings): number | undefined {
  const { key, version } = alert;
  const held = entryOf(draft.alerts, key);
  const past = held === undefined ? entryOf(draft.past, key) : undefined;
  if (saysNothingNew(alert, held, past)) return undefined;
  const status = statusOf(alert, settings);
  if (status === undefined) {
    if (held !== undefined) draft.alerts[key] = { ...held, version };
    return undefined;
  }
  if (held === undefined && status === "resolved" && settings.mode === "belfry") {
    // Its beginning may come yet, and must not open what is over.
    draft.past[key] = { version, endedAt: nowMs, changes: past?.changes ?? [] };
    return undefined;
  }
  const next = nextAlert(alert, status, held, nowMs);
  draft.alerts[key] = withChanges(next, held, past, alert.replayed, nowMs, settings);
  delete draft.past[key];
  return next.recheckAt === held?.recheckAt ? undefined : next.recheckAt;
}

function saysNothingNew({ version, replayed }: Alert, held?: HeldAlert, past?: PastAlert): boolean {
  const known = held?.version ?? past?.version;
  if (known === undefined || version > known) return false;
  // Of what has ended, and of what is replayed, the same version says nothing new either.
  return version < known || held === undefined || replayed;
}

function statusOf({ status }: Alert, { unknown }: GroupSettings): HeldAlert["status"] | undefined {
  if (status !== "unknown") return status;
  if (unknown === "ignore") return undefined;
  return unknown === "breaching" ? "firing" : "resolved";
}

function nextAlert(alert: Alert, status: HeldAlert["status"], held: HeldAlert | undefined, nowMs: number): HeldAlert {
  const wasOn = held !== undefined && isOn(held, nowMs);
  const isFiring = status === "firing";
  const { key, version, suppression, expiresAfterMs, replayed } = alert;
  const news = wasOn && isFiring ? newsOf(alert, held) : undefined;
  return {
    ...textsOf(alert),
    key,
    version,
    status,
    startsAt: wasOn && isFiring ? Math.min(held.startsAt, alert.startsAt) : alert.startsAt,
    // A replay says nothing new of what is known to be on; its end is told, which wakes nobody, else its incident would stay open.
    isQuiet: replayed && (held === undefined || held.isQuiet || (isFiring && !wasOn)),
    changes: [],
    ...(news === undefined ? {} : { news }),
    ...(isFiring && expiresAfterMs !== undefined ? { endsAt: nowMs + expiresAfterMs } : {}),
    ...(isFiring && suppression !== undefined ? { suppression, recheckAt: recheckAt(suppression, held, nowMs) } : {}),
  };
}

/** What a later statement changes of an alert that is on. */
function newsOf(alert: Alert, held: HeldAlert): HeldAlert["news"] {
  if (SEVERITIES.indexOf(alert.severity) < SEVERITIES.indexOf(held.severity)) return "worse";
  if (held.news !== undefined) return held.news;
  return JSON.stringify(textsOf(alert)) === JSON.stringify(textsOf(held)) ? undefined : "changed";
}

function withChanges(
  next: HeldAlert,
  held: HeldAlert | undefined,
  past: PastAlert | undefined,
  isReplayed: boolean,
  nowMs: number,
  { flapping: configured, mode }: GroupSettings,
): HeldAlert {
  const options = mode === "belfry" ? configured : undefined;
  const before = held ?? past;
  const wasOn = held !== undefined && isOn(held, nowMs);
  const isChange = before !== undefined && !isReplayed && isOn(next, nowMs) !== wasOn;
  const changes = changesAfter(before?.changes ?? [], isChange, nowMs, options);
  const flapping = held?.flapping ?? (isFlapping(changes, options) ? "new" : undefined);
  return flapping === undefined ? { ...next, changes } : { ...next, changes, flapping };
}

/** At the suppression's end; where that is not known, or has passed, some time from now. What is planned already stays. */
function recheckAt(
  { until }: NonNullable<HeldAlert["suppression"]>,
  held: HeldAlert | undefined,
  nowMs: number,
): number {
  if (until !== undefined && until > nowMs) return until;
  const planned = held?.recheckAt;
  return planned !== undefined && planned > nowMs ? planned : nowMs + RECHECK_MS;
}
