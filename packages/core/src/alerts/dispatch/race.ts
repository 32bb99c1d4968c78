import { BelfryError } from "../../platform/errors.ts";
import { fullJitterMs, type Random, type RetryPolicy, type Sleep } from "../../platform/retry.ts";

/** Twenty that want one item at once each have their turn well before the last try. */
const RACE: RetryPolicy = { baseMs: 25, capMs: 1500, maxAttempts: 25 };

/**
 * Tries until it is written; a try that gives undefined has lost to somebody else, and reads anew. Raises a retryable error when all of them have, with what the table
 * raised last: a transaction that is in the way of ours raises an error, and passes.
 */
export async function untilWritten<Result>(
  what: string,
  attempt: () => Promise<Result | undefined>,
  { random, sleep }: { readonly random: Random; readonly sleep: Sleep },
  signal: AbortSignal,
): Promise<Result> {
  let cause: unknown;
  for (let tries = 0; tries < RACE.maxAttempts && !signal.aborted; tries++) {
    if (tries > 0) await sleep(fullJitterMs(tries, RACE, random), signal);
    try {
      const result = await attempt();
      if (result !== undefined) return result;
    } catch (thrown) {
      if (!(thrown instanceof BelfryError && thrown.retryable)) throw thrown;
      cause = thrown;
    }
  }
  throw new BelfryError("RETRY", `${what} could not be written, others were faster: try again`, {
    cause,
    retryable: true,
  });
}
