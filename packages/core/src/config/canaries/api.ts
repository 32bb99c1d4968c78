import * as z from "zod";
import { COMMON } from "./common.ts";
import { Template } from "./template.ts";

/** Calls an API, step by step; what a step's answer says can be used by the next. */
export const Api = z.strictObject({
  ...COMMON,
  kind: z.literal("api"),
  steps: z.array(z.strictObject({ name: z.string(), url: Template })).min(1),
});

/** An API canary's configuration. */
export type ApiConfig = z.output<typeof Api>;
