import type { Span } from "./platform/tracer.ts";

interface StageTime {
  firstStartMs: number;
  sumMs: number;
}

/** Times the stages of a run, summed over its windows, and adds one child span for each at the end: a stage runs too often to be traced each time. */
export class StageClock {
  readonly #span: Span;
  readonly #stages = new Map<string, StageTime>();

  constructor(span: Span) {
    this.#span = span;
  }

  /** Runs a synchronous stage. */
  time(name: string, work: () => void): void {
    const start = performance.now();
    try {
      work();
    } finally {
      this.#add(name, start);
    }
  }

  /** Waits for an asynchronous stage. */
  async wait(name: string, work: () => Promise<void>): Promise<void> {
    const start = performance.now();
    try {
      await work();
    } finally {
      this.#add(name, start);
    }
  }

  /** Passes on what an iterable gives and times the waiting for it. */
  async *around<T>(name: string, items: AsyncIterable<T> | Iterable<T>): AsyncGenerator<T> {
    let start = performance.now();
    for await (const item of items) {
      this.#add(name, start);
      yield item;
      start = performance.now();
    }
    this.#add(name, start);
  }

  /** Hands the times to the span (a stage begins when it first ran and lasts as long as it worked) and returns the sums by stage. */
  close(): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const [name, { firstStartMs, sumMs }] of this.#stages) {
      const start = performance.timeOrigin + firstStartMs;
      this.#span.child(name, start, start + sumMs);
      sums[name] = sumMs;
    }
    return sums;
  }

  #add(name: string, start: number): void {
    const stage = this.#stages.get(name);
    const spent = performance.now() - start;
    if (stage === undefined) this.#stages.set(name, { firstStartMs: start, sumMs: spent });
    else stage.sumMs += spent;
  }
}
