import type { RouteOptions } from "../route.ts";
import type { HeldAlert } from "./group-state.ts";

/** A channel of the group's receiver. */
export interface ChannelSettings {
  readonly name: string;
  /** Tell it when something is over, too. */
  readonly sendResolved: boolean;
  /** It keeps an incident open until it is told of the end: PagerDuty, a message that is edited in place, Belfry's own incidents. */
  readonly isStateful: boolean;
}

/** By what rules a group is told of. */
export interface GroupSettings
  extends Pick<RouteOptions, "groupWaitMs" | "groupIntervalMs" | "repeatIntervalMs" | "unknown" | "flapping"> {
  /** `alertmanager`: its own rules exactly. `belfry`: with the differences of docs/on-call.md. */
  readonly mode: "belfry" | "alertmanager";
  readonly channels: readonly ChannelSettings[];
}

/** What around a group bears on it at the time of a decision. */
export interface Surroundings {
  /** Why nobody is to be told of an alert: a silence, an alert that inhibits it, the time of day; undefined when nothing speaks against it. */
  mutedBy(alert: Pick<HeldAlert, "key" | "labels" | "causes">, nowMs: number): MutedBy | undefined;
  /** Somebody has taken the group's incident, or has put it off: it is kept up to date, and nobody is paged. */
  readonly isHeld: boolean;
}

/** What keeps an alert quiet, and which of its kind. */
export interface MutedBy {
  readonly kind: "silence" | "inhibition" | "time-interval";
  readonly by: string;
}
