import { setImmediate as turn } from "node:timers/promises";
import type { Scheduler } from "@belfry/local/stream/scheduler";

interface Timer {
  readonly dueMs: number;
  readonly call: () => void;
}

/** A clock that stands still until it is moved; timers fire in order of their times. */
export class VirtualScheduler implements Scheduler {
  #now: number;
  #timers: Timer[] = [];

  constructor(nowMs: number) {
    this.#now = nowMs;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, call: () => void): () => void {
    const timer = { dueMs: this.#now + delayMs, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Moves the clock on, stopping at each timer that falls due; lets promises settle before and after each. */
  async advance(byMs: number): Promise<void> {
    const until = this.#now + byMs;
    await turn();
    for (let timer = this.#next(); timer !== undefined && timer.dueMs <= until; timer = this.#next()) {
      this.#fire(timer);
      await turn();
    }
    this.#now = until;
  }

  /** Moves the clock on from timer to timer until a promise settles, and gives its value. */
  async settle<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    promise.then(
      () => {
        settled = true;
      },
      () => {
        settled = true;
      },
    );
    await turn();
    while (!settled) {
      const timer = this.#next();
      if (timer === undefined) throw new Error("nothing is due, and the promise has not settled");
      this.#fire(timer);
      await turn();
    }
    return promise;
  }

  #next(): Timer | undefined {
    return this.#timers.toSorted((x, y) => x.dueMs - y.dueMs)[0];
  }

  #fire(timer: Timer): void {
    this.#timers = this.#timers.filter((other) => other !== timer);
    this.#now = Math.max(this.#now, timer.dueMs);
    timer.call();
  }
}
