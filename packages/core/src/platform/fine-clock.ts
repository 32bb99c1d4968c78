/** From where the fine clock counts as having stood still, as it does while Lambda freezes the process. */
const MAX_DRIFT_MS = 5;

/**
 * The time of day in fractions of a millisecond, for one trace: that of `performance`, set right by the coarse clock where it stood still
 * before. Epoch milliseconds.
 */
export class FineClock {
  readonly #offsetMs: number;

  /** Reads both clocks; their difference then holds for the whole trace, so that none of its times jumps. */
  constructor() {
    const driftMs = Date.now() - (performance.timeOrigin + performance.now());
    this.#offsetMs = Math.abs(driftMs) < MAX_DRIFT_MS ? 0 : driftMs;
  }

  now(): number {
    return this.at(performance.timeOrigin + performance.now());
  }

  /** The time of day at a time by `performance.timeOrigin + performance.now()`. */
  at(fineMs: number): number {
    return fineMs + this.#offsetMs;
  }
}
