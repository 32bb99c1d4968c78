import * as z from "zod";
import { distinct } from "./distinct.ts";
import { FilterPatternText } from "./filter-pattern-text.ts";
import { BucketName, LogGroupName } from "./names.ts";

/** How logs come in: the stream, its consumer, and what is subscribed. */
export const Ingest = z.strictObject({
  buffer: z
    .enum(["none", "provisioned", "on-demand"])
    .optional()
    .describe(
      "the Kinesis stream before the function; without one CloudWatch Logs invokes the function itself (default: none in one region and account, else on-demand)",
    ),
  shards: z
    .int()
    .min(1)
    .max(1000)
    .default(1)
    .describe("of a provisioned stream; each takes 1 MiB and 1,000 records a second"),
  streamRetentionHours: z.int().min(24).max(8760).default(48).describe("longer than maxRecordAgeSeconds"),
  batchSize: z.int().min(1).max(10_000).default(500),
  batchingWindowSeconds: z.int().min(0).max(300).default(5),
  parallelization: z.int().min(1).max(10).default(2).describe("batches of one shard that are worked on at once"),
  maxAttempts: z
    .int()
    .min(0)
    .max(10_000)
    .default(5)
    .describe("retries of a batch before it goes to the failures' bucket"),
  maxRecordAgeSeconds: z
    .int()
    .min(60)
    .max(604_800)
    .default(21_600)
    .describe("older records go to the failures' bucket"),
  memoryMiB: z.int().min(256).max(10_240).default(1024).describe("of the functions that take in logs"),
  timeoutSeconds: z.int().min(10).max(900).default(120),
  subscribe: z
    .enum(["account", "log-groups", "none"])
    .default("account")
    .describe("all log groups of the account by its one account-level policy, or single log groups"),
  logGroups: z.array(LogGroupName).superRefine(distinct).default([]).describe("for subscribe: log-groups"),
  exclude: z
    .array(LogGroupName)
    .superRefine(distinct)
    .default([])
    .describe("exact names that the account-level policy leaves out, besides Belfry's own"),
  filterPattern: FilterPatternText.default("").describe("CloudWatch Logs filter pattern; empty takes all"),
  buckets: z
    .array(BucketName)
    .superRefine(distinct)
    .default([])
    .describe("S3 buckets whose new objects are read, such as those of load balancers' logs"),
  process: z
    .strictObject({
      logGroups: z
        .array(LogGroupName)
        .superRefine(distinct)
        .default([])
        .describe("subscribed to the function of process.entry"),
      filterPattern: FilterPatternText.default(""),
      fromStream: z.boolean().default(false).describe("it reads the stream, beside Belfry's own function"),
    })
    .prefault({})
    .describe("what your own function (process.entry) gets"),
});
