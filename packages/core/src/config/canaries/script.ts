import * as z from "zod";
import { COMMON } from "./common.ts";
import { Template } from "./template.ts";

/** Runs a module of the user's own. */
export const Script = z.strictObject({
  ...COMMON,
  kind: z.literal("script"),
  entry: z
    .string()
    .min(1)
    .describe(
      "a TypeScript or JavaScript module that exports `canary`, by path from the configuration; with the back end synthetics, a Python one too",
    ),
  variables: z
    .record(z.string().regex(/^[A-Za-z]\w*$/), Template)
    .default({})
    .describe("what the script is given as variables: the same script for staging and production"),
  browser: z.boolean().default(true).describe("false: it needs no page, and runs where there is no browser"),
});

/** A script canary's configuration. */
export type ScriptConfig = z.output<typeof Script>;
