// Lets several async programs run one at a time on a clock of their own: at each turn chance decides who goes on.

interface Waiting {
  readonly untilMs: number;
  readonly resume: () => void;
}

export class Turns {
  nowMs: number;
  /** Time passes only where a program waits for it. */
  isSteady = false;
  readonly #chance: () => number;
  readonly #waiting: Waiting[] = [];
  #running = 0;
  #stopped: () => void = () => undefined;

  constructor(nowMs: number, chance: () => number) {
    this.nowMs = nowMs;
    this.#chance = chance;
  }

  /** Ends when chance gives this program its turn; time may have passed. */
  next(): Promise<void> {
    return this.sleep(0);
  }

  /** The same, and not before so much time has passed. */
  sleep(ms: number): Promise<void> {
    return new Promise((resume) => {
      this.#waiting.push({ untilMs: this.nowMs + ms, resume });
      this.#stop();
    });
  }

  /** Runs programs to their ends. They have begun already, up to their first turn. */
  async run(programs: readonly Promise<void>[]): Promise<void> {
    let failed: { readonly thrown: unknown } | undefined;
    let left = programs.length;
    for (const program of programs) {
      program
        .catch((thrown: unknown) => {
          failed = { thrown };
        })
        .finally(() => {
          left--;
          this.#stop();
        });
    }
    // Lets those be counted that have ended without a turn.
    await new Promise(setImmediate);
    while (left > 0 && failed === undefined) await this.#goOn();
    if (failed !== undefined) throw failed.thrown;
  }

  async #goOn(): Promise<void> {
    const waiting = this.#waiting.splice(Math.floor(this.#chance() * this.#waiting.length), 1)[0];
    if (waiting === undefined) throw new Error("a program waits for something that is no turn");
    // Mostly milliseconds pass, now and then a minute, seldom half an hour.
    const passedMs = this.isSteady ? 0 : Math.floor(this.#chance() ** 30 * 1_800_000);
    this.nowMs = Math.max(this.nowMs + passedMs, waiting.untilMs);
    this.#running = 1;
    const stopped = new Promise<void>((resolve) => {
      this.#stopped = resolve;
    });
    waiting.resume();
    await stopped;
  }

  #stop(): void {
    if (this.#running === 0) return;
    this.#running = 0;
    this.#stopped();
  }
}
