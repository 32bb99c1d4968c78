import * as z from "zod";
import { COMMON } from "./common.ts";

/** Plays a recording of Chrome DevTools' Recorder. https://developer.chrome.com/docs/devtools/recorder/reference */
export const Recording = z.strictObject({
  ...COMMON,
  kind: z.literal("recording"),
  file: z.string().min(1).describe("the recording's JSON, by path from the configuration"),
});

/** A recording canary's configuration. */
export type RecordingConfig = z.output<typeof Recording>;
