import { Duration, type Stack, Tags } from "aws-cdk-lib";
import type { CfnAlarm } from "aws-cdk-lib/aws-cloudwatch";
import { isRepeated } from "../packages/core/src/config/canaries/canary-problems.ts";
import type { CanaryConfig } from "../packages/core/src/config/canaries/schema.ts";
import { nextRuns, parseSchedule } from "../packages/core/src/config/schedules/schedule-expression.ts";
import { canaryAlarm, type Named } from "./canaries-deployed.ts";
import { addAlarm } from "./constructs/alarm.ts";
import type { StackContext } from "./stack-context.ts";

/**
 * The alarm on a canary: on when so many of its last runs failed, or where its runs are evenly spaced, were missing. It alone tells people; the runs' events say why.
 * CloudWatch Synthetics' own canaries have their metrics in its namespace, under the names that they have there.
 */
export function addCanaryAlarm(stack: Stack, context: StackContext, [name, canary]: Named): CfnAlarm {
  const { config, names } = context;
  const isManaged = canary.backend.type === "synthetics";
  const { periodSeconds, periods, datapoints, missing } = evaluationOf(canary);
  const runs = datapoints === periods ? `The last ${datapoints}` : `${datapoints} of the last ${periods}`;
  const reason = `${runs} runs of the canary ${name} failed${missing === "breaching" ? ", or there were none" : ""}.`;
  const alarm = addAlarm(stack, `Alarm-${name}`, context, {
    name: canaryAlarm(name),
    description: [canary.description?.slice(0, MAX_DESCRIPTION - reason.length - 1), reason]
      .filter((text) => text !== undefined)
      .join(" "),
    metric: {
      namespace: isManaged ? "CloudWatchSynthetics" : config.metrics.namespace,
      name: "SuccessPercent",
      dimensions: { CanaryName: isManaged ? names.of(name) : name },
      statistic: "Average",
    },
    threshold: 100,
    comparison: "LessThanThreshold",
    missing,
    period: Duration.seconds(periodSeconds),
    periods,
    datapoints,
  });
  // Alerting reads it, where tags are propagated to an alarm's events.
  Tags.of(alarm).add("severity", canary.alarm.severity);
  return alarm;
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const MAX_DESCRIPTION = 1024;

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const LONGEST_EVALUATION = { ofMinutes: DAY, ofHours: 7 * DAY };

interface Evaluation {
  readonly periodSeconds: number;
  readonly periods: number;
  readonly datapoints: number;
  readonly missing: "breaching" | "ignore";
}

/** A period for each run. Where runs are not evenly spaced, or too far apart for CloudWatch, a period without one says nothing, and the alarm stays as it is. */
function evaluationOf({ alarm, schedule }: CanaryConfig): Evaluation {
  if (!isRepeated(schedule)) return { periodSeconds: HOUR, periods: 1, datapoints: 1, missing: "ignore" };
  const { shortest, longest } = spacingOf(schedule);
  const { failedRuns: datapoints, ofRuns: periods } = alarm;
  const periodSeconds = Math.max(MINUTE, longestPeriod(Math.min(shortest, DAY), periods));
  const isWatched = shortest === longest && periodSeconds === shortest;
  return { periodSeconds, periods, datapoints, missing: isWatched ? "breaching" : "ignore" };
}

/** The longest period of whole minutes, at most as long as this, of which CloudWatch evaluates so many. */
function longestPeriod(mostSeconds: number, periods: number): number {
  const { ofHours, ofMinutes } = LONGEST_EVALUATION;
  const inMinutes = (seconds: number) => Math.floor(seconds / MINUTE) * MINUTE;
  const hours = inMinutes(Math.min(mostSeconds, ofHours / periods));
  return hours >= HOUR ? hours : inMinutes(Math.min(mostSeconds, HOUR - MINUTE, ofMinutes / periods));
}

/** Seconds from one run to the next. From a fixed day on, so that a template stays the same. */
function spacingOf(schedule: string): { readonly shortest: number; readonly longest: number } {
  const runs = nextRuns(parseSchedule(schedule), "UTC", new Date(Date.UTC(2026, 0, 1)), MAX_RUNS).map(Number);
  const gaps = runs.slice(1).map((at, i) => (at - (runs[i] ?? at)) / 1000);
  if (gaps.length === 0) return { shortest: DAY, longest: Number.POSITIVE_INFINITY };
  return { shortest: Math.min(...gaps), longest: Math.max(...gaps) };
}

/** More than a day of runs by the minute. */
const MAX_RUNS = 1500;
