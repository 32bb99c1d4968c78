import { calmAt } from "./flapping.ts";
import { type Draft, entryOf, isOn, suppressedUntil } from "./group-state.ts";
import type { GroupSettings, Surroundings } from "./settings.ts";
import type { View } from "./tell.ts";

/** The first of the group's times at or after a wish: they are whole intervals after the last one. */
export function flushTimeAfter(flushedAt: number, wishMs: number, intervalMs: number): number {
  return flushedAt + Math.max(1, Math.ceil((wishMs - flushedAt) / intervalMs)) * intervalMs;
}

/** When the group looks at its changes next; undefined while nothing waits for it. Alertmanager looks at each interval while there are alerts. */
export function nextFlushAt(
  draft: Draft,
  views: readonly View[],
  nowMs: number,
  settings: GroupSettings,
): number | undefined {
  if (views.length === 0) return undefined;
  const wishes =
    settings.mode === "alertmanager" ? [nowMs] : views.flatMap((view) => wishesOf(view, draft, nowMs, settings));
  if (wishes.length === 0) return undefined;
  const wishMs = Math.min(...wishes);
  const { flushedAt, flushAt } = draft;
  if (flushedAt !== undefined) return flushTimeAfter(flushedAt, wishMs, settings.groupIntervalMs);
  // While nobody was told anything, its first time is set, or it looks again whether it may.
  return flushAt ?? (wishMs > nowMs ? wishMs : nowMs + settings.groupIntervalMs);
}

/** From when on an alert has something to tell. */
function wishesOf({ alert, isFiring, quiet }: View, draft: Draft, nowMs: number, settings: GroupSettings): number[] {
  const wishes: number[] = [];
  if (!isFiring || alert.flapping === "new") wishes.push(nowMs);
  const calm = calmAt(alert, settings.flapping);
  if (calm !== undefined) wishes.push(calm);
  if (isOn(alert, nowMs) && alert.endsAt !== undefined) wishes.push(alert.endsAt);
  if (quiet === "replayed" || !isFiring) return wishes;
  const until = suppressedUntil(alert);
  if (quiet === "suppressed") return until === undefined || !Number.isFinite(until) ? wishes : [...wishes, until];
  // Whether what mutes it has ended is looked at each time until it has been told.
  const isUntold = alert.news !== undefined || settings.channels.some(({ name }) => !isToldOf(draft, name, alert.key));
  return isUntold ? [...wishes, nowMs] : wishes;
}

function isToldOf(draft: Draft, channel: string, key: string): boolean {
  return entryOf(draft.told, channel)?.firing.includes(key) ?? false;
}

/** When a channel is told again of what still fires, at its own time; at the group's next one when that has passed while all of it was quiet. Never under Alertmanager's rules. */
export function nextRepeatAt(
  draft: Draft,
  views: readonly View[],
  nowMs: number,
  settings: GroupSettings,
  { isHeld }: Surroundings,
): number | undefined {
  if (settings.mode === "alertmanager" || isHeld) return undefined;
  const firing = new Set(views.filter(({ isFiring }) => isFiring).map(({ alert }) => alert.key));
  const times = Object.values(draft.told)
    .filter((told) => told.firing.some((key) => firing.has(key)))
    .map(({ at }) => at + settings.repeatIntervalMs)
    .map((at) => (at > nowMs ? at : flushTimeAfter(draft.flushedAt ?? nowMs, nowMs + 1, settings.groupIntervalMs)));
  return times.length === 0 ? undefined : Math.min(...times);
}
