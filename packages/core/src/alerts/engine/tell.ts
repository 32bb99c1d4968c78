import type { Labels } from "../../config/oncall/compile-matcher.ts";
import type { AlertLink, Severity } from "../../event/alert.ts";
import type { NotificationKind } from "../../event/notification.ts";
import { countsAsFiring, type Draft, entryOf, type HeldAlert, suppressedUntil, type Told } from "./group-state.ts";
import { type Reason, reasonToTell } from "./reason-to-tell.ts";
import type { ChannelSettings, GroupSettings, Surroundings } from "./settings.ts";

/** An alert of a group as a notification names it. */
export interface NotifiedAlert {
  readonly key: string;
  readonly status: "firing" | "resolved";
  readonly severity: Severity;
  readonly title: string;
  readonly description: string;
  readonly labels: Labels;
  readonly links: readonly AlertLink[];
  readonly startsAt: number;
}

/** What one channel is to be told of a group. */
export interface GroupNotification {
  /** The same when the same decision is made again; no other notification has it. */
  readonly id: string;
  readonly groupKey: string;
  readonly channel: string;
  readonly kind: Exclude<NotificationKind, "digest" | "correction">;
  readonly status: "firing" | "resolved";
  /** Somebody is to be woken; else what was said is brought up to date. */
  readonly isPage: boolean;
  /** Orders the notifications of a group while it is on. */
  readonly sequence: number;
  /** The labels by which it is grouped. */
  readonly labels: Labels;
  /** The oldest first. */
  readonly alerts: readonly NotifiedAlert[];
  readonly at: number;
}

/** Why nobody is told of an alert at the moment. */
type Quiet = "replayed" | "suppressed" | "silence" | "inhibition" | "time-interval";

/** An alert at the time of a decision. */
export interface View {
  readonly alert: HeldAlert;
  readonly isFiring: boolean;
  readonly quiet: Quiet | undefined;
}

/** All alerts of a group as they are now, the oldest first. */
export function viewsOf(draft: Draft, nowMs: number, around: Surroundings): View[] {
  return Object.values(draft.alerts)
    .map((alert) => ({
      alert,
      isFiring: countsAsFiring(alert, nowMs),
      quiet: quietnessOf(alert, nowMs, around),
    }))
    .sort((a, b) => a.alert.startsAt - b.alert.startsAt || (a.alert.key < b.alert.key ? -1 : 1));
}

function quietnessOf(alert: HeldAlert, nowMs: number, around: Surroundings): Quiet | undefined {
  if (alert.isQuiet) return "replayed";
  if ((suppressedUntil(alert) ?? 0) > nowMs) return "suppressed";
  return around.mutedBy(alert, nowMs)?.kind;
}

/** The moment of a decision: what changed is told only at the group's times. */
export interface Moment {
  readonly nowMs: number;
  readonly isFlush: boolean;
}

/** What the channels are to be told now; the draft notes it as told. */
export function tellChannels(
  draft: Draft,
  views: readonly View[],
  moment: Moment,
  settings: GroupSettings,
  around: Surroundings,
): GroupNotification[] {
  return settings.channels.flatMap((channel) => {
    const told = entryOf(draft.told, channel.name);
    const tellable = tellableOf(views, channel, told, settings);
    if (tellable.length === 0) return [];
    const [firing, over] = [tellable.filter(({ isFiring }) => isFiring), tellable.filter((view) => !view.isFiring)];
    const keys = { firing: firing.map(keyOf), resolved: over.map(keyOf) };
    const reason = reasonNow(told, keys, firing, channel, moment, settings, around);
    if (reason === undefined) return [];
    draft.told[channel.name] = { at: moment.nowMs, ...keys };
    const shown = channel.sendResolved ? tellable : firing;
    return shown.length === 0 ? [] : [notification(draft, channel, shown, reason, told, moment.nowMs, around)];
  });
}

/** What a channel may be told of. One that holds a state is told the end of what it shows, whatever is quiet meanwhile; but not what was replayed. */
function tellableOf(
  views: readonly View[],
  { isStateful }: ChannelSettings,
  told: Told | undefined,
  { mode }: GroupSettings,
): View[] {
  const shown = new Set(mode === "belfry" && isStateful ? told?.firing : []);
  return views.filter(({ alert, isFiring, quiet }) => {
    if (quiet === undefined) return true;
    return quiet !== "replayed" && !isFiring && shown.has(alert.key);
  });
}

type TellingReason = Reason | "flapping" | "changed";

function reasonNow(
  told: Told | undefined,
  keys: { readonly firing: readonly string[]; readonly resolved: readonly string[] },
  firing: readonly View[],
  { sendResolved }: ChannelSettings,
  { nowMs, isFlush }: Moment,
  { mode, repeatIntervalMs }: GroupSettings,
  { isHeld }: Surroundings,
): TellingReason | undefined {
  const isRepeatDue = (toldAt: number): boolean => {
    if (mode === "alertmanager") return toldAt < nowMs - repeatIntervalMs;
    return !isHeld && toldAt <= nowMs - repeatIntervalMs;
  };
  if (isFlush) {
    if (firing.some(({ alert }) => alert.flapping === "new")) return "flapping";
    const isChanged = mode === "belfry" && told !== undefined && firing.some(({ alert }) => alert.news !== undefined);
    return reasonToTell(told, keys, { sendResolved, isRepeatDue }) ?? (isChanged ? "changed" : undefined);
  }
  const isRepeat = mode === "belfry" && keys.firing.length > 0 && told !== undefined && told.firing.length > 0;
  return isRepeat && isRepeatDue(told.at) ? "repeat" : undefined;
}

function notification(
  draft: Draft,
  { name }: ChannelSettings,
  views: readonly View[],
  reason: TellingReason,
  told: Told | undefined,
  nowMs: number,
  { isHeld }: Surroundings,
): GroupNotification {
  const wasOn = told !== undefined && told.firing.length > 0;
  const status = views.some(({ isFiring }) => isFiring) ? "firing" : "resolved";
  const kind = status === "resolved" ? "resolved" : kindOf(reason, wasOn);
  // Other words, or something else that is over, wake nobody.
  const isWorse = reason === "firing" || views.some(({ alert }) => alert.news === "worse");
  const isNews = kind === "updated" ? isWorse : kind !== "resolved";
  return {
    id: `${draft.key}|${name}|${nowMs}|${draft.version}`,
    groupKey: draft.key,
    channel: name,
    kind,
    status,
    isPage: isNews && !isHeld,
    sequence: draft.version,
    labels: draft.labels,
    alerts: views.map(notified),
    at: nowMs,
  };
}

function kindOf(reason: TellingReason, wasOn: boolean): GroupNotification["kind"] {
  if (reason === "flapping") return "flapping";
  if (!wasOn) return "opened";
  return reason === "repeat" ? "reminder" : "updated";
}

function notified({ alert, isFiring }: View): NotifiedAlert {
  const { key, severity, title, description, labels, links, startsAt } = alert;
  const status = isFiring ? "firing" : "resolved";
  return { key, status, severity, title, description, labels, links, startsAt };
}

function keyOf({ alert }: View): string {
  return alert.key;
}
