import { compileMatcher, compileMatchers, type Labels } from "../config/oncall/compile-matcher.ts";
import type { LabelMatcher } from "../config/oncall/label-matcher.ts";
import { BelfryError } from "../platform/errors.ts";

/** Alerts with these labels are told to nobody for a time. Plain JSON. https://prometheus.io/docs/alerting/latest/alertmanager/#silences */
export interface Silence {
  readonly id: string;
  readonly matchers: readonly LabelMatcher[];
  /** Epoch milliseconds; the end is not in it. */
  readonly startsAt: number;
  readonly endsAt: number;
  readonly createdBy: string;
  readonly comment: string;
}

/** Whether a silence has not begun, holds, or has ended. */
export type SilenceState = "pending" | "active" | "expired";

/**
 * A silence, checked. Raises BAD_ARGUMENT when it ends before it begins or now, or when each of its matchers matches labels that are not there: such a silence would
 * hold for alerts that nobody has thought of.
 */
export function createSilence(silence: Silence, nowMs: number): Silence {
  const { matchers, startsAt, endsAt } = silence;
  if (endsAt <= Math.max(startsAt, nowMs)) {
    throw new BelfryError("BAD_ARGUMENT", "a silence must end after it begins, and after now");
  }
  if (matchers.every((matcher) => compileMatcher(matcher)({}))) {
    throw new BelfryError(
      "BAD_ARGUMENT",
      "a silence needs a matcher that does not match an absent label: give one such as account=111122223333",
    );
  }
  return silence;
}

/** How far a silence is at a time. */
export function silenceState({ startsAt, endsAt }: Silence, nowMs: number): SilenceState {
  if (nowMs >= endsAt) return "expired";
  return nowMs < startsAt ? "pending" : "active";
}

/** Ends a silence now; one that has ended stays as it is. */
export function expireSilence(silence: Silence, nowMs: number): Silence {
  if (silenceState(silence, nowMs) === "expired") return silence;
  return { ...silence, startsAt: Math.min(silence.startsAt, nowMs), endsAt: nowMs };
}

/** Makes the search for the silence that holds for labels at a time. */
export function compileSilences(silences: readonly Silence[]): (labels: Labels, nowMs: number) => Silence | undefined {
  const compiled = silences.map((silence) => ({ silence, matches: compileMatchers(silence.matchers) }));
  return (labels, nowMs) =>
    compiled.find(({ silence, matches }) => silenceState(silence, nowMs) === "active" && matches(labels))?.silence;
}
