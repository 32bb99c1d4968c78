import { brokenIdentity } from "@belfry/core/event/fates";
import type { Outcome, RunOptions } from "@belfry/core/pipeline";
import { BelfryError } from "@belfry/core/platform/errors";
import type { Logger } from "@belfry/core/platform/logger";
import { recordAccounting } from "@belfry/core/platform/metrics";
import { parseTraceHeader, traceHeaderOf } from "@belfry/core/platform/trace-header";
import type { Span } from "@belfry/core/platform/tracer";
import type { Source } from "@belfry/core/sources/source";
import type { FunctionPlace } from "@belfry/core/sources/subscription";
import middy from "@middy/core";
import type { Context } from "aws-lambda";
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

/** What Lambda calls: Node.js 24 takes no callback. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html */
export type LambdaHandler<Event, Result> = (event: Event, context: Context) => Promise<Result>;

/** Makes a Lambda handler of a body that gets the event and its invocation: deadline, tracing, metrics and the log are the same for all. */
export function lambdaHandler<Event, Result>(
  name: string,
  runtime: Runtime,
  body: (event: Event, invocation: Invocation) => Promise<Result>,
): LambdaHandler<Event, Result> {
  const handler = middy<Event, Result>({ timeoutEarlyInMillis: 0 })
    .use({
      before: ({ event }) => {
        if (typeof event === "object" && event !== null) return;
        const got = event === null ? "null" : typeof event;
        throw new BelfryError("BAD_EVENT", `${name} takes an event object, got ${got}`);
      },
      after: () => runtime.metrics.flush(),
      onError: ({ error, context }) => {
        runtime.metrics.flush();
        invocationLogger(name, runtime, context).error("invocation failed", { error });
      },
    })
    .handler((event, context) => invoke(name, runtime, body, event, context));
  // Middy's own type allows for handlers with callbacks, which Node.js 24 does not have.
  return handler as unknown as LambdaHandler<Event, Result>;
}

async function invoke<Event, Result>(
  name: string,
  runtime: Runtime,
  body: (event: Event, invocation: Invocation) => Promise<Result>,
  event: Event,
  context: Context,
): Promise<Result> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), workMs(context.getRemainingTimeInMillis()));
  const place = placeOf(context, runtime.clock.now());
  const { signal } = deadline;
  try {
    return await runtime.tracer.trace(name, traceHeaderOf(context), { function: name }, (span) => {
      const run: Invocation["run"] = (source, options) =>
        runTraced(name, runtime, source, { ...options, signal, span }, context);
      return body(event, { signal, place, run });
    });
  } finally {
    clearTimeout(timer);
  }
}

async function runTraced(
  name: string,
  runtime: Runtime,
  source: Source,
  options: RunOptions & { readonly span: Span },
  context: Context,
): Promise<Outcome> {
  const started = runtime.clock.now();
  const outcome = await runtime.pipeline.run(source, options);
  report(runtime, name, context, outcome, runtime.clock.now() - started);
  options.span.annotate("received", outcome.accounting.received);
  options.span.annotate("items_to_retry", outcome.itemsToRetry.length);
  return outcome;
}

function report(runtime: Runtime, name: string, context: Context, outcome: Outcome, totalMs: number): void {
  const { stagesMs, sinksMs } = outcome;
  recordAccounting(runtime.metrics, outcome.accounting, { function: name, totalMs, stagesMs, sinksMs });
  const broken = brokenIdentity(outcome.accounting);
  const logger = invocationLogger(name, runtime, context);
  const { accounting, itemsToRetry } = outcome;
  if (broken !== undefined) logger.error("the accounting does not add up", { ...accounting, broken });
  else if (itemsToRetry.length > 0) logger.warn("items to be retried", { ...accounting, items: itemsToRetry.length });
  else logger.debug("invocation done", { ...accounting });
}

function invocationLogger(name: string, runtime: Runtime, context: Context): Logger {
  const traceId = parseTraceHeader(traceHeaderOf(context))?.root;
  return runtime.logger.with({
    function: name,
    requestId: context.awsRequestId,
    ...(traceId === undefined ? {} : { traceId }),
  });
}

function workMs(remainingMs: number): number {
  return Math.max(1, Math.floor(remainingMs > SHORT_MS ? remainingMs - ANSWER_MS : remainingMs / 2));
}

// arn:aws:lambda:<region>:<account>:function:<name>
function placeOf(context: Context, now: number): FunctionPlace {
  const [, , , region = "", account = ""] = (context.invokedFunctionArn ?? "").split(":");
  return { region: process.env["AWS_REGION"] ?? region, account, requestId: context.awsRequestId, now };
}
