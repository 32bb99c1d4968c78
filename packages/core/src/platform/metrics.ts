import { type Accounting, brokenIdentity, total } from "../event/fates.ts";
import { OWN_LOGS_RULE } from "../event/own-logs.ts";

/** Names what a metric is split by; each further value of a dimension is one more metric to pay for. */
export type Dimensions = Readonly<Record<string, string>>;

/** Goes along with the metrics for reading, and makes no metric of its own. */
export type Properties = Readonly<Record<string, unknown>>;

/** Where measurements go. Nothing is written before `flush`, at the end of an invocation; no method throws for what it is given. */
export interface Metrics {
  /** Adds to a sum. */
  count(name: string, value: number, dimensions?: Dimensions, properties?: Properties): void;
  /** Adds one value, in milliseconds, to a distribution. */
  duration(name: string, durationMs: number, dimensions?: Dimensions, properties?: Properties): void;
  flush(): void;
}

/** Whose accounting it is, and how long it took. */
export interface Invocation {
  /** The function's name; one metric each. */
  readonly function: string;
  readonly totalMs?: number;
  /** By stage: decode, parse, transform, route, encode. */
  readonly stagesMs?: Readonly<Record<string, number>>;
  /** By sink. */
  readonly sinksMs?: Readonly<Record<string, number>>;
}

/** One metric of Belfry's own: docs/metrics.md lists them from here. */
interface MetricDefinition {
  readonly name: string;
  readonly unit: "Count" | "Milliseconds";
  readonly dimensions: readonly string[];
  readonly meaning: string;
}

const metric = (
  name: string,
  unit: MetricDefinition["unit"],
  dimensions: string,
  meaning: string,
): MetricDefinition => ({ name, unit, dimensions: dimensions.split(" ").filter(Boolean), meaning });

/** Every metric that `recordAccounting` emits. */
export const METRICS: readonly MetricDefinition[] = [
  metric("EventsReceived", "Count", "Function", "records found in what the service handed over"),
  metric("EventsRouted", "Count", "Function", "records that went to one sink or more"),
  metric("EventsDropped", "Count", "Function", "records dropped by any rule"),
  metric("EventsDropped", "Count", "Function Rule", "records dropped by this rule"),
  metric("EventsQuarantined", "Count", "Function", "records quarantined before they got to a sink"),
  metric("EventsQuarantined", "Count", "Function Reason", "the same, by reason"),
  metric("EventsRetried", "Count", "Function", "records that got to no sink and will be brought again"),
  metric("EventsRetried", "Count", "Function Reason", "the same, by reason"),
  metric("EventsRouted", "Count", "Function Sink", "records for this sink"),
  metric("EventsDelivered", "Count", "Function Sink", "records that this sink took"),
  metric("EventsQuarantined", "Count", "Function Sink", "records that this sink will never take"),
  metric("EventsRetried", "Count", "Function Sink", "records that this sink did not take now"),
  metric("IdentityBroken", "Count", "Function", "1 when the accounting does not add up, which is a defect; else 0"),
  metric(
    "LoopSuspected",
    "Count",
    "Function",
    "log records of Belfry's own that came in and were dropped; 0 is not written",
  ),
  metric("InvocationDuration", "Milliseconds", "Function", "from the event to the answer"),
  metric("StageDuration", "Milliseconds", "Function Stage", "one stage, summed over the windows of an invocation"),
  metric("SinkDuration", "Milliseconds", "Function Sink", "all writes of one sink in an invocation"),
];

/** Every metric that alerting emits besides the durations of its functions. */
export const ON_CALL_METRICS: readonly MetricDefinition[] = [
  metric("Notifications", "Count", "Kind", "what channels are to be told, one for each channel: opened, updated, …"),
  metric("Deliveries", "Count", "Channel Outcome", "what came of telling them: delivered, waiting, unknown or failed"),
  metric("IncidentsOpened", "Count", "", "incidents that began"),
  metric("TimeToAcknowledge", "Milliseconds", "", "from an incident's beginning until somebody has acknowledged it"),
  metric("MessagesRefused", "Count", "Function", "messages that are no event; they end in the dead-letter queue"),
];

/** Adds the accounting of one invocation, and how long it took, to the metrics of its function; the caller flushes. */
export function recordAccounting(metrics: Metrics, accounting: Accounting, invocation: Invocation): void {
  const of = { Function: invocation.function };
  const { received, routed, dropped, quarantined, retried } = accounting;
  const broken = brokenIdentity(accounting);
  metrics.count("EventsReceived", received, of);
  metrics.count("EventsRouted", routed, of);
  metrics.count("EventsDropped", total(dropped), of);
  metrics.count("EventsQuarantined", total(quarantined), of);
  metrics.count("EventsRetried", total(retried), of);
  metrics.count("IdentityBroken", broken === undefined ? 0 : 1, of, broken === undefined ? undefined : { broken });
  if (dropped[OWN_LOGS_RULE] !== undefined) metrics.count("LoopSuspected", dropped[OWN_LOGS_RULE], of);
  for (const [Rule, count] of Object.entries(dropped)) metrics.count("EventsDropped", count, { ...of, Rule });
  for (const [Reason, count] of Object.entries(quarantined)) {
    metrics.count("EventsQuarantined", count, { ...of, Reason });
  }
  for (const [Reason, count] of Object.entries(retried)) metrics.count("EventsRetried", count, { ...of, Reason });
  recordSinks(metrics, of, accounting.sinks);
  recordTimes(metrics, of, invocation);
}

function recordSinks(metrics: Metrics, of: Dimensions, sinks: Accounting["sinks"]): void {
  for (const [Sink, { routed, delivered, quarantined, retried }] of Object.entries(sinks)) {
    const at = { ...of, Sink };
    // Why goes along as a property: a reason per sink as a dimension would multiply the metrics.
    const quarantineReasons = Object.keys(quarantined).length > 0 ? { quarantined } : undefined;
    const retryReasons = Object.keys(retried).length > 0 ? { retried } : undefined;
    metrics.count("EventsRouted", routed, at);
    metrics.count("EventsDelivered", delivered, at);
    metrics.count("EventsQuarantined", total(quarantined), at, quarantineReasons);
    metrics.count("EventsRetried", total(retried), at, retryReasons);
  }
}

function recordTimes(metrics: Metrics, of: Dimensions, { totalMs, stagesMs = {}, sinksMs = {} }: Invocation): void {
  if (totalMs !== undefined) metrics.duration("InvocationDuration", totalMs, of);
  for (const [Stage, ms] of Object.entries(stagesMs)) metrics.duration("StageDuration", ms, { ...of, Stage });
  for (const [Sink, ms] of Object.entries(sinksMs)) metrics.duration("SinkDuration", ms, { ...of, Sink });
}
