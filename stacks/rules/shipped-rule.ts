import type { ShippedRuleName } from "../../packages/core/src/config/deploy/shipped-rule-names.ts";

/** A rule that Belfry brings along: which events of AWS are worth to be brought to the Belfry bus. */
export interface ShippedRule {
  readonly name: ShippedRuleName;
  readonly description: string;
  /** An event pattern for the default bus. No two shipped rules match the same event, or it would come twice. */
  readonly pattern: EventPatternObject;
  /** The only regions in which its events occur; all when absent. */
  readonly regions?: readonly string[];
  /** What must be there for its events to occur. */
  readonly needs?: string;
  /** Whether it is on unless the configuration says otherwise. */
  readonly isDefault: boolean;
  /** Where AWS describes the events. */
  readonly url: string;
}

/** An event pattern as an object. */
export type EventPatternObject = Readonly<Record<string, unknown>>;

/** Where AWS's services without a region put their events. */
export const GLOBAL_REGION = "us-east-1";

/** Matches no event that a replay brings again: what notifies, or was captured already, must not see it twice. */
const NOT_REPLAYED: EventPatternObject = { "replay-name": [{ exists: false }] };

/** A pattern that leaves out replayed events; one that names `replay-name` itself stays as it is. */
export function withoutReplays(pattern: EventPatternObject): EventPatternObject {
  return { ...NOT_REPLAYED, ...pattern };
}
