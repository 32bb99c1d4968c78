import type { Config } from "@belfry/core/config/schema";
import type { Clock } from "@belfry/core/platform/clock";
import { BelfryError } from "@belfry/core/platform/errors";
import type { Logger } from "@belfry/core/platform/logger";
import type { Metrics } from "@belfry/core/platform/metrics";
import { parseTraceHeader, traceHeaderOf } from "@belfry/core/platform/trace-header";
import type { Span, Tracer } from "@belfry/core/platform/tracer";
import middy from "@middy/core";
import type { Context } from "aws-lambda";

// Left for the answer, the metrics and the trace when the deadline stops the work.
const ANSWER_MS = 1500;
// An invocation with less time than this does what it can in half of it.
const SHORT_MS = 3000;

/** What every handler uses of the world, whatever it does. */
export interface HandlerRuntime {
  readonly config: Config;
  readonly tracer: Tracer;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** What Lambda calls: Node.js 24 takes no callback. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html */
export type LambdaHandler<Event, Result> = (event: Event, context: Context) => Promise<Result>;

/** What is the same in every invocation: its deadline, its trace, its log. */
export interface Frame {
  /** Aborts shortly before Lambda would end the function. */
  readonly signal: AbortSignal;
  /** Milliseconds until `signal` aborts; never negative. */
  readonly remainingMs: () => number;
  /** Every entry carries the function's name, the request's id and the trace's. */
  readonly logger: Logger;
  readonly span: Span;
  readonly context: Context;
}

/** Makes a Lambda handler of a body: an event that is no object is refused, and whatever happens, metrics are flushed and what was thrown is logged. */
export function framedHandler<Event, Result>(
  name: string,
  runtime: HandlerRuntime,
  body: (event: Event, frame: Frame) => Promise<Result>,
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

/** Makes a handler that binds itself to the world at its first call and keeps what it bound; a binding that failed is tried anew at the next call. */
export function boundAtFirstCall<Bound, Event, Result>(
  bind: () => Promise<Bound>,
  make: (runtime: Bound) => LambdaHandler<Event, Result>,
): LambdaHandler<Event, Result> {
  let bound: Promise<LambdaHandler<Event, Result>> | undefined;
  return async (event, context) => {
    bound ??= bind().then(make);
    const handler = await bound.catch((error: unknown) => {
      bound = undefined;
      throw error;
    });
    return handler(event, context);
  };
}

async function invoke<Event, Result>(
  name: string,
  runtime: HandlerRuntime,
  body: (event: Event, frame: Frame) => Promise<Result>,
  event: Event,
  context: Context,
): Promise<Result> {
  const reserveMs = answerMs(context.getRemainingTimeInMillis());
  const remainingMs = () => Math.max(0, context.getRemainingTimeInMillis() - reserveMs);
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), Math.max(1, remainingMs()));
  const { signal } = deadline;
  const logger = invocationLogger(name, runtime, context);
  try {
    return await runtime.tracer.trace(name, traceHeaderOf(context), { function: name }, (span) =>
      body(event, { signal, remainingMs, logger, span, context }),
    );
  } finally {
    clearTimeout(timer);
  }
}

function invocationLogger(name: string, runtime: HandlerRuntime, context: Context): Logger {
  const traceId = parseTraceHeader(traceHeaderOf(context))?.root;
  return runtime.logger.with({
    function: name,
    requestId: context.awsRequestId,
    ...(traceId === undefined ? {} : { traceId }),
  });
}

function answerMs(totalMs: number): number {
  return totalMs > SHORT_MS ? ANSWER_MS : Math.ceil(totalMs / 2);
}
