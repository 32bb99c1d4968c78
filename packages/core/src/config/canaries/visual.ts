import * as z from "zod";
import { COMMON } from "./common.ts";
import { TimeoutMs } from "./page-expectations.ts";
import { Template } from "./template.ts";

// AWS's own form and bound. https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_BaseScreenshot.html
const COORDINATES = /^(-?\d{1,5}\.?\d{0,2},){3}(-?\d{1,5}\.?\d{0,2}){1}$/;
const MAX_AREAS = 20;

const Ignore = z.strictObject({
  selectors: z.array(z.string().min(1)).default([]).describe("elements that are covered in the pictures"),
  areas: z
    .array(z.string().regex(COORDINATES, "expected four numbers such as 0,0,300,120"))
    .max(MAX_AREAS)
    .default([])
    .describe("rectangles of the picture in CloudWatch's form x1,y1,x2,y2: two opposite corners, in pixels"),
});

const Count = z.int().min(0).max(100_000_000);

/** Each is a bound of its own: a picture changed when one of them is passed. */
const LIMITS = {
  maxPixels: Count.describe("changed pixels in the whole picture"),
  maxClusterPixels: Count.describe("changed pixels that are close together: a letter, a button"),
  clusterDistance: z.int().min(1).max(200).describe("changed pixels so near to each other are one cluster"),
  windowSize: z.int().min(2).max(1000).describe("width and height of a window that is moved over the picture"),
  maxInWindow: Count.describe("changed pixels within the window, wherever it stands"),
  maxPercent: z.number().min(0).max(100).describe("changed pixels in percent, as CloudWatch compares"),
};

const Limits = z.strictObject({
  maxPixels: LIMITS.maxPixels.default(50),
  maxClusterPixels: LIMITS.maxClusterPixels.default(25),
  clusterDistance: LIMITS.clusterDistance.default(10),
  windowSize: LIMITS.windowSize.default(64),
  maxInWindow: LIMITS.maxInWindow.default(25),
  maxPercent: LIMITS.maxPercent.optional(),
});

/** What a picture is of, and how it is compared. A URL's own members go before those of the canary. */
const PICTURE = {
  fullPage: z.boolean().optional().describe("all of the page, not only what the viewport shows"),
  selector: z.string().min(1).optional().describe("only this element"),
  waitFor: z.string().min(1).optional().describe("an element that must be visible before the picture is taken"),
  threshold: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe("how far a pixel's colour may be off, 0 to 1; 0.1 unless given"),
  antialiasing: z.boolean().optional().describe("true: pixels that only smooth an edge otherwise count, too"),
};

const Viewport = z.strictObject({
  width: z.int().min(200).max(7680),
  height: z.int().min(200).max(4320),
});

const Target = z.strictObject({
  ...PICTURE,
  url: Template,
  name: z.string().min(1).max(255).optional().describe("of the step and of its baseline; the URL unless given"),
  viewport: Viewport.optional().describe("another one than the canary's"),
  ignore: Ignore.optional().describe("besides what the canary ignores"),
  limits: z.strictObject(LIMITS).partial().optional().describe("in place of the canary's"),
});

/** Compares pictures of pages with those that were approved. */
export const Visual = z.strictObject({
  ...COMMON,
  ...PICTURE,
  kind: z.literal("visual"),
  urls: z
    .array(z.union([Template, Target]))
    .min(1)
    .max(50)
    .describe("each is a step, and has a baseline of its own"),
  ignore: Ignore.prefault({}),
  limits: Limits.prefault({}),
  failOnVariance: z.boolean().default(true).describe("false: a picture that changed is reported, and passes"),
  withoutBaseline: z
    .enum(["pass", "fail"])
    .default("pass")
    .describe("pass: the first picture is what later ones are compared with until one is approved; fail: until then"),
  until: z.enum(["load", "domcontentloaded"]).default("load").describe("what of a page is waited for"),
  settleMs: z.int().min(0).max(30_000).default(3000).describe("how long a page may take to stop changing"),
  stepTimeoutMs: TimeoutMs.default(30_000),
});

/** When a picture counts as changed. */
export type VisualLimits = z.output<typeof Limits>;
/** A visual canary's configuration. */
export type VisualConfig = z.output<typeof Visual>;
