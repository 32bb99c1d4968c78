import * as z from "zod";
import { COMMON } from "./common.ts";
import { Template } from "./template.ts";

/** Does what a person would on a page, step by step, without code. */
export const Workflow = z.strictObject({
  ...COMMON,
  kind: z.literal("workflow"),
  url: Template,
  steps: z.array(z.record(z.string(), z.unknown())).min(1),
});

/** A workflow's configuration. */
export type WorkflowConfig = z.output<typeof Workflow>;
