import * as z from "zod";
import { compilePattern } from "../patterns/event-pattern.ts";
import { InvalidPatternError } from "../patterns/invalid-pattern-error.ts";

/** An event pattern as an object, refused with EventBridge's reason when the configuration is loaded. */
export const EventPattern = z.record(z.string(), z.unknown()).superRefine((pattern, context) => {
  try {
    compilePattern(pattern);
  } catch (error) {
    if (!(error instanceof InvalidPatternError)) throw error;
    context.addIssue({ code: "custom", message: `not an event pattern: ${error.reason}` });
  }
});
