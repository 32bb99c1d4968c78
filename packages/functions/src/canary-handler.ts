import type { Failure, Outcome, RunReport } from "@belfry/core/canaries/report";
import { runCanary } from "@belfry/core/canaries/run-canary";
import { runEvent } from "@belfry/core/canaries/run-event";
import { runMetrics } from "@belfry/core/canaries/run-metrics";
import { BelfryError } from "@belfry/core/platform/errors";
import { httpSender } from "@belfry/core/platform/http";
import { parseTraceHeader } from "@belfry/core/platform/trace-header";
import type { Span } from "@belfry/core/platform/tracer";
import type { CanaryRuntime, RunTellers } from "./canary-runtime.ts";
import { answerCustomResource, type CustomResourceEvent, isCustomResourceEvent } from "./custom-resource.ts";
import { type Frame, framedHandler, type LambdaHandler } from "./handler.ts";

/** Which canary is to run: the input of its schedule, or by hand. */
interface CanaryEvent {
  readonly canary: string;
}

/** A canary that runs once, as CloudFormation has it run. */
interface DeploymentEvent extends CustomResourceEvent {
  readonly ResourceProperties: { readonly Canary: string };
}

/** How it went, for who invoked it by hand. */
interface CanaryAnswer {
  readonly canary: string;
  readonly runId: string;
  readonly outcome: Outcome;
  readonly failure?: Failure;
  /** Where its files are, in the bucket of the artifacts. */
  readonly artifactPrefix: string;
}

/** A handler of canaries. CloudFormation gets its answer elsewhere. */
export type CanaryHandler = LambdaHandler<CanaryEvent | DeploymentEvent, CanaryAnswer | undefined>;

/** Kept of the invocation's time for metrics and event, when a run takes all that there is. */
const TELL_MS = 3000;

/**
 * Makes the handler that runs one canary, and tells of it: metrics, an event, and a subsegment for each step. A canary that fails is an answer like any other; the invocation fails only when
 * there is no such canary.
 */
export function canaryHandler(name: string, runtime: CanaryRuntime): CanaryHandler {
  return framedHandler<CanaryEvent | DeploymentEvent, CanaryAnswer | undefined>(name, runtime, async (event, frame) => {
    if (!isCustomResourceEvent(event)) return runOne(event.canary, runtime, frame);
    const { Canary: canary } = event.ResourceProperties;
    const put = async () => ({ outcome: (await runOne(canary, runtime, frame)).outcome });
    await answerCustomResource(event, { physicalId: `canary-${canary}`, put }, httpSender, { ...runtime, ...frame });
    return undefined;
  });
}

async function runOne(wanted: string, runtime: CanaryRuntime, frame: Frame): Promise<CanaryAnswer> {
  const { signal, remainingMs, logger, span, context } = frame;
  const canaries = runtime.config.canaries;
  const canary = Object.hasOwn(canaries, wanted) ? canaries[wanted] : undefined;
  if (canary === undefined) {
    const known = Object.keys(canaries).join(", ") || "none";
    throw new BelfryError("BAD_EVENT", `there is no canary ${wanted}, only ${known}: name one in the event's canary`);
  }
  const endMs = runtime.clock.now() + Math.max(1000, remainingMs() - TELL_MS);
  const report = await runCanary({ name: wanted, canary, endMs }, { ...runtime.runner, logger, ...tracedBy(span) });
  // arn:aws:lambda:<region>:<account>:function:<name>
  const [, , , , account = ""] = (context.invokedFunctionArn ?? "").split(":");
  const alarmName = canary.enabled ? { alarmName: runtime.alarmPrefix + wanted } : {};
  const place = { account, bucket: runtime.bucket, severity: canary.alarm.severity, ...alarmName };
  await tell(report, span, { ...runtime, logger, place, putEvent: runtime.eventPutter(span.header) }, signal);
  const { runId, outcome, failure, artifactPrefix } = report;
  return { canary: wanted, runId, outcome, artifactPrefix, ...(failure === undefined ? {} : { failure }) };
}

function tracedBy({ header }: Span): { traceHeader?: string; traceId?: string } {
  const traceId = parseTraceHeader(header)?.root;
  return header === undefined || traceId === undefined ? {} : { traceHeader: header, traceId };
}

/** The metrics alone set off the alarm: an event that cannot be put is logged, and no reason to run the canary again. */
async function tell(report: RunReport, span: Span, tellers: RunTellers, signal: AbortSignal): Promise<void> {
  const { metrics, logger, place, putEvent } = tellers;
  const { canary, outcome, failure, runId, artifactPrefix } = report;
  for (const { name, unit, value, dimensions } of runMetrics(report)) metrics.measure(name, unit, value, dimensions);
  span.annotate("canary", canary);
  span.annotate("outcome", outcome);
  for (const { name, status, startedMs, endedMs } of report.steps) {
    if (status !== "skipped") span.child(name, startedMs, endedMs, { canary, status });
  }
  const level = failure === undefined ? "info" : "warn";
  logger[level]("canary ran", {
    canary,
    outcome,
    runId,
    artifactPrefix,
    ...(failure === undefined ? {} : { failure }),
  });
  await putEvent(runEvent(report, place), signal).catch((error: unknown) =>
    logger.error("the event of a run was not put on the bus", { canary, runId, error }),
  );
}
