import type { Clock } from "@belfry/core/platform/clock";

/** Time as the local stream and its mapping see it: a test gives a clock of its own and moves it by hand. */
export interface Scheduler extends Clock {
  /** Calls back once after a delay; what it returns takes the call back. */
  after(delayMs: number, call: () => void): () => void;
}

/** The machine's own clock and timers. */
export const systemScheduler: Scheduler = {
  now: Date.now,
  after(delayMs, call) {
    const timer = setTimeout(call, delayMs);
    return () => clearTimeout(timer);
  },
};
