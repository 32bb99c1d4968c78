/** Something that is due at a time. */
interface Due<What> {
  readonly at: number;
  readonly what: What;
}

/** What is due when, on a clock that moves only when it is told to. What is due at one time comes in the order in which it was asked for. */
export class VirtualTimers<What> {
  readonly #due: Due<What>[] = [];

  add(at: number, what: What): void {
    const index = this.#due.findLastIndex((other) => other.at <= at);
    this.#due.splice(index + 1, 0, { at, what });
  }

  /** Takes the first that is due until a time, that time included; undefined when nothing is. */
  next(untilMs: number): Due<What> | undefined {
    const [first] = this.#due;
    return first !== undefined && first.at <= untilMs ? this.#due.shift() : undefined;
  }
}
