import * as z from "zod";
import { BucketName } from "./names.ts";

const Glob = z.string().min(1).max(512).describe("a log group's name in which * stands for any characters");

/**
 * The export of whole log groups to S3 by CreateExportTask. Log data can take 12 hours to become available for export, and a task is ended after
 * 24 hours: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3Export.html
 */
export const Export = z.strictObject({
  enabled: z
    .boolean()
    .default(false)
    .describe("export log groups to S3, window by window; see docs/export-and-retention.md"),
  logGroups: z.array(Glob).default([]).describe("the log groups to export"),
  exclude: z.array(Glob).default([]).describe("log groups to leave out of those"),
  bucket: BucketName.optional().describe(
    "a bucket of your own in the same region (default: the archive's export bucket)",
  ),
  prefix: z
    .string()
    .regex(/^([\w!.*'()-]+\/)*$/, "a prefix is folders, each ended by a slash")
    .max(128)
    .default("exports/")
    .describe("what all keys begin with"),
  windowHours: z
    .int()
    .min(1)
    .max(168)
    .default(24)
    .describe("length of the time range of one task; make it shorter where tasks take 24 hours and are ended"),
  lagHours: z
    .int()
    .min(12)
    .max(336)
    .default(12)
    .describe("age at which a window is exported: what is written to CloudWatch Logs later than that is not in it"),
  startAt: z.iso
    .datetime("a time is written as in 2026-01-01T00:00:00Z")
    .optional()
    .describe("exports nothing older than this, such as 2026-01-01T00:00:00Z (default: all that a log group holds)"),
  maxAttempts: z
    .int()
    .min(1)
    .max(10)
    .default(3)
    .describe("tries of a window in one run; then it is reported, and tried again by the next run"),
});

/** What the export reads of the configuration. */
export type ExportSettings = z.output<typeof Export>;
