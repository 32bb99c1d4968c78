import * as z from "zod";
import { Corrections } from "./corrections.ts";
import { EscalationChain, Person, Reminder, Schedule } from "./people.ts";
import { unknownNames } from "./references.ts";
import { Matchers, Name, Route } from "./route.ts";
import { TimeInterval } from "./times.ts";

const Receiver = z.strictObject({
  channels: z.array(Name).default([]).describe("channels that are told, all at once"),
  sendResolved: z.boolean().default(true).describe("tell them when it is over, too"),
  escalation: Name.optional().describe("the chain of people who are told until somebody takes it"),
  reminder: Reminder.prefault({}),
});

const InhibitRule = z.strictObject({
  sourceMatchers: Matchers.min(1).describe("alerts that, while they fire…"),
  targetMatchers: Matchers.min(1).describe("…keep quiet about these"),
  equal: z
    .array(z.string().min(1))
    .default([])
    .describe("labels that both must have alike; a label that neither has is alike"),
});

/** On call: who is told of which alerts, when, and how often. Times of Alertmanager's have its names; see docs/on-call.md. */
export const OnCall = z
  .strictObject({
    include: z
      .array(z.string().min(1))
      .default([])
      .describe(
        "YAML files, by path from the configuration, with receivers, timeIntervals, people, escalations and schedules",
      ),
    mode: z
      .enum(["belfry", "alertmanager"])
      .default("belfry")
      .describe(
        "alertmanager: its own rules exactly; belfry: the end always reaches channels that hold a state, and repeats come at their own time",
      ),
    route: Route.prefault({ receiver: "default", groupBy: ["source", "account", "region", "service"] }).describe(
      "the topmost route takes every alert",
    ),
    receivers: z.record(Name, Receiver).default({
      default: { channels: ["inbox"], sendResolved: true, reminder: { after: "4h", times: 3 } },
    }),
    inhibitRules: z.array(InhibitRule).default([]),
    timeIntervals: z
      .record(Name, z.array(TimeInterval).min(1))
      .default({})
      .describe("by name; a list holds when one of it does"),
    people: z.record(Name, Person).default({}),
    escalations: z.record(Name, EscalationChain).default({}),
    schedules: z.record(Name, Schedule).default({}),
    corrections: Corrections,
  })
  .superRefine((onCall, context) => {
    for (const { path, message } of unknownNames(onCall)) {
      context.addIssue({ code: "custom", path: [...path], message });
    }
  });

/** The section with its defaults. */
export type OnCallConfig = z.output<typeof OnCall>;
/** The section as users write it. */
export type OnCallInput = z.input<typeof OnCall>;
export type InhibitRuleConfig = z.output<typeof InhibitRule>;
