import * as z from "zod";
import { distinct } from "./distinct.ts";
import { FilterPatternText } from "./filter-pattern-text.ts";
import { LogGroupName } from "./names.ts";

/** The archive in S3: what it holds, how it is written, how long it is kept. */
export const Archive = z.strictObject({
  format: z
    .enum(["ndjson", "parquet"])
    .default("ndjson")
    .describe("parquet: converted by Firehose, for an extra price"),
  bufferMiB: z.int().min(64).max(128).default(64).describe("an object is written at this size,"),
  bufferSeconds: z.int().min(60).max(900).default(300).describe("or at this age"),
  infrequentAfterDays: z
    .int()
    .min(30)
    .max(3653)
    .optional()
    .describe("moved to S3 Glacier Instant Retrieval after these days"),
  expireAfterDays: z.int().min(1).max(36_530).default(365),
  quarantineDays: z.int().min(1).max(3653).default(90).describe("what was quarantined, and batches that failed"),
  athena: z.boolean().default(true).describe("a Glue table and an Athena workgroup over the archive"),
  direct: z
    .strictObject({
      logGroups: z.array(LogGroupName).superRefine(distinct).default([]).describe("subscribed to it"),
      filterPattern: FilterPatternText.default(""),
    })
    .optional()
    .describe(
      "a second delivery stream whose records a function transforms, for log groups that go to S3 without routes and other sinks",
    ),
});
