import * as z from "zod";
import { FAILURE_CLASSES } from "../../event/failure-class.ts";
import { SecretReference } from "../channels/secret-reference.ts";
import { parseDuration } from "../oncall/duration.ts";
import { refused } from "../oncall/refused.ts";
import { Failover } from "./failover.ts";

/** A canary's name, and so part of its metrics and of its artifacts' keys. https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CreateCanary.html */
export const CanaryName = z
  .string()
  .regex(/^[0-9a-z_-]{1,255}$/, "a canary's name is lower-case letters, digits, hyphens and underscores");

/** A host, in which * stands for any characters. */
const HostGlob = z.string().min(1).describe("a host's name, in which * stands for any characters");

const Duration = z.string().superRefine(refused(parseDuration)).describe("such as 500ms, 2s or 1m30s");

// EventBridge Scheduler's own forms. https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
const SCHEDULE =
  /^(once|at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)|rate\([1-9]\d{0,4} (minutes?|hours?|days?)\)|cron\(\S+ \S+ \S+ \S+ \S+ \S+\))$/;

const Alarm = z.strictObject({
  failedRuns: z.int().min(1).max(100).default(2).describe("so many failed runs…"),
  ofRuns: z.int().min(1).max(100).default(3).describe("…of the last so many put the alarm on"),
  severity: z.enum(["critical", "error", "warning", "info"]).default("critical"),
});

/** What may be called. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html has the addresses of the metadata service. */
const Allow = z.strictObject({
  hosts: z.array(HostGlob).min(1).default(["*"]).describe("hosts that may be called; any unless given"),
  privateAddresses: z
    .boolean()
    .default(true)
    .describe("loopback and private networks, which a canary in a VPC, or on a laptop, watches"),
  metadataAddresses: z
    .boolean()
    .default(false)
    .describe("link-local addresses: the metadata services of instances and containers, which give out credentials"),
});

/** What is kept of a run, besides its report. */
const Artifacts = z.strictObject({
  screenshots: z.enum(["steps", "failure", "off"]).default("steps").describe("after each step, of a failure, or none"),
  har: z.boolean().default(true).describe("all requests and answers, as HTTP Archive 1.2, redacted"),
  console: z.boolean().default(true).describe("what the page wrote to the console"),
  filmstrip: z.boolean().default(false).describe("pictures of the page while it changes"),
  bodies: z
    .boolean()
    .default(false)
    .describe("bodies of requests and answers in the HAR, for API canaries; redacted too"),
});

const Redact = z.strictObject({
  headers: z
    .array(z.string().min(1))
    .default([])
    .describe("headers that are masked besides those whose names say that they are secret; * for all"),
  urlParameters: z
    .array(z.string().min(1))
    .default([])
    .describe("parameters of URLs that are masked besides those whose names say that they are secret; * for all"),
});

const RUNTIME = /^syn-(nodejs|python)-[a-z]+-\d+\.\d+$/;

const Backend = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("belfry").describe("Belfry's own runner: the same as on a laptop") }),
  z.strictObject({
    type: z.literal("synthetics").describe("a canary of CloudWatch Synthetics"),
    runtime: z
      .string()
      .regex(RUNTIME, "expected a runtime such as syn-nodejs-playwright-9.0 or syn-python-selenium-7.0")
      .describe(
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_Library.html",
      ),
    memoryMb: z.int().min(960).max(3008).multipleOf(64).default(1024),
  }),
]);

/** What every canary has. */
export const COMMON = {
  description: z.string().max(1024).optional(),
  enabled: z.boolean().default(true).describe("false: it runs only when it is asked to"),
  schedule: z
    .string()
    .regex(SCHEDULE, "expected rate(5 minutes), cron(0 8 * * ? *), at(2026-11-20T13:00:00) or once")
    .default("rate(5 minutes)")
    .describe(
      "a rate, cron or at expression of EventBridge Scheduler's, in UTC, or once: at each deployment that changes it",
    ),
  timeoutSeconds: z
    .int()
    .min(3)
    .max(840)
    .default(60)
    .describe("by then it has reported, its retries included; a Lambda function lives 900 s at most"),
  retries: z
    .strictObject({
      max: z.int().min(0).max(10).default(1).describe("further attempts of a run that failed"),
      backoff: Duration.default("1s").describe("the longest wait before the first, doubled for each further one"),
    })
    .prefault({}),
  expect: z
    .enum(["pass", ...FAILURE_CLASSES.map((name) => `fail:${name}` as const)])
    .default("pass")
    .describe("how its runs should end, as `belfry canary run` judges them: fail:<class> for one that watches a fault"),
  alarm: Alarm.prefault({}),
  viewport: z
    .strictObject({
      width: z.int().min(200).max(7680).default(1920),
      height: z.int().min(200).max(4320).default(1080),
    })
    .prefault({}),
  regions: z
    .array(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/))
    .default([])
    .describe("where it runs; where Belfry is, unless given"),
  allow: Allow.prefault({}),
  trace: z
    .strictObject({
      hosts: z.array(HostGlob).default([]).describe("hosts that are sent the trace header"),
    })
    .prefault({}),
  secrets: z
    .record(z.string().regex(/^[A-Za-z_]\w*$/), SecretReference)
    .default({})
    .describe("by name, where they are kept; `${secret:name}` stands for the value in every text of the canary"),
  artifacts: Artifacts.prefault({}),
  redact: Redact.prefault({}),
  backend: Backend.default({ type: "belfry" }),
  failover: Failover.optional().describe("records of Route 53 that lead elsewhere while its alarm is on"),
};

const Common = z.strictObject(COMMON);

/** The members that canaries of all kinds have. */
export type CommonCanary = z.output<typeof Common>;
