import * as z from "zod";
import { COMMON } from "./common.ts";
import { FailOn, TimeoutMs } from "./page-expectations.ts";
import { Template } from "./template.ts";

const Status = z.union([
  z.int().min(100).max(599),
  z.string().regex(/^[1-5]\d\d-[1-5]\d\d$/, "expected a range such as 200-299"),
]);

// A page that answers 200 and says that it is broken passes in CloudWatch's heartbeat; these are what finds it.
const EXPECTATIONS = {
  status: z.array(Status).min(1).optional().describe("statuses, or ranges of them; 200-299 unless given"),
  text: Template.optional().describe("a text that the page, or the answer, must have"),
  selector: z.string().min(1).optional().describe("an element that the page must show; needs the browser"),
};

const Target = z.strictObject({
  ...EXPECTATIONS,
  url: Template,
  name: z.string().min(1).max(255).optional().describe("of the step; the URL unless given"),
});

/** Loads pages and looks whether they answer with a status of 200 to 299, and say what they should. */
export const Heartbeat = z.strictObject({
  ...COMMON,
  ...EXPECTATIONS,
  kind: z.literal("heartbeat"),
  urls: z
    .array(z.union([Template, Target]))
    .min(1)
    .max(50)
    .describe("each is a step; what it expects itself goes before what all do"),
  browser: z.boolean().default(true).describe("false: one request for each, without a browser"),
  until: z.enum(["load", "domcontentloaded"]).default("load").describe("what of a page is waited for"),
  stepTimeoutMs: TimeoutMs.default(30_000),
  phases: z
    .boolean()
    .default(true)
    .describe("asks once more, outside the browser, for the times of DNS, TCP, TLS and the first byte"),
  failOn: FailOn,
});

/** A heartbeat's configuration. */
export type HeartbeatConfig = z.output<typeof Heartbeat>;
