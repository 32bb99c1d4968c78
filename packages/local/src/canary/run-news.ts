import type { RunReport } from "@belfry/core/canaries/report";
import { type Paint, printable } from "../cli/terminal.ts";
import { timeText } from "../on-call/time-text.ts";

/** Says in a line when a canary begins to fail, and when it passes again. */
export class RunNews {
  readonly #failing = new Set<string>();
  readonly #paint: Paint;
  /** What is put behind commands that are named, such as `--dir`. */
  readonly #suffix: string;

  constructor(suffix: string, paint: Paint) {
    this.#suffix = suffix;
    this.#paint = paint;
  }

  /** The line of a run; undefined when it ended as the one before. */
  of({ canary, failure, endedMs }: RunReport): string | undefined {
    const time = timeText(endedMs).slice(11);
    const name = this.#paint.strong(`canary ${canary}`);
    if (failure === undefined) {
      return this.#failing.delete(canary) ? `${time}  ${name} ${this.#paint.good("passes again")}` : undefined;
    }
    if (this.#failing.has(canary)) return undefined;
    this.#failing.add(canary);
    const command = this.#paint.faint(` — npx belfry canary show ${canary}${this.#suffix}`);
    return `${time}  ${name} ${this.#paint.bad("failed")}: ${printable(failure.message)}${command}`;
  }
}
