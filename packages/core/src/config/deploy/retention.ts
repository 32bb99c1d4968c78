import * as z from "zod";

const Glob = z.string().min(1).max(512).describe("a log group's name in which * stands for any characters");

const Days = z
  .int()
  .min(1)
  .max(3653)
  .describe("days to keep log events; rounded up to the next number that CloudWatch Logs takes");

/** Retention and encryption of log groups that exist already, whoever made them. */
export const Retention = z.strictObject({
  enabled: z
    .boolean()
    .default(false)
    .describe("look through all log groups every day; see docs/export-and-retention.md"),
  days: Days.default(30),
  overrides: z
    .array(z.strictObject({ logGroup: Glob, days: Days }))
    .default([])
    .describe("other days for some log groups; the first that matches holds"),
  neverExpire: z
    .enum(["keep", "set"])
    .default("keep")
    .describe(
      "log groups without retention keep everything for ever; `set` gives them one too, which in time deletes what is older",
    ),
  kmsKey: z
    .string()
    .regex(/^arn:[^:]+:kms:[^:]+:\d{12}:key\/[\w-]+$/, "a key is given by its ARN: arn:aws:kms:…:key/…")
    .optional()
    .describe("KMS key for log groups that have none; one that they have is never replaced"),
  exclude: z.array(Glob).default([]).describe("log groups that are left as they are"),
  dryRun: z.boolean().default(false).describe("only say what would be changed"),
});

/** What the enforcement of retention reads of the configuration. */
export type RetentionSettings = z.output<typeof Retention>;
