import type { Told } from "./group-state.ts";

/** Why a channel is told: what it did not know fires, nothing fires any more, some are over, or it has been long. */
export type Reason = "firing" | "all-resolved" | "some-resolved" | "repeat";

/** The alerts that a channel would be told of, by their keys. */
export interface Tellable {
  readonly firing: readonly string[];
  readonly resolved: readonly string[];
}

/** A channel's own rules. */
interface TellingRules {
  readonly sendResolved: boolean;
  /** Whether it has been told so long ago that it is told again. */
  isRepeatDue(toldAt: number): boolean;
}

/**
 * Alertmanager's rules of when a channel needs to be told something; undefined when it does not.
 * https://github.com/prometheus/alertmanager/blob/v0.28.1/notify/notify.go
 */
export function reasonToTell(
  told: Told | undefined,
  { firing, resolved }: Tellable,
  { sendResolved, isRepeatDue }: TellingRules,
): Reason | undefined {
  if (told === undefined) return firing.length > 0 ? "firing" : undefined;
  if (!isSubset(firing, told.firing)) return "firing";
  // What began and ended between two looks was never told, and so its end is not either.
  if (firing.length === 0) return told.firing.length > 0 ? "all-resolved" : undefined;
  if (sendResolved && !isSubset(resolved, told.resolved)) return "some-resolved";
  return isRepeatDue(told.at) ? "repeat" : undefined;
}

function isSubset(part: readonly string[], whole: readonly string[]): boolean {
  const known = new Set(whole);
  return part.every((key) => known.has(key));
}
