import type { FindInhibition } from "../inhibit.ts";
import type { RouteOptions } from "../route.ts";
import { compileSilences, type Silence } from "../silence.ts";
import { mutedBy, type TimeIntervals } from "../time-intervals.ts";
import type { Surroundings } from "./settings.ts";

/** All that can keep the alerts of a group quiet. */
export interface MutingParts {
  readonly options: Pick<RouteOptions, "muteTimeIntervals" | "activeTimeIntervals">;
  readonly intervals: TimeIntervals;
  readonly silences: readonly Silence[];
  /** Among the alerts of all groups that fire. */
  readonly inhibitionOf: FindInhibition;
}

/** Joins what keeps alerts quiet: inhibition, then the time of day, then silences, as Alertmanager asks them. */
export function createMuting({ options, intervals, silences, inhibitionOf }: MutingParts): Surroundings["mutedBy"] {
  const silenceFor = compileSilences(silences);
  return (alert, nowMs) => {
    const inhibition = inhibitionOf(alert, nowMs);
    if (inhibition !== undefined) return { kind: "inhibition", by: inhibition.by };
    const interval = mutedBy(options, intervals, nowMs);
    if (interval !== undefined) return { kind: "time-interval", by: interval };
    const silence = silenceFor(alert.labels, nowMs);
    return silence === undefined ? undefined : { kind: "silence", by: silence.id };
  };
}
