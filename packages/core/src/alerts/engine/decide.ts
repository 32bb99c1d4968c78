import type { Alert } from "../../event/alert.ts";
import { calmAt, calmed } from "./flapping.ts";
import { type Draft, draftOf, entryOf, type GroupState, type HeldAlert, REMEMBERED_MS } from "./group-state.ts";
import { insertAlert } from "./insert-alert.ts";
import { flushTimeAfter, nextFlushAt, nextRepeatAt } from "./next-times.ts";
import type { GroupSettings, Surroundings } from "./settings.ts";
import { type GroupNotification, tellChannels, type View, viewsOf } from "./tell.ts";

/** How long Alertmanager lets a group without alerts go on with its times; it looks so often for such groups. */
const LINGER_MS = 30_000;

/** What happens to a group: statements about its alerts arrive, or it is time to look, be it a timer or because something around it has changed. */
export type GroupInput = { readonly kind: "alerts"; readonly alerts: readonly Alert[] } | { readonly kind: "wake" };

/** Something to do at a time; one that comes late, early or twice does no harm. */
export type GroupTimer =
  /** Give the group the input `wake`. */
  | { readonly at: number; readonly kind: "group"; readonly key: string }
  /** Ask the alert's source how it is, and give the answer to the group as a statement. */
  | { readonly at: number; readonly kind: "recheck"; readonly key: string; readonly alertKey: string };

/** What follows from an input. State, notifications and timers belong together: all are stored, or none. */
export interface GroupDecision {
  /** Undefined when nothing is left that must be remembered. */
  readonly state: GroupState | undefined;
  readonly notifications: readonly GroupNotification[];
  readonly timers: readonly GroupTimer[];
}

/** Decides what a group's channels are told; of one group's inputs one after the other. `group` names it where there is no state yet. */
export function decideGroup(
  previous: GroupState | undefined,
  group: Pick<GroupState, "key" | "labels">,
  input: GroupInput,
  nowMs: number,
  settings: GroupSettings,
  around: Surroundings,
): GroupDecision {
  const isForgotten = previous?.forgetAt !== undefined && previous.forgetAt <= nowMs;
  const draft = draftOf(isForgotten ? undefined : previous, group);
  draft.version = (previous?.version ?? 0) + 1;
  beginAnew(draft, nowMs, settings);
  const timers = input.kind === "alerts" ? insertAll(draft, input.alerts, nowMs, settings) : [];
  const isFlush = draft.flushAt !== undefined && draft.flushAt <= nowMs;
  if (isFlush) calmDown(draft, nowMs, settings);
  const views = viewsOf(draft, nowMs, around);
  const notifications = tellChannels(draft, views, { nowMs, isFlush }, settings, around);
  if (isFlush) afterFlush(draft, views, nowMs, settings);
  timers.push(...planned(draft, isFlush ? viewsOf(draft, nowMs, around) : views, nowMs, settings, around));
  return { state: remembered(draft, nowMs, settings), notifications, timers };
}

/** A group that was without alerts for long begins with `groupWait` again. */
function beginAnew(draft: Draft, nowMs: number, { mode }: GroupSettings): void {
  if (draft.emptyAt === undefined) return;
  if (mode === "alertmanager" && nowMs - draft.emptyAt < LINGER_MS) return;
  delete draft.flushedAt;
}

function insertAll(draft: Draft, alerts: readonly Alert[], nowMs: number, settings: GroupSettings): GroupTimer[] {
  const timers: GroupTimer[] = [];
  for (const alert of alerts) {
    const at = insertAlert(draft, alert, nowMs, settings);
    if (at !== undefined) timers.push({ at, kind: "recheck", key: draft.key, alertKey: alert.key });
  }
  if (Object.keys(draft.alerts).length === 0) return timers;
  delete draft.emptyAt;
  if (draft.flushedAt !== undefined) {
    // Times that nothing waited for were passed over; one that is just now is not.
    draft.flushAt ??= flushTimeAfter(draft.flushedAt, nowMs, settings.groupIntervalMs);
    return timers;
  }
  draft.flushAt = Math.min(draft.flushAt ?? Number.POSITIVE_INFINITY, nowMs + settings.groupWaitMs);
  // What has been on for longer than that has waited enough.
  const isOld = (key: string) => (entryOf(draft.alerts, key)?.startsAt ?? nowMs) + settings.groupWaitMs < nowMs;
  if (alerts.some(({ key }) => isOld(key))) draft.flushAt = nowMs;
  return timers;
}

