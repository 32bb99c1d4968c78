import * as z from "zod";
import { COMMON } from "./common.ts";
import { FailOn, TimeoutMs } from "./page-expectations.ts";

const Origin = z
  .url({ protocol: /^https?$/ })
  .refine(
    (url) => URL.parse(url)?.origin === url.replace(/\/$/, ""),
    "expected an origin, such as https://example.com",
  );

/** Plays a recording of Chrome DevTools' Recorder. https://developer.chrome.com/docs/devtools/recorder/reference */
export const Recording = z.strictObject({
  ...COMMON,
  kind: z.literal("recording"),
  file: z
    .string()
    .min(1)
    .describe("the recording's JSON, by path from the configuration; ${secret:name} in its values is filled in"),
  origins: z
    .record(Origin, Origin)
    .default({})
    .describe("origins that are played elsewhere than they were recorded: production's recording on staging"),
  stepTimeoutMs: TimeoutMs.default(10_000).describe("where neither the recording nor its step has a timeout"),
  failOn: FailOn,
});

/** A recording canary's configuration. */
export type RecordingConfig = z.output<typeof Recording>;
