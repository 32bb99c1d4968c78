import * as z from "zod";

/** What goes wrong on a page without its steps failing. */
const PAGE_PROBLEMS = ["console-error", "page-error", "request-failed", "request-refused"] as const;

/** Of these a step fails that would pass; a page may work without its counter of visitors, so none does unless it is named. */
export const FailOn = z
  .array(z.enum(PAGE_PROBLEMS))
  .default([])
  .describe(
    "what fails a step besides its own: console-error (a refused CORS request is one), page-error, request-failed, request-refused",
  );

/** How long something is waited for. */
export const TimeoutMs = z.int().min(1).max(120_000);
