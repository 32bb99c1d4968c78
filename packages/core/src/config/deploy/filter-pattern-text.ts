import * as z from "zod";
import { compileFilterPattern } from "../../patterns/filter-pattern.ts";
import { messageOf } from "../../platform/errors.ts";

/** A filter pattern of CloudWatch Logs, compiled when the configuration is loaded; empty takes all. */
export const FilterPatternText = z.string().superRefine((text, context) => {
  try {
    compileFilterPattern(text);
  } catch (error) {
    context.addIssue({ code: "custom", message: messageOf(error) });
  }
});
