import { brokenIdentity } from "@belfry/core/event/fates";
import type { Outcome, RunOptions } from "@belfry/core/pipeline";
import { recordAccounting } from "@belfry/core/platform/metrics";
import type { Source } from "@belfry/core/sources/source";
import type { FunctionPlace } from "@belfry/core/sources/subscription";
import type { Context } from "aws-lambda";
import { type Frame, framedHandler, type LambdaHandler } from "./handler.ts";
import type { Runtime } from "./runtime.ts";

/** One invocation, as a handler's body sees it. */
export interface Invocation {
  /** Aborts shortly before Lambda would end the function. */
  readonly signal: AbortSignal;
  readonly place: FunctionPlace;
  /** Runs the pipeline, traced, counted and with its identity checked. */
  run(source: Source, options?: Pick<RunOptions, "deliverTo">): Promise<Outcome>;
}

/** Makes a Lambda handler of a body that gets the event and its invocation: deadline, tracing, metrics and the log are the same for all. */
export function lambdaHandler<Event, Result>(
  name: string,
  runtime: Runtime,
  body: (event: Event, invocation: Invocation) => Promise<Result>,
): LambdaHandler<Event, Result> {
  return framedHandler<Event, Result>(name, runtime, (event, frame) => {
    const place = placeOf(frame.context, runtime.clock.now());
    const run: Invocation["run"] = (source, options) => runTraced(name, runtime, source, options, frame);
    return body(event, { signal: frame.signal, place, run });
  });
}

async function runTraced(
  name: string,
  runtime: Runtime,
  source: Source,
  options: Pick<RunOptions, "deliverTo"> | undefined,
  frame: Frame,
): Promise<Outcome> {
  const { signal, span } = frame;
  const started = runtime.clock.now();
  const outcome = await runtime.pipeline.run(source, { ...options, signal, span });
  report(runtime, name, frame, outcome, runtime.clock.now() - started);
  span.annotate("received", outcome.accounting.received);
  span.annotate("items_to_retry", outcome.itemsToRetry.length);
  return outcome;
}

function report(runtime: Runtime, name: string, { logger }: Frame, outcome: Outcome, totalMs: number): void {
  const { stagesMs, sinksMs } = outcome;
  recordAccounting(runtime.metrics, outcome.accounting, { function: name, totalMs, stagesMs, sinksMs });
  const broken = brokenIdentity(outcome.accounting);
  const { accounting, itemsToRetry } = outcome;
  if (broken !== undefined) logger.error("the accounting does not add up", { ...accounting, broken });
  else if (itemsToRetry.length > 0) logger.warn("items to be retried", { ...accounting, items: itemsToRetry.length });
  else logger.debug("invocation done", { ...accounting });
}

// arn:aws:lambda:<region>:<account>:function:<name>
function placeOf(context: Context, now: number): FunctionPlace {
  const [, , , region = "", account = ""] = (context.invokedFunctionArn ?? "").split(":");
  return { region: process.env.AWS_REGION ?? region, account, requestId: context.awsRequestId, now };
}
