import { ExitCode } from "@belfry/local/cli/exit-code";
import type { Terminal } from "@belfry/local/cli/terminal";

/** A terminal that nobody reads and that remembers what was written. */
export class FakeTerminal implements Terminal {
  exitCode: ExitCode = ExitCode.done;
  readonly printed: string[] = [];
  readonly notes: string[] = [];
  readonly isInteractive = false;
  readonly columns = 120;
  readonly paint = { good: same, bad: same, warn: same, strong: same, faint: same };

  readonly print = (text: string): void => {
    this.printed.push(text);
  };

  readonly note = (text: string): void => {
    this.notes.push(text);
  };

  readonly up = (): void => undefined;

  readonly progress = (): void => undefined;
}

function same(text: string): string {
  return text;
}