function calmDown(draft: Draft, nowMs: number, { flapping }: GroupSettings): void {
  for (const [key, alert] of Object.entries(draft.alerts)) {
    const at = calmAt(alert, flapping);
    if (at !== undefined && at <= nowMs) draft.alerts[key] = calmed(alert);
  }
}

/** Lets go of what is over, whether somebody was told or not. */
function afterFlush(draft: Draft, views: readonly View[], nowMs: number, { mode }: GroupSettings): void {
  draft.flushedAt = nowMs;
  delete draft.flushAt;
  for (const { alert, isFiring, quiet } of views) {
    const { key, version, changes } = alert;
    if (!isFiring) {
      delete draft.alerts[key];
      if (mode === "belfry") draft.past[key] = { version, endedAt: nowMs, changes };
    } else if (quiet === undefined) draft.alerts[key] = withoutNews(alert);
  }
  if (Object.keys(draft.alerts).length === 0) draft.emptyAt ??= nowMs;
  if (mode === "alertmanager") return;
  forgetTold(draft);
  // Who was told nothing yet need not wait for the next time.
  if (Object.keys(draft.told).length === 0) delete draft.flushedAt;
}

function withoutNews({ news: _, ...alert }: HeldAlert): HeldAlert {
  return alert.flapping === undefined ? alert : { ...alert, flapping: "told" };
}

/** An end that nobody was told of, because it was muted, does not make the next beginning old news. */
function forgetTold(draft: Draft): void {
  for (const [channel, told] of Object.entries(draft.told)) {
    const firing = told.firing.filter((key) => Object.hasOwn(draft.alerts, key));
    if (firing.length > 0) draft.told[channel] = { ...told, firing };
    else delete draft.told[channel];
  }
}

/** Notes when the group looks next, and asks for a timer unless one that was asked for comes early enough. */
function planned(
  draft: Draft,
  views: readonly View[],
  nowMs: number,
  settings: GroupSettings,
  around: Surroundings,
): GroupTimer[] {
  const flushAt = nextFlushAt(draft, views, nowMs, settings);
  if (flushAt === undefined) delete draft.flushAt;
  else draft.flushAt = flushAt;
  const times = [flushAt, nextRepeatAt(draft, views, nowMs, settings, around)].filter((at) => at !== undefined);
  const asked = draft.wakeAt !== undefined && draft.wakeAt > nowMs ? draft.wakeAt : Number.POSITIVE_INFINITY;
  delete draft.wakeAt;
  const at = Math.min(asked, ...times);
  if (Number.isFinite(at)) draft.wakeAt = at;
  return at < asked ? [{ at, kind: "group", key: draft.key }] : [];
}

/** The state without what need not be remembered. */
function remembered(draft: Draft, nowMs: number, { mode, repeatIntervalMs }: GroupSettings): GroupState | undefined {
  for (const [key, { endedAt }] of Object.entries(draft.past)) {
    if (endedAt + REMEMBERED_MS <= nowMs) delete draft.past[key];
  }
  delete draft.forgetAt;
  if (Object.keys(draft.alerts).length > 0) return draft;
  const until = [
    ...Object.values(draft.past).map(({ endedAt }) => endedAt + REMEMBERED_MS),
    ...Object.values(draft.told).map(({ at }) => at + 2 * repeatIntervalMs),
    ...(mode === "alertmanager" ? [(draft.emptyAt ?? nowMs) + LINGER_MS] : []),
  ].filter((at) => at > nowMs);
  if (until.length === 0) return undefined;
  draft.forgetAt = Math.max(...until);
  return draft;
}
