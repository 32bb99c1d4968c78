import { BelfryError } from "../platform/errors.ts";
import { fullJitterMs, type Random, type Sleep } from "../platform/retry.ts";

// A collection that was just made answers within a minute or two, and a name takes as long to be known.
const BACKOFF = { baseMs: 1_000, capMs: 15_000 };

/** What decides how long is waited, and who hears of it. */
export interface Waiting {
  readonly random: Random;
  readonly sleep: Sleep;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  readonly onWait: (error: BelfryError) => void;
}

/**
 * Calls `work` until it succeeds, while its errors may pass: a cluster that was just made has no address yet, or does not let anybody in. Raises the last error when the
 * signal aborts, and any other at once.
 */
export async function whenReady<T>(work: () => Promise<T>, { random, sleep, signal, onWait }: Waiting): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof BelfryError) || !error.retryable || signal.aborted) throw error;
      onWait(error);
      await sleep(BACKOFF.baseMs + fullJitterMs(tries, BACKOFF, random), signal);
      if (signal.aborted) throw error;
    }
  }
}
