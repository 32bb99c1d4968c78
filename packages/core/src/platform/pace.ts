import type { Clock } from "./clock.ts";
import type { Sleep } from "./retry.ts";

// So much is done at a time when nothing holds the work back.
const MAX_PIECE = 500;

/**
 * Holds work to a rate by a bucket of tokens, which is empty at first and holds those of one second at most: after a pause no more than that is made up
 * for. Call `took` after each piece of the work.
 */
export class Pace {
  readonly #perSecond: number | undefined;
  readonly #clock: Clock;
  readonly #sleep: Sleep;
  #filledMs: number;
  #tokens = 0;

  /** Without a rate nothing waits. */
  constructor(perSecond: number | undefined, clock: Clock, sleep: Sleep) {
    this.#perSecond = perSecond;
    this.#clock = clock;
    this.#sleep = sleep;
    this.#filledMs = clock.now();
  }

  /** How many to take at a time, at most. */
  get piece(): number {
    return this.#perSecond === undefined ? MAX_PIECE : Math.max(1, Math.min(MAX_PIECE, Math.floor(this.#perSecond)));
  }

  /** Waits until so many may have been done; ends early when the signal aborts. */
  async took(count: number, signal: AbortSignal): Promise<void> {
    if (this.#perSecond === undefined) return;
    this.#fill(this.#perSecond);
    this.#tokens -= count;
    if (this.#tokens >= 0) return;
    await this.#sleep((-this.#tokens / this.#perSecond) * 1000, signal);
    this.#fill(this.#perSecond);
  }

  #fill(perSecond: number): void {
    const nowMs = this.#clock.now();
    this.#tokens = Math.min(perSecond, this.#tokens + ((nowMs - this.#filledMs) / 1000) * perSecond);
    this.#filledMs = nowMs;
  }
}
