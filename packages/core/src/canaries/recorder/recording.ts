import * as z from "zod";
import { CanaryFailure } from "../failure.ts";

// The format of Chrome DevTools' Recorder, as https://github.com/puppeteer/replay/blob/main/src/Schema.ts describes it. Members that are not known are left
// alone: newer recorders write more of them.

const MAX_TIMEOUT_MS = 30_000;
const Timeout = z.number().min(1).max(MAX_TIMEOUT_MS);

const AssertedEvent = z.object({
  type: z.literal("navigation"),
  url: z.string().optional(),
  title: z.string().optional(),
});

const BASE = {
  timeout: Timeout.optional(),
  assertedEvents: z.array(AssertedEvent).default([]),
  /** `main`, or the URL of a pop-up, or of a frame of another site. */
  target: z.string().default("main"),
};
const IN_FRAME = { ...BASE, frame: z.array(z.int().min(0)).default([]) };
const Selectors = z.array(z.union([z.string(), z.array(z.string()).min(1)])).min(1);
const ON_ELEMENT = { ...IN_FRAME, selectors: Selectors };
const POINTER = {
  ...ON_ELEMENT,
  deviceType: z.enum(["mouse", "pen", "touch"]).default("mouse"),
  button: z.enum(["primary", "auxiliary", "secondary", "back", "forward"]).default("primary"),
  offsetX: z.number(),
  offsetY: z.number(),
};
const Bps = z.number();

const Step = z.discriminatedUnion("type", [
  z.object({
    ...BASE,
    type: z.literal("setViewport"),
    width: z.number().min(1),
    height: z.number().min(1),
    deviceScaleFactor: z.number().min(0),
    isMobile: z.boolean(),
    hasTouch: z.boolean(),
    isLandscape: z.boolean(),
  }),
  z.object({ ...BASE, type: z.literal("navigate"), url: z.string() }),
  z.object({ ...POINTER, type: z.literal("click"), duration: z.number().min(0).optional() }),
  z.object({ ...POINTER, type: z.literal("doubleClick") }),
  z.object({ ...ON_ELEMENT, type: z.literal("hover") }),
  z.object({ ...ON_ELEMENT, type: z.literal("change"), value: z.string() }),
  z.object({ ...BASE, type: z.literal("keyDown"), key: z.string() }),
  z.object({ ...BASE, type: z.literal("keyUp"), key: z.string() }),
  z.object({
    ...IN_FRAME,
    type: z.literal("scroll"),
    selectors: Selectors.optional(),
    x: z.number().default(0),
    y: z.number().default(0),
  }),
  z.object({ ...BASE, type: z.literal("close") }),
  z.object({ ...BASE, type: z.literal("emulateNetworkConditions"), download: Bps, upload: Bps, latency: z.number() }),
  z.object({
    ...ON_ELEMENT,
    type: z.literal("waitForElement"),
    operator: z.enum([">=", "==", "<="]).optional(),
    count: z.int().min(0).default(1),
    visible: z.boolean().optional(),
    properties: z.record(z.string(), z.unknown()).default({}),
    attributes: z.record(z.string(), z.string()).default({}),
  }),
  z.object({ ...IN_FRAME, type: z.literal("waitForExpression"), expression: z.string() }),
  z.object({ ...IN_FRAME, type: z.literal("customStep"), name: z.string(), parameters: z.unknown() }),
]);

const UserFlow = z.object({ title: z.string(), timeout: Timeout.optional(), steps: z.array(Step) });

/** What a person did, as it was recorded. */
export type UserFlow = z.output<typeof UserFlow>;
/** One thing that they did, or that is checked. */
export type RecordedStep = z.output<typeof Step>;
/** One step of a type. */
export type StepOf<T extends RecordedStep["type"]> = Extract<RecordedStep, { readonly type: T }>;

/** Reads a recording. Raises CanaryFailure of class `canary` for what is none, naming the step that is wrong. */
export function parseRecording(text: string, from: string): UserFlow {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (thrown) {
    throw new CanaryFailure("canary", `${from} is not JSON: export the recording as a JSON file`, { cause: thrown });
  }
  const parsed = UserFlow.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const [part, index, ...member] = issue?.path ?? [];
  const where =
    part === "steps" && typeof index === "number" ? `step ${index + 1} ${member.join(".")}` : String(part ?? "");
  throw new CanaryFailure("canary", `${from} is no recording of Chrome's: ${where.trim()}: ${issue?.message}`);
}
