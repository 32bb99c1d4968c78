import * as z from "zod";
import { COMMON } from "./common.ts";
import { HTTP_STEP } from "./http-step.ts";
import { Template } from "./template.ts";

const ApiStep = z.strictObject({
  ...HTTP_STEP,
  always: z.boolean().default(false).describe("is done though an earlier step failed: it takes back what they made"),
});

/** Calls an API, step by step: creates, reads, changes, deletes. What a step's answer says can be used by the next. */
export const Api = z.strictObject({
  ...COMMON,
  kind: z.literal("api"),
  variables: z.record(z.string().regex(/^[A-Za-z]\w*$/), Template).default({}),
  continueOnFailure: z.boolean().default(false).describe("the steps after one that failed are done, too"),
  steps: z.array(ApiStep).min(1).max(100),
});
