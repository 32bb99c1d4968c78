import { AwsCallError } from "./aws-call.ts";
import type { Clock } from "./clock.ts";
import { Pace } from "./pace.ts";
import { fullJitterMs, type Random, type RetryPolicy, type Sleep } from "./retry.ts";

/** Makes a call when the pace allows it, and again when it was throttled. Raises what the last try raised. */
export type PacedCall = <T>(call: () => Promise<T>, signal: AbortSignal) => Promise<T>;

export interface PacedCallOptions {
  readonly perSecond: number;
  readonly retry?: RetryPolicy;
  readonly clock: Clock;
  readonly random: Random;
  readonly sleep: Sleep;
}

/** Eight tries over at most two minutes: throttling ends when whoever else calls has done. */
const THROTTLED: RetryPolicy = { baseMs: 500, capMs: 20_000, maxAttempts: 8 };

const THROTTLING = /Throttl|TooManyRequests|SlowDown|RequestLimitExceeded/;

/** Keeps to a number of calls in a second, for APIs whose quota the whole account shares; throttled calls back off with full jitter. */
export function pacedCalls({ perSecond, retry = THROTTLED, clock, random, sleep }: PacedCallOptions): PacedCall {
  const pace = new Pace(perSecond, clock, sleep);
  return async (call, signal) => {
    for (let attempt = 0; ; attempt++) {
      await pace.took(1, signal);
      signal.throwIfAborted();
      try {
        return await call();
      } catch (thrown) {
        if (!isThrottled(thrown) || attempt + 1 >= retry.maxAttempts || signal.aborted) throw thrown;
        await sleep(fullJitterMs(attempt, retry, random), signal);
      }
    }
  };
}

/** True when AWS refused a call only because there were too many. */
export function isThrottled(thrown: unknown): boolean {
  return thrown instanceof AwsCallError && THROTTLING.test(thrown.awsName);
}
