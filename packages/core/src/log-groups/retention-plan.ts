import { RETENTION_DAYS } from "../config/deploy/log-retention.ts";
import type { RetentionSettings } from "../config/deploy/retention.ts";
import { glob } from "../config/glob.ts";
import type { LogGroup } from "../platform/logs-client.ts";

/** Why a log group stays as it is; counted by these words. */
export type SkipReason =
  | "excluded"
  | "managed by AWS"
  | "delivery class"
  | "account policy"
  | "never expires"
  | "as it should be";

/** What is to be done with a log group: either a reason to do nothing, or one change or both. */
export interface LogGroupPlan {
  readonly skip?: SkipReason;
  readonly days?: number;
  readonly kmsKey?: string;
}

/** The least number of days that CloudWatch Logs takes and that keeps log events for as long as wanted, from 1 to 3653. */
export function validDays(wanted: number): number {
  return RETENTION_DAYS.find((days) => days >= wanted) ?? RETENTION_DAYS[RETENTION_DAYS.length - 1];
}

/**
 * Makes the rule for single log groups. Retention is raised and never lowered: a log group without any keeps its events for ever, which is more than
 * every number of days, so it is left alone unless `neverExpire` says `set`. A KMS key is added and never replaced.
 */
export function retentionPlan(settings: RetentionSettings): (group: LogGroup) => LogGroupPlan {
  const excluded = settings.exclude.map(glob);
  const overrides = settings.overrides.map(({ logGroup, days }) => ({ matches: glob(logGroup), days }));
  return (group) => {
    const skip = isOutOfBounds(group, excluded);
    if (skip !== undefined) return { skip };
    const override = overrides.find(({ matches }) => matches(group.name));
    const wanted = validDays(override?.days ?? settings.days);
    const raises = group.retentionDays === undefined ? settings.neverExpire === "set" : group.retentionDays < wanted;
    const isOpen = group.kmsKey === undefined && settings.kmsKey !== undefined;
    const days = raises && group.retentionPolicy === undefined ? { days: wanted } : {};
    const kmsKey = isOpen && settings.kmsKey !== undefined ? { kmsKey: settings.kmsKey } : {};
    const plan = { ...days, ...kmsKey };
    return Object.keys(plan).length > 0 ? plan : { skip: whyNot(group) };
  };
}

function isOutOfBounds(
  { name, logClass }: LogGroup,
  excluded: readonly ((name: string) => boolean)[],
): SkipReason | undefined {
  if (excluded.some((matches) => matches(name))) return "excluded";
  // Nobody else can make such names. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
  if (name.startsWith("aws/")) return "managed by AWS";
  // Keeps everything for one day, whatever is set. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html
  return logClass === "DELIVERY" ? "delivery class" : undefined;
}

function whyNot({ retentionDays, retentionPolicy }: LogGroup): SkipReason {
  // What it says then is the policy's retention, and what is put would not hold.
  if (retentionPolicy !== undefined) return "account policy";
  return retentionDays === undefined ? "never expires" : "as it should be";
}
