import { randomUUID } from "node:crypto";
import type { Clock } from "@belfry/core/platform/clock";
import { openSegment } from "@belfry/core/platform/xray-tracer";
import type { Context } from "aws-lambda";
import { lambdaContext } from "./lambda-context.ts";

/** A handler as Lambda calls it. */
export type Handler<Event, Result> = (event: Event, context: Context) => Promise<Result>;

/** Where functions run, and for how long they may. */
export interface FunctionPlaceOptions {
  readonly account: string;
  readonly region: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly env: NodeJS.ProcessEnv;
}

/** Invokes handlers in this process as Lambda does: each with a context of its own, and in a trace segment that Lambda would make. */
export class FunctionHost {
  readonly #options: FunctionPlaceOptions;

  constructor(options: FunctionPlaceOptions) {
    this.#options = options;
  }

  /** Resolves with what the handler answers and raises what it raises. The trace header is that of what brought the event; without one a new trace begins. */
  async invoke<Event, Result>(
    functionName: string,
    handler: Handler<Event, Result>,
    event: Event,
    traceHeader?: string,
  ): Promise<Result> {
    const { account, region, timeoutMs, clock, env } = this.#options;
    const segment = await openSegment(functionName, traceHeader, env);
    const context = lambdaContext({
      functionName,
      account,
      region,
      clock,
      requestId: randomUUID(),
      deadlineMs: clock.now() + timeoutMs,
      traceHeader: segment.header,
    });
    try {
      const result = await handler(event, context);
      await segment.close();
      return result;
    } catch (error) {
      await segment.close(error);
      throw error;
    }
  }
}
