import type { MetricUnit, RunReport, StepReport } from "./report.ts";

/** One value of a metric, and what it is split by. */
export interface MetricValue {
  readonly name: string;
  readonly unit: MetricUnit;
  readonly value: number;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Each further step, and each further name, is one more metric to pay for: a script that makes up names must not cost without end. */
const MAX_STEPS = 100;
const MAX_OWN_METRICS = 50;

/**
 * The metrics of a run by the names, units and dimensions of CloudWatch Synthetics', in a namespace of Belfry's own: by canary, by canary and step, and over all canaries. Of a run in which
 * the watcher failed itself there is no SuccessPercent: it says nothing of the target. What kinds and scripts measure comes along by canary, or by canary and step.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_metrics.html
 */
export function runMetrics(report: RunReport): MetricValue[] {
  const ofCanary = { CanaryName: report.canary };
  const whole = wholeRun(report);
  const steps = report.steps.filter(({ status }) => status !== "skipped").slice(0, MAX_STEPS);
  return [
    ...whole.map((metric) => ({ ...metric, dimensions: ofCanary })),
    ...whole.map((metric) => ({ ...metric, dimensions: {} })),
    ...steps.flatMap((step) =>
      ofStep(step).map((metric) => ({ ...metric, dimensions: { ...ofCanary, StepName: step.name } })),
    ),
    ...ownMetrics(report, new Set(steps.map(({ name }) => name))),
  ];
}

type Value = Omit<MetricValue, "dimensions">;

/** Whether a run failed by a fault of the watcher's own, which is no outage of the target. */
export function isOwnFault({ failure }: Pick<RunReport, "failure">): boolean {
  return failure?.class === "browser" || failure?.class === "canary";
}

function wholeRun(report: RunReport): Value[] {
  const { outcome, requests, startedMs, endedMs } = report;
  const count = (name: string, value: number): Value => ({ name, unit: "Count", value });
  const own = isOwnFault(report);
  return [
    ...(own ? [] : [successPercent(outcome !== "failed")]),
    { name: "Duration", unit: "Milliseconds", value: endedMs - startedMs },
    count("Failed", own ? 1 : 0),
    count("PassedAfterRetry", outcome === "passed-after-retry" ? 1 : 0),
    count("2xx", requests._2xx),
    count("4xx", requests._4xx),
    count("5xx", requests._5xx),
    count("Failed requests", requests.failed),
  ];
}

function ofStep({ status, startedMs, endedMs, failure }: StepReport): Value[] {
  return [
    ...(isOwnFault(failure === undefined ? {} : { failure }) ? [] : [successPercent(status === "passed")]),
    { name: "Duration", unit: "Milliseconds", value: endedMs - startedMs },
  ];
}

function successPercent(hasPassed: boolean): Value {
  return { name: "SuccessPercent", unit: "Percent", value: hasPassed ? 100 : 0 };
}

/** Names of CloudWatch Synthetics' own: a script's metric of such a name would spoil what alarms look at. */
const RESERVED = new Set([
  "SuccessPercent",
  "Duration",
  "Failed",
  "PassedAfterRetry",
  "2xx",
  "4xx",
  "5xx",
  "Failed requests",
]);

function ownMetrics({ canary, metrics }: RunReport, steps: ReadonlySet<string>): MetricValue[] {
  const names = new Set<string>();
  return metrics.flatMap(({ name, unit, value, step }) => {
    if (RESERVED.has(name) || (step !== undefined && !steps.has(step))) return [];
    if (!names.has(name) && names.size >= MAX_OWN_METRICS) return [];
    names.add(name);
    return [
      { name, unit, value, dimensions: { CanaryName: canary, ...(step === undefined ? {} : { StepName: step }) } },
    ];
  });
}
