import { fullJitterMs, type Random, type RetryPolicy, type Sleep } from "../platform/retry.ts";

/** What decides how often and when a sink tries again. */
export interface Retrying {
  readonly retry?: RetryPolicy;
  readonly random: Random;
  readonly sleep: Sleep;
}

/** Six tries over some seconds: longer trouble is for the service that delivered the records, which keeps them meanwhile. */
const DEFAULT_RETRY: RetryPolicy = { baseMs: 200, capMs: 10_000, maxAttempts: 6 };

/** Why records are unsettled when the invocation has to answer. */
export const DEADLINE = "deadline";

/**
 * Calls `once` with the work, and again with what it returns as left, after a pause each time; returns what is left when the attempts are used
 * up or the signal has aborted. `once` notes for itself why something is left.
 */
export async function attempt<T>(
  work: readonly T[],
  once: (work: readonly T[]) => Promise<readonly T[]>,
  { retry = DEFAULT_RETRY, random, sleep }: Retrying,
  signal: AbortSignal,
): Promise<readonly T[]> {
  let left = work;
  for (let tries = 1; left.length > 0 && !signal.aborted; tries++) {
    left = await once(left);
    if (left.length === 0 || tries >= retry.maxAttempts) break;
    await sleep(fullJitterMs(tries - 1, retry, random), signal);
  }
  return left;
}
