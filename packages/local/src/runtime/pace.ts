import type { Clock } from "@belfry/core/platform/clock";
import type { Sleep } from "@belfry/core/platform/retry";

/** Holds work to a rate: call `took` after each piece of it. */
export class Pace {
  readonly #perSecond: number | undefined;
  readonly #clock: Clock;
  readonly #sleep: Sleep;
  readonly #startMs: number;
  #count = 0;

  constructor(perSecond: number | undefined, clock: Clock, sleep: Sleep) {
    this.#perSecond = perSecond;
    this.#clock = clock;
    this.#sleep = sleep;
    this.#startMs = clock.now();
  }

  /** How many to take at a time, at most. */
  get piece(): number {
    return this.#perSecond === undefined ? 500 : Math.max(1, Math.min(500, Math.floor(this.#perSecond)));
  }

  /** Waits until so many more may have been done. */
  async took(count: number, signal: AbortSignal): Promise<void> {
    this.#count += count;
    if (this.#perSecond === undefined) return;
    const dueMs = this.#startMs + (this.#count / this.#perSecond) * 1000;
    const waitMs = dueMs - this.#clock.now();
    if (waitMs > 0) await this.#sleep(waitMs, signal);
  }
}
