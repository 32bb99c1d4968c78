import type { EventsConfig } from "../../packages/core/src/config/deploy/events.ts";
import { CLOUDTRAIL_RULES } from "./cloudtrail-rules.ts";
import { COMPUTE_RULES } from "./compute-rules.ts";
import { SERVICE_RULES } from "./service-rules.ts";
import { GLOBAL_REGION, type ShippedRule } from "./shipped-rule.ts";

/** All rules that Belfry brings along. */
export const SHIPPED_RULES: readonly ShippedRule[] = [...SERVICE_RULES, ...COMPUTE_RULES, ...CLOUDTRAIL_RULES];

/** The rules that a configuration leaves on. */
export function enabledRules(switches: EventsConfig["shipped"]): ShippedRule[] {
  return SHIPPED_RULES.filter(({ name, isDefault }) => switches[name] ?? isDefault);
}

/** The rule for AWS Health, the one that every region has into which AWS puts its events. */
export const HEALTH_RULE = "health-event";

/** Public events of AWS Health are put a second time into this region, so that one region's failure hides none. https://docs.aws.amazon.com/health/latest/ug/choosing-a-region.html */
const HEALTH_BACKUP_REGION = "us-west-2";

/** Which regions are watched, and by which of the shipped rules. */
export interface Watched {
  /** Regions in which something runs: all rules. */
  readonly regions: readonly string[];
  /** The rules that are on. */
  readonly rules: readonly ShippedRule[];
}

/** The rules that a region's default bus needs. Regions in which nothing runs have only what AWS puts there of global services and of AWS Health; most have none. */
export function regionalRules(region: string, { regions, rules }: Watched): ShippedRule[] {
  const possible = rules.filter((rule) => rule.regions === undefined || rule.regions.includes(region));
  if (regions.includes(region)) return possible;
  if (!healthRegions(regions).includes(region)) return [];
  return possible.filter((rule) => rule.name === HEALTH_RULE || rule.regions !== undefined);
}

/** All regions whose default bus needs rules: those in which something runs, and those into which AWS puts global events and copies of AWS Health's. */
export function ruleRegions(watched: Watched): string[] {
  const candidates = new Set([...watched.regions, ...healthRegions(watched.regions)]);
  return [...candidates].filter((region) => regionalRules(region, watched).length > 0);
}

/** Where AWS Health's global and backup events are: in AWS's main partition only, because others have regions of their own. */
function healthRegions(regions: readonly string[]): string[] {
  const isMain = regions.every((region) => !/^(cn|us-gov|us-iso|eusc)/.test(region));
  return isMain ? [GLOBAL_REGION, HEALTH_BACKUP_REGION] : [];
}
