import * as z from "zod";
import { EventPattern } from "../event-pattern-object.ts";
import { parseDuration } from "./duration.ts";
import { parseMatchers } from "./label-matcher.ts";
import { refused } from "./refused.ts";
import { wholeTextExpression } from "./regular-expression.ts";

/** A duration as Prometheus writes it. */
export const Duration = z.string().superRefine(refused(parseDuration));

/** A duration that is more than nothing: what comes again without end must not come at once. */
export const Interval = Duration.refine((text) => parseDuration(text) > 0, "must be longer than nothing");

/** The name of a receiver, a time interval, a chain, a schedule, a person or a channel. */
export const Name = z
  .string()
  .regex(/^\S(?:.{0,62}\S)?$/, "a name is up to 64 characters, the first and the last no space");

/** One or several matchers of labels in a text, refused with the reason when the configuration is loaded. */
export const Matchers = z.array(
  z.string().superRefine(
    refused((text) => {
      for (const { operator, value } of parseMatchers(text)) if (operator.endsWith("~")) wholeTextExpression(value);
    }),
  ),
);

const Flapping = z.strictObject({
  changes: z.int().min(2).max(50).default(5).describe("so many changes between firing and resolved…"),
  within: Interval.default("30m").describe(
    "…in so much time are told once, and no more until it has been quiet as long",
  ),
});

/**
 * A node of the routing tree. What it does not say it has from the node above, except `muteTimeIntervals`, `activeTimeIntervals` and `continue`.
 * https://prometheus.io/docs/alerting/latest/configuration/#route
 */
export const Route = z.strictObject({
  matchers: Matchers.default([]).describe(
    'labels, all of which must match: severity="critical", env=~"prod.*"; on the topmost route none',
  ),
  pattern: EventPattern.optional().describe(
    "an EventBridge event pattern that the source's own event must match besides",
  ),
  receiver: Name.optional().describe("who is told"),
  continue: z.boolean().default(false).describe("try the routes after this one too"),
  groupBy: z
    .array(z.string().min(1))
    .optional()
    .describe('labels whose values make a group, which is told of in one message; "..." for all labels'),
  groupWait: Duration.optional().describe("how long a new group waits for more alerts (default: 30s)"),
  groupInterval: Interval.optional().describe("how long before a change of a group is told (default: 5m)"),
  repeatInterval: Interval.optional().describe("how long before what still fires is told again (default: 4h)"),
  muteTimeIntervals: z.array(Name).default([]).describe("time intervals in which nobody is told"),
  activeTimeIntervals: z
    .array(Name)
    .default([])
    .describe("the only time intervals in which somebody is told; always when empty"),
  unknown: z
    .enum(["ignore", "breaching", "notBreaching"])
    .optional()
    .describe(
      "what a source that cannot tell means, such as an alarm with INSUFFICIENT_DATA: nothing, that it fires, or that it is over (default: ignore)",
    ),
  flapping: z
    .union([z.literal(false), Flapping])
    .optional()
    .describe("when an alert comes and goes too often; false never says so (default: 5 changes in 30m)"),
  get routes(): z.ZodDefault<z.ZodArray<typeof Route>> {
    return z.array(Route).default([]);
  },
});

/** A node of the routing tree, with its defaults. */
export type RouteConfig = z.output<typeof Route>;
