import { setTimeout as delay } from "node:timers/promises";

/** How often and how fast to try again: the delay before retry n is at most baseMs · 2ⁿ, and never more than capMs. */
export interface RetryPolicy {
  readonly baseMs: number;
  readonly capMs: number;
  /** All tries together, the first included. */
  readonly maxAttempts: number;
}

/** A number in [0, 1), as Math.random gives it. */
export type Random = () => number;

/** Waits; ends early, without an error, when the signal aborts. A parameter of whatever retries, so that tests need not wait. */
export type Sleep = (delayMs: number, signal?: AbortSignal) => Promise<void>;

/**
 * Milliseconds to wait before a retry, `attempt` counted from 0: any time from none to the exponential bound, so that clients that failed
 * together do not come back together ("full jitter", https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 */
export function fullJitterMs(attempt: number, policy: Pick<RetryPolicy, "baseMs" | "capMs">, random: Random): number {
  return Math.floor(random() * Math.min(policy.capMs, policy.baseMs * 2 ** attempt));
}

/** The real `Sleep`. */
export const sleep: Sleep = async (delayMs, signal) => {
  try {
    await delay(delayMs, undefined, signal === undefined ? undefined : { signal });
  } catch (thrown) {
    if (signal?.aborted !== true) throw thrown;
  }
};
