/** The time of day, epoch milliseconds; a parameter wherever time matters, so that tests need not wait for it. */
export interface Clock {
  now(): number;
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => Date.now() };
