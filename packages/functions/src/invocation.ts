import { brokenIdentity } from "@belfry/core/event/fates";
import type { Outcome, RunOptions } from "@belfry/core/pipeline";
import { BelfryError } from "@belfry/core/platform/errors";
import { recordAccounting } from "@belfry/core/platform/metrics";
import { traceHeaderOf } from "@belfry/core/platform/trace-header";
import type { Source } from "@belfry/core/sources/source";
import type { FunctionPlace } from "@belfry/core/sources/subscription";
import middy from "@middy/core";
import type { Context, Handler } from "aws-lambda";
import type { Runtime } from "./runtime.ts";

// Left for the answer, the metrics and the trace when the deadline stops the work.
const ANSWER_MS = 1500;
// An invocation with less time than this does what it can in half of it.
const SHORT_MS = 3000;

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
): Handler<Event, Result> {
  return middy<Event, Result>({ timeoutEarlyInMillis: 0 })
    .use({
      before: ({ event }) => {
        if (typeof event !== "object" || event === null) {
          throw new BelfryError(
            "BAD_EVENT",
            `${name} takes an event object, got ${event === null ? "null" : typeof event}`,
          );
        }
      },
      after: () => runtime.metrics.flush(),
      onError: ({ error, context }) => {
        runtime.metrics.flush();
        runtime.logger.error("invocation failed", { function: name, requestId: context.awsRequestId, error });
      },
    })
    .handler((event: Event, context: Context) => {
      const signal = AbortSignal.timeout(workMs(context.getRemainingTimeInMillis()));
      const place = placeOf(context, runtime.clock.now());
      return runtime.tracer.trace(name, traceHeaderOf(context), { function: name }, (span) => {
        const run: Invocation["run"] = async (source, options = {}) => {
          const started = runtime.clock.now();
          const outcome = await runtime.pipeline.run(source, { signal, span, ...options });
          report(runtime, name, context, outcome, runtime.clock.now() - started);
          span.annotate("received", outcome.accounting.received);
          span.annotate("items_to_retry", outcome.itemsToRetry.length);
          return outcome;
        };
        return body(event, { signal, place, run });
      });
    });
}

function report(runtime: Runtime, name: string, context: Context, outcome: Outcome, totalMs: number): void {
  const { stagesMs, sinksMs } = outcome;
  recordAccounting(runtime.metrics, outcome.accounting, { function: name, totalMs, stagesMs, sinksMs });
  const broken = brokenIdentity(outcome.accounting);
  const fields = { function: name, requestId: context.awsRequestId, ...outcome.accounting };
  if (broken !== undefined) runtime.logger.error("the accounting does not add up", { ...fields, broken });
  else if (outcome.itemsToRetry.length > 0)
    runtime.logger.warn("items to be retried", { ...fields, items: outcome.itemsToRetry.length });
  else runtime.logger.debug("invocation done", fields);
}

function workMs(remainingMs: number): number {
  return Math.max(1, Math.floor(remainingMs > SHORT_MS ? remainingMs - ANSWER_MS : remainingMs / 2));
}

// arn:aws:lambda:<region>:<account>:function:<name>
function placeOf(context: Context, now: number): FunctionPlace {
  const [, , , region = "", account = ""] = (context.invokedFunctionArn ?? "").split(":");
  return { region: process.env["AWS_REGION"] ?? region, account, requestId: context.awsRequestId, now };
}
