import * as z from "zod";
import { COMMON } from "./common.ts";
import { Template } from "./template.ts";

/** Loads pages and looks whether they answer with a status of 200 to 299, and say what they should. */
export const Heartbeat = z.strictObject({
  ...COMMON,
  kind: z.literal("heartbeat"),
  urls: z.array(Template).min(1).max(50).describe("each is a step"),
  browser: z.boolean().default(true).describe("false: one request for each, without a browser"),
  text: Template.optional().describe("a text that each page, or answer, must have"),
});

/** A heartbeat's configuration. */
export type HeartbeatConfig = z.output<typeof Heartbeat>;
