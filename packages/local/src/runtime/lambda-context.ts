import type { Clock } from "@belfry/core/platform/clock";
import type { Context } from "aws-lambda";

/** The function that is invoked, and by when it has to answer. */
export interface ContextOptions {
  readonly functionName: string;
  readonly account: string;
  readonly region: string;
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly deadlineMs: number;
  /** X-Amzn-Trace-Id of the invocation's segment. */
  readonly traceHeader: string;
  readonly clock: Clock;
}

/** What handlers find in their context in Lambda. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
type LocalContext = Omit<Context, "done" | "fail" | "succeed"> & { readonly xrayTraceId: string };

/** The context of one invocation, as Lambda gives it to a function on Node.js 24, which has no callbacks any more. */
export function lambdaContext(options: ContextOptions): Context {
  const { functionName, account, region, requestId, deadlineMs, traceHeader, clock } = options;
  const day = new Date(clock.now()).toISOString().slice(0, 10).replaceAll("-", "/");
  const context: LocalContext = {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: "$LATEST",
    invokedFunctionArn: `arn:aws:lambda:${region}:${account}:function:${functionName}`,
    memoryLimitInMB: "512",
    awsRequestId: requestId,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: `${day}/[$LATEST]local`,
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - clock.now()),
    xrayTraceId: traceHeader,
  };
  // The type still has the callbacks.
  return context as unknown as Context;
}
