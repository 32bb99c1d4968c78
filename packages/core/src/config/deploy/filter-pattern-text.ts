import * as z from "zod";
import { compileFilterPattern } from "../../patterns/filter-pattern.ts";
import { messageOf } from "../../platform/errors.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutSubscriptionFilter.html */
const MAX_CHARS = 1024;

/** A filter pattern of CloudWatch Logs, compiled when the configuration is loaded; empty takes all. */
export const FilterPatternText = z
  .string()
  .max(MAX_CHARS)
  .superRefine((text, context) => {
    try {
      compileFilterPattern(text);
    } catch (error) {
      context.addIssue({ code: "custom", message: messageOf(error) });
    }
  });
