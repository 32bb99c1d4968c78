import type { ExportSettings } from "../config/deploy/export.ts";
import { glob } from "../config/glob.ts";
import type { LogGroup } from "../platform/logs-client.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A log group takes events up to 14 days old, so a new one may hold what is older than itself. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const MAX_EVENT_AGE_MS = 14 * DAY_MS;

/** The longest name of an export task. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateExportTask.html */
const MAX_NAME_LENGTH = 512;

/** A time range of one log group, epoch milliseconds: `fromMs` is in it, `toMs` is not. */
export interface ExportWindow {
  readonly logGroup: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Makes the test for the log groups that are exported. Those of the Delivery class hold nothing that could be. */
export function exportSelection(settings: ExportSettings): (group: LogGroup) => boolean {
  const included = settings.logGroups.map(glob);
  const excluded = settings.exclude.map(glob);
  return ({ name, logClass }) =>
    logClass !== "DELIVERY" && included.some((matches) => matches(name)) && !excluded.some((matches) => matches(name));
}

/**
 * The window to export next, or undefined when it is not old enough yet. It begins where the last one ended and ends at a multiple of the window's
 * length (midnight UTC for days), and after the log group's creation, as CreateExportTask wants: the first one may be longer for that.
 */
export function nextWindow(
  group: LogGroup,
  exportedToMs: number | undefined,
  settings: ExportSettings,
  nowMs: number,
): ExportWindow | undefined {
  const lengthMs = settings.windowHours * HOUR_MS;
  const fromMs = exportedToMs ?? firstMs(group, settings, nowMs);
  const toMs = (Math.floor(Math.max(fromMs, group.createdMs) / lengthMs) + 1) * lengthMs;
  return toMs <= nowMs - settings.lagHours * HOUR_MS ? { logGroup: group.name, fromMs, toMs } : undefined;
}

/** Where the export of a log group begins: with the oldest event that it can hold, or with `startAt`; rounded down to a window's start. */
export function firstMs(group: LogGroup, settings: ExportSettings, nowMs: number): number {
  const lengthMs = settings.windowHours * HOUR_MS;
  const keptMs = group.retentionDays === undefined ? 0 : nowMs - group.retentionDays * DAY_MS;
  const startMs = settings.startAt === undefined ? 0 : Date.parse(settings.startAt);
  const oldestMs = Math.max(startMs, group.createdMs - MAX_EVENT_AGE_MS, keptMs, 0);
  return Math.floor(oldestMs / lengthMs) * lengthMs;
}

/** The name by which a task is found again: the time of its intent makes it unique. A log group's name that is too long loses its beginning. */
export function exportTaskName({ logGroup, fromMs, toMs }: ExportWindow, intendedMs: number): string {
  const head = `belfry-export ${iso(intendedMs)} ${iso(fromMs)} ${iso(toMs)} `;
  return head + logGroup.slice(-(MAX_NAME_LENGTH - head.length));
}

/**
 * What the keys of a window begin with: `exports/region=eu-west-1/log_group=!aws!lambda!orders/from=2026-11-20T00-00Z/to=2026-11-21T00-00Z`. The service
 * appends the task's id, so a window that was exported twice has two folders there.
 */
export function exportPrefix(prefix: string, region: string, { logGroup, fromMs, toMs }: ExportWindow): string {
  return `${prefix}region=${region}/log_group=${folderName(logGroup)}/from=${minute(fromMs)}/to=${minute(toMs)}`;
}

/** Log groups' names have slashes and number signs; both become one character that S3 calls safe and no log group has. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
function folderName(logGroup: string): string {
  return logGroup.replaceAll("/", "!").replaceAll("#", "*");
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

function minute(timeMs: number): string {
  return `${iso(timeMs).slice(0, 16).replace(":", "-")}Z`;
}
