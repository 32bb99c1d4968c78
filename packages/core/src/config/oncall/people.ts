import * as z from "zod";
import { refused } from "./refused.ts";
import { Duration, Interval, Name } from "./route.ts";
import { Zone } from "./times.ts";
import { parseWallClock } from "./wall-clock.ts";

const MAX_REPEATS = 9;
const MAX_STEPS = 50;
const UNITS = ["hour", "day", "week"] as const;

const WallClock = z
  .string()
  .superRefine(refused(parseWallClock))
  .describe("date and time in the schedule's zone, such as 2026-11-23T09:00");

/** Somebody who can be told. */
export const Person = z.strictObject({
  name: z.string().min(1).max(128).optional().describe("as messages write it"),
  channels: z.array(Name).min(1).describe("where this person is told, all at once"),
});

const Step = z
  .strictObject({
    wait: Duration.default("0s").describe("how long after the step before"),
    person: Name.optional(),
    schedule: Name.optional().describe("whoever is on call then"),
    channel: Name.optional(),
    during: z
      .array(Name)
      .default([])
      .describe("only in these time intervals; at other times the chain goes on at once"),
  })
  .refine(
    ({ person, schedule, channel }) =>
      [person, schedule, channel].filter((target) => target !== undefined).length === 1,
    "give one of person, schedule and channel",
  );

/** Who is told one after the other, until somebody takes the incident. */
export const EscalationChain = z.strictObject({
  steps: z.array(Step).min(1).max(MAX_STEPS),
  repeat: z
    .int()
    .min(0)
    .max(MAX_REPEATS)
    .default(0)
    .describe("how often the chain is gone through again when nobody has taken it"),
  repeatAfter: Interval.default("15m").describe("how long after the last step"),
});

const Layer = z.strictObject({
  name: z.string().max(64).optional(),
  start: WallClock.describe("the first hand-over, in the schedule's zone: when the first of the people begins"),
  every: z.int().min(1).max(366).default(1).describe("so many units a shift"),
  unit: z.enum(UNITS).default("week"),
  people: z.array(Name).min(1).describe("take turns in this order"),
  during: z.array(Name).default([]).describe("only in these time intervals; at other times the layers before hold"),
});

const Override = z
  .strictObject({
    start: WallClock,
    end: WallClock.describe("not in it"),
    person: Name.describe("is on call instead of all layers"),
  })
  .refine(({ start, end }) => start < end, "ends before it begins");

/** Who is on call when. Clocks going forward or back make a shift shorter or longer; hand-overs stay at the same time of day. */
export const Schedule = z.strictObject({
  zone: Zone.default("UTC"),
  layers: z.array(Layer).min(1).describe("a later layer goes before an earlier one, when it has somebody"),
  overrides: z.array(Override).default([]).describe("a later one goes before an earlier one"),
});

/** Someone who has taken an incident and forgets it is reminded. */
export const Reminder = z.strictObject({
  after: Interval.default("4h").describe("how long after the acknowledgement, and after each reminder"),
  times: z.int().min(0).max(MAX_REPEATS).default(3).describe("how often; 0 for never"),
});

export type EscalationChainConfig = z.output<typeof EscalationChain>;
export type ScheduleConfig = z.output<typeof Schedule>;
