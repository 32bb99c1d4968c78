import * as z from "zod";
import { COMMON } from "./common.ts";
import { FailOn, TimeoutMs } from "./page-expectations.ts";
import { Template } from "./template.ts";

const Selector = z
  .string()
  .min(1)
  .describe(
    'CSS, or one of Playwright\'s: text=…, role=button[name="Buy"], xpath=…; https://playwright.dev/docs/other-locators',
  );

const BASE = {
  name: z.string().min(1).max(255).optional().describe("of the step; what it does, unless given"),
  timeoutMs: TimeoutMs.optional().describe("how long it waits for what it needs; stepTimeoutMs unless given"),
};

const State = z.enum(["visible", "hidden", "attached", "detached"]);

const Step = z.discriminatedUnion("action", [
  z.strictObject({ ...BASE, action: z.literal("goto"), url: Template.describe("may be relative to the canary's") }),
  z.strictObject({ ...BASE, action: z.literal("click"), selector: Selector, double: z.boolean().default(false) }),
  z.strictObject({
    ...BASE,
    action: z.literal("fill"),
    selector: Selector,
    value: Template.describe("${secret:name} is typed, and covered in pictures"),
  }),
  z.strictObject({
    ...BASE,
    action: z.literal("select"),
    selector: Selector,
    value: Template.describe("an option's value or label"),
  }),
  z.strictObject({
    ...BASE,
    action: z.literal("press"),
    key: z
      .string()
      .min(1)
      .describe("such as Enter or Control+A; https://playwright.dev/docs/api/class-keyboard#keyboard-press"),
    selector: Selector.optional().describe("what has the focus, unless given"),
  }),
  z.strictObject({ ...BASE, action: z.literal("hover"), selector: Selector }),
  z.strictObject({ ...BASE, action: z.literal("waitFor"), selector: Selector, state: State.default("visible") }),
  z.strictObject({
    ...BASE,
    action: z.literal("expectText"),
    text: Template,
    selector: Selector.optional().describe("where; anywhere on the page, unless given"),
    absent: z.boolean().default(false).describe("it must not be there"),
  }),
  z.strictObject({
    ...BASE,
    action: z.literal("expectSelector"),
    selector: Selector,
    state: State.default("visible"),
    count: z.int().min(0).optional().describe("so many, and neither more nor less"),
  }),
  z.strictObject({ ...BASE, action: z.literal("expectUrl"), url: Template.describe("* stands for any characters") }),
  z.strictObject({
    ...BASE,
    action: z.literal("expectTitle"),
    title: Template.describe("* stands for any characters"),
  }),
  z.strictObject({
    ...BASE,
    action: z.literal("screenshot"),
    file: z
      .string()
      .regex(/^[\w.-]{1,100}$/)
      .describe("what it is called, without .png"),
    fullPage: z.boolean().default(false),
    mask: z.array(Selector).default([]).describe("what is covered"),
  }),
]);

/** Does what a person would on a page, step by step, without code. */
export const Workflow = z.strictObject({
  ...COMMON,
  kind: z.literal("workflow"),
  url: Template.describe("where it begins"),
  steps: z.array(Step).min(1).max(200),
  stepTimeoutMs: TimeoutMs.default(10_000),
  failOn: FailOn,
});

/** A workflow's configuration. */
export type WorkflowConfig = z.output<typeof Workflow>;
/** One step of a workflow. */
export type WorkflowStep = z.output<typeof Step>;
