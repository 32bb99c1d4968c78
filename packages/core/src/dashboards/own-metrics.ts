import { BelfryError } from "../platform/errors.ts";
import { METRICS, ON_CALL_METRICS } from "../platform/metrics.ts";
import type { MetricLine } from "./widgets.ts";

/** A line for one of Belfry's own metrics. Raises BAD_ARGUMENT for a name with dimensions that no function emits, so that no graph stays empty. */
export function ownMetric(
  namespace: string,
  name: string,
  dimensions: Readonly<Record<string, string>>,
  label?: string,
): MetricLine {
  checkEmitted(name, Object.keys(dimensions));
  return { namespace, name, dimensions, ...(label === undefined ? {} : { label }) };
}

/** A SEARCH for every series of one of Belfry's own metrics with the named dimensions, summed by period. */
export function ownSearch(namespace: string, name: string, dimensions: readonly string[], stat = "Sum"): string {
  checkEmitted(name, dimensions);
  return `SEARCH('{"${namespace}",${dimensions.join(",")}} MetricName="${name}"', '${stat}')`;
}

function checkEmitted(name: string, dimensions: readonly string[]): void {
  const wanted = [...dimensions].sort().join();
  const isEmitted = [...METRICS, ...ON_CALL_METRICS].some(
    (metric) => metric.name === name && [...metric.dimensions].sort().join() === wanted,
  );
  if (!isEmitted) throw new BelfryError("BAD_ARGUMENT", `no metric ${name} by ${dimensions.join(", ")} is emitted`);
}
