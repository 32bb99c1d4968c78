import type * as z from "zod";
import { BelfryError } from "../../platform/errors.ts";

/** Makes a check of what a reader of configured values raises: its sentence becomes the problem. Anything but a BelfryError passes through. */
export function refused<T>(read: (value: T) => unknown): (value: T, context: z.RefinementCtx) => void {
  return (value, context) => {
    try {
      read(value);
    } catch (error) {
      if (!(error instanceof BelfryError)) throw error;
      context.addIssue({ code: "custom", message: error.message });
    }
  };
}
