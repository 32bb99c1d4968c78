import { decideGroup, type GroupInput, type GroupTimer } from "@belfry/core/alerts/engine/decide";
import type { GroupState } from "@belfry/core/alerts/engine/group-state";
import type { GroupSettings, MutedBy } from "@belfry/core/alerts/engine/settings";
import type { GroupNotification } from "@belfry/core/alerts/engine/tell";
import type { Alert } from "@belfry/core/event/alert";

export const SECOND_MS = 1000;
export const MINUTE_MS = 60_000;

/** Belfry's rules with short times: 30 seconds, 5 minutes, 1 hour; a page that holds a state and a mail that does not. */
export const settings: GroupSettings = {
  mode: "belfry",
  channels: [
    { name: "pager", sendResolved: true, isStateful: true },
    { name: "mail", sendResolved: true, isStateful: false },
  ],
  groupWaitMs: 30 * SECOND_MS,
  groupIntervalMs: 5 * MINUTE_MS,
  repeatIntervalMs: 60 * MINUTE_MS,
  unknown: "ignore",
  flapping: undefined,
};

/** A statement; its version is `at` where none is given. */
export function alertAt(at: number, over: Partial<Alert> = {}): Alert {
  const key = over.key ?? "a";
  return {
    deliveryId: `${key}@${at}`,
    key,
    version: at,
    status: "firing",
    severity: "error",
    title: `alarm ${key}`,
    description: "",
    labels: { alarmname: key },
    links: [],
    startsAt: at,
    causes: [],
    replayed: false,
    event: {},
    ...over,
  };
}

/** One group on a virtual clock, whose timers come when they are due. */
export class GroupRun {
  readonly told: GroupNotification[] = [];
  readonly rechecks: { readonly at: number; readonly alertKey: string }[] = [];
  state: GroupState | undefined;
  isHeld = false;
  /** By the alert's key; asked at each decision. */
  mutedBy: (key: string, nowMs: number) => MutedBy | undefined = () => undefined;
  wakes = 0;
  readonly #settings: GroupSettings;
  #timers: GroupTimer[] = [];

  constructor(over: Partial<GroupSettings> = {}) {
    this.#settings = { ...settings, ...over };
  }

  /** Lets the time go on, then gives the group statements. */
  take(nowMs: number, ...alerts: readonly Alert[]): void {
    this.until(nowMs - 1);
    this.#decide({ kind: "alerts", alerts }, nowMs);
  }

  /** Lets the time go on to an instant, with all timers that are due then. */
  until(nowMs: number): void {
    for (;;) {
      this.#timers.sort((a, b) => a.at - b.at);
      const [next] = this.#timers;
      if (next === undefined || next.at > nowMs) return;
      this.#timers.shift();
      this.wakes++;
      this.wake(next.at);
    }
  }

  wake(nowMs: number): void {
    this.#decide({ kind: "wake" }, nowMs);
  }

  /** What a channel was told: `seconds kind(firing keys / resolved keys)`, `!` when it wakes somebody. */
  lines(channel = "pager"): string[] {
    return this.told
      .filter((notification) => notification.channel === channel)
      .map(({ at, kind, isPage, alerts }) => {
        const keys = (status: string) => alerts.filter((alert) => alert.status === status).map(({ key }) => key);
        return `${at / SECOND_MS} ${kind}${isPage ? "!" : ""} ${keys("firing").join("+")}/${keys("resolved").join("+")}`;
      });
  }

  #decide(input: GroupInput, nowMs: number): void {
    const around = { mutedBy: ({ key }: { key: string }) => this.mutedBy(key, nowMs), isHeld: this.isHeld };
    const group = { key: "group", labels: {} };
    const decision = decideGroup(this.state, group, input, nowMs, this.#settings, around);
    // A state is stored as JSON.
    this.state = decision.state && JSON.parse(JSON.stringify(decision.state));
    this.told.push(...decision.notifications);
    for (const timer of decision.timers) {
      if (timer.kind === "group") this.#timers.push(timer);
      else this.rechecks.push(timer);
    }
  }
}
