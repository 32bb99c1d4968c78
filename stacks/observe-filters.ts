import { Duration, type Stack } from "aws-cdk-lib";
import { CfnMetricFilter } from "aws-cdk-lib/aws-logs";
import { addAlarm } from "./constructs/alarm.ts";
import { functionLogGroups, type Observed } from "./observed.ts";
import type { StackContext } from "./stack-context.ts";

/** Errors in the logs of Belfry's own functions, all in one metric. */
const OWN_ERRORS = "LogErrors";

/** Metrics from log lines: errors of Belfry's own functions, and what the configuration asks for; with their alarms. */
export function addMetricFilters(stack: Stack, context: StackContext, { functions }: Observed): void {
  addOwnErrors(stack, context, functionLogGroups(context, functions));
  for (const filter of context.deployment.observe.metricFilters) {
    const { name, logGroup, pattern, metric, value, alarm } = filter;
    addFilter(stack, `Filter-${name}`, context, { name, logGroup, pattern, metric, value });
    if (alarm === undefined) continue;
    addAlarm(stack, `FilterAlarm-${name}`, context, {
      name: `filter-${name}`,
      description: `The metric filter ${name} found more than ${alarm.threshold} in ${alarm.periodSeconds} seconds in ${logGroup}.`,
      metric: { namespace: context.config.metrics.namespace, name: metric, dimensions: {}, statistic: "Sum" },
      threshold: alarm.threshold,
      comparison: "GreaterThanThreshold",
      missing: "notBreaching",
      period: Duration.seconds(alarm.periodSeconds),
      periods: alarm.periods,
      datapoints: alarm.datapoints,
    });
  }
}

function addOwnErrors(stack: Stack, context: StackContext, logGroups: readonly string[]): void {
  if (logGroups.length === 0) return;
  const { logErrors } = context.deployment.observe.alarms;
  for (const logGroup of logGroups) {
    const name = `errors-${logGroup.slice(logGroup.lastIndexOf("/") + 1)}`;
    addFilter(stack, `Filter-${name}`, context, {
      name,
      logGroup,
      pattern: '{ $.level = "ERROR" || $.level = "FATAL" }',
      metric: OWN_ERRORS,
      value: "1",
    });
  }
  addAlarm(stack, "LogErrors", context, {
    name: "log-errors",
    description: `Belfry's functions logged more than ${logErrors} errors in five minutes: see the saved query belfry/${context.names.stage}/errors.`,
    metric: { namespace: context.config.metrics.namespace, name: OWN_ERRORS, dimensions: {}, statistic: "Sum" },
    threshold: logErrors,
    comparison: "GreaterThanThreshold",
    missing: "notBreaching",
    period: Duration.minutes(5),
  });
}

interface Filter {
  readonly name: string;
  readonly logGroup: string;
  readonly pattern: string;
  readonly metric: string;
  readonly value: string;
}

/** A count has a default of 0, so that quiet is not missing; a value that is taken from the line has none, because 0 would be a value. No dimension: each value would be one more metric to pay for. */
function addFilter(stack: Stack, id: string, { config, names }: StackContext, filter: Filter): void {
  const isCount = !filter.value.startsWith("$");
  new CfnMetricFilter(stack, id, {
    filterName: names.of(filter.name),
    logGroupName: filter.logGroup,
    filterPattern: filter.pattern,
    metricTransformations: [
      {
        metricNamespace: config.metrics.namespace,
        metricName: filter.metric,
        metricValue: filter.value,
        ...(isCount ? { defaultValue: 0 } : {}),
      },
    ],
  });
}
