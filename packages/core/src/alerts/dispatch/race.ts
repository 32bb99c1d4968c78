import { AwsCallError } from "../../platform/aws-call.ts";
import { BelfryError } from "../../platform/errors.ts";
import { fullJitterMs, type Random, type RetryPolicy, type Sleep } from "../../platform/retry.ts";

/** Twenty that want one item at once each have their turn well before the last try. */
const RACE: RetryPolicy = { baseMs: 25, capMs: 1500, maxAttempts: 25 };

/** A table that does not answer is asked by whoever brings the message again. */
const MAX_ERRORS = 5;

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
const CONFLICT = /^Transaction/;

/**
 * Tries until it is written; a try that gives undefined has lost to somebody else, and reads anew. Raises a retryable error when all of them have, and what the table
 * raises when it does so several times, or nothing that may pass. That a transaction was in the way of ours counts as lost.
 */
export async function untilWritten<Result>(
  what: string,
  attempt: () => Promise<Result | undefined>,
  { random, sleep }: { readonly random: Random; readonly sleep: Sleep },
  signal: AbortSignal,
): Promise<Result> {
  let cause: unknown;
  let errors = 0;
  for (let tries = 0; tries < RACE.maxAttempts && !signal.aborted; tries++) {
    if (tries > 0) await sleep(fullJitterMs(tries, RACE, random), signal);
    try {
      const result = await attempt();
      if (result !== undefined) return result;
    } catch (thrown) {
      if (!isConflict(thrown)) errors++;
      if (!mayPass(thrown) || errors === MAX_ERRORS) throw thrown;
      cause = thrown;
    }
  }
  throw new BelfryError("RETRY", `${what} could not be written, others were faster: try again`, {
    cause,
    retryable: true,
  });
}

function isConflict(thrown: unknown): boolean {
  return thrown instanceof AwsCallError && CONFLICT.test(thrown.awsName);
}

function mayPass(thrown: unknown): boolean {
  return thrown instanceof BelfryError && thrown.retryable;
}
