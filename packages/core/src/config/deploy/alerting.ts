import * as z from "zod";
import { EventPattern } from "../event-pattern-object.ts";
import { refused } from "../oncall/refused.ts";
import { parseSchedule } from "../schedules/schedule-expression.ts";
import { distinct } from "./distinct.ts";

/**
 * What of the Belfry bus becomes alerts, unless the configuration says otherwise: what says that something is wrong, or is well again. Left out are what happens all day
 * where all is well (objects, schedules, instances that Auto Scaling ends, Spot Instances that are taken back) and events of one's own.
 */
export const DEFAULT_ALERTS = {
  $or: [
    {
      source: [
        "aws.acm",
        "aws.autoscaling",
        "aws.ce",
        "aws.cloudwatch",
        "aws.codebuild",
        "aws.codepipeline",
        "aws.ecs",
        "aws.guardduty",
        "aws.health",
        "aws.rds",
        "aws.securityhub",
        "aws.states",
        "aws.synthetics",
        "aws.trustedadvisor",
        "belfry.canary",
      ],
    },
    {
      source: ["aws.ec2"],
      "detail-type": ["EC2 Instance State-change Notification"],
      detail: { state: ["running", "stopping", "stopped"] },
    },
    { "detail-type": ["AWS API Call via CloudTrail", "AWS Console Sign In via CloudTrail"] },
  ],
} as const;

const HealthBackFill = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe("fetch what no rule brought; without a Business support plan or higher it quietly does nothing"),
  schedule: z.string().superRefine(refused(parseSchedule)).default("rate(1 hour)"),
  lookBackHours: z.int().min(1).max(2160).default(24).describe("events that were updated since then"),
  organization: z
    .boolean()
    .default(false)
    .describe("of all accounts: in the management account, or in a delegated administrator of AWS Health"),
});

const Respond = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe("a public address for buttons and links; each request must be signed. Without it messages have neither"),
  concurrency: z
    .int()
    .min(0)
    .max(100)
    .default(5)
    .describe(
      "requests at a time, taken off the account's concurrency so that strangers cannot use it up; 0 reserves nothing, for accounts whose limit is too low",
    ),
});

/** Alerting: what becomes alerts, and the functions that tell people. Who is told stands in `channels` and `oncall`. */
export const Alerting = z.strictObject({
  enabled: z.boolean().default(true),
  pattern: EventPattern.optional().describe(
    "what of the Belfry bus is offered to alerting; without one, what docs/alerting.md lists",
  ),
  alarmActions: z
    .boolean()
    .default(true)
    .describe("the alarm topics of all regions tell alerting, too: an alarm that comes by both ways is one alert"),
  healthBackFill: HealthBackFill.prefault({}),
  respond: Respond.prefault({}),
  secretKeys: z
    .array(
      z.string().regex(/^arn:[^:]+:kms:[^:]+:\d{12}:key\/[\w-]+$/, "a key is given by its ARN: arn:aws:kms:…:key/…"),
    )
    .superRefine(distinct)
    .default([])
    .describe("your own KMS keys, by which secrets of channels are encrypted"),
  maxConcurrency: z
    .int()
    .min(2)
    .max(1000)
    .default(5)
    .describe("batches that are worked on at a time, of each queue: alerts, timers, notifications"),
});
