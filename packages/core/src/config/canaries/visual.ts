import * as z from "zod";
import { COMMON } from "./common.ts";
import { Template } from "./template.ts";

/** Compares pictures of pages with those that were approved. */
export const Visual = z.strictObject({
  ...COMMON,
  kind: z.literal("visual"),
  urls: z.array(Template).min(1).max(50).describe("each is a step, and has a baseline of its own"),
});

/** A visual canary's configuration. */
export type VisualConfig = z.output<typeof Visual>;
