import * as z from "zod";
import { compileFilterPattern } from "../../patterns/filter-pattern.ts";
import { distinctNames } from "./distinct.ts";
import { FilterPatternText } from "./filter-pattern-text.ts";
import { LogGroupName } from "./names.ts";

const Name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,63}$/, "a name is a lower-case letter and up to 63 letters, digits and hyphens");

const FilterAlarm = z.strictObject({
  threshold: z.number().min(0).default(0).describe("above this sum of a period"),
  periodSeconds: z
    .int()
    .multipleOf(60, "a multiple of 60, because metric filters have no finer metrics")
    .min(60)
    .max(86_400)
    .default(300),
  periods: z.int().min(1).max(24).default(1).describe("periods that are looked at"),
  datapoints: z.int().min(1).max(24).default(1).describe("how many of them must be above the threshold"),
});

const MetricFilter = z
  .strictObject({
    name: Name,
    logGroup: LogGroupName.describe("in the home region; it must exist"),
    pattern: FilterPatternText.describe("a CloudWatch Logs filter pattern; `belfry match --filter` tries one"),
    metric: z
      .string()
      .regex(/^[A-Za-z0-9_.-]{1,255}$/, "a metric's name is 1 to 255 of A-Z a-z 0-9 _ . -")
      .describe("the metric's name, in the namespace of `metrics`"),
    value: z.string().default("1").describe("what is added: a number, $.field of a JSON message, $field of a line"),
    alarm: FilterAlarm.optional(),
  })
  .superRefine((filter, context) => {
    const { alarm } = filter;
    if (alarm !== undefined && alarm.datapoints > alarm.periods) {
      context.addIssue({
        code: "custom",
        path: ["alarm", "datapoints"],
        message: `${alarm.datapoints} is more than periods, ${alarm.periods}`,
      });
    }
    if (
      FilterPatternText.safeParse(filter.pattern).success &&
      !compileFilterPattern(filter.pattern).yields(filter.value)
    ) {
      context.addIssue({
        code: "custom",
        path: ["value"],
        message: `the pattern has no ${filter.value}: a value is a number, $.field of a JSON pattern, $field of one that names fields`,
      });
    }
  });

const Query = z.strictObject({
  name: Name,
  logGroups: z.array(LogGroupName).min(1).max(50),
  query: z.string().min(1).max(10_000).describe("in the language of Logs Insights"),
});

const Alarms = z.strictObject({
  lagSeconds: z.int().min(60).max(86_400).default(300).describe("how far the functions may be behind the stream"),
  freshnessSeconds: z
    .int()
    .min(60)
    .max(86_400)
    .default(1800)
    .describe("age of the oldest record that Firehose holds; above archive.bufferSeconds"),
  errorPercent: z.number().min(0).max(100).default(5).describe("of a function's invocations"),
  quarantined: z.int().min(0).default(0).describe("records in five minutes that may be quarantined"),
  logErrors: z.int().min(0).default(10).describe("errors in five minutes in the logs of Belfry's own functions"),
  volumeBand: z
    .number()
    .min(1)
    .max(20)
    .default(4)
    .describe("standard deviations that the volume may differ from what is expected, up (a flood) and down (silence)"),
});

/** X-Ray's names have letters, digits, hyphens and underscores, 32 at most. https://docs.aws.amazon.com/xray/latest/api/API_CreateGroup.html */
const XRayName = z.string().regex(/^[A-Za-z0-9_-]{1,32}$/, "a name is 1 to 32 letters, digits, _ and -");
const Rate = z.number().min(0).max(1);

const SamplingRule = z.strictObject({
  name: XRayName,
  priority: z.int().min(1).max(9999).describe("rules are tried from the lowest number on"),
  reservoir: z.int().min(0).default(1).describe("requests a second that are traced,"),
  rate: Rate.default(0.05).describe("and this share of the further ones"),
  service: z.string().min(1).max(64).default("*"),
  serviceType: z.string().min(1).max(64).default("*"),
  host: z.string().min(1).max(64).default("*"),
  method: z.string().min(1).max(10).default("*"),
  path: z.string().min(1).max(128).default("*"),
});

const XRay = z.strictObject({
  reservoir: z.int().min(0).default(1).describe("traces a second of Belfry's own functions,"),
  rate: Rate.default(0.05).describe("and this share of their further invocations"),
  insights: z.boolean().default(false).describe("have X-Ray look for anomalies in the groups"),
  groups: z
    .array(z.strictObject({ name: XRayName, filter: z.string().min(1).describe("a filter expression of X-Ray") }))
    .superRefine(distinctNames)
    .default([]),
  sampling: z.array(SamplingRule).superRefine(distinctNames).default([]),
});

/** What watches the pipeline: dashboards, alarms, metric filters, saved queries, and how it is traced. */
export const Observe = z.strictObject({
  dashboards: z.boolean().default(true),
  alarms: Alarms.prefault({}).describe("limits; every alarm goes to the topic of `email`"),
  metricFilters: z
    .array(MetricFilter)
    .superRefine(distinctNames)
    .default([])
    .describe("metrics from log lines: count ERROR, find an address, take a number"),
  queries: z
    .array(Query)
    .superRefine(distinctNames)
    .default([])
    .describe("saved queries of Logs Insights, besides Belfry's own"),
  xray: XRay.prefault({}),
});
