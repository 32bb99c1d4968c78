import { ExitCode } from "./exit-code.ts";

/** Ctrl-C as a signal for work that can be ended in order. */
export interface Interruption {
  /** Aborts at the first Ctrl-C, or when the process is asked to end; a second Ctrl-C ends it at once. */
  readonly signal: AbortSignal;
  /** Gives Ctrl-C its usual meaning back. */
  done(): void;
}

const WATCH_MS = 500;
const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Takes over Ctrl-C until `done`. */
export function onInterruption(): Interruption {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(ExitCode.interrupted);
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  const parent = process.ppid;
  // A signal to npm alone ends npm and its shell, which does not pass it on: that the shell is gone is then all there is to see.
  const watch =
    process.env.npm_lifecycle_event === undefined
      ? undefined
      : setInterval(() => process.ppid !== parent && controller.abort(), WATCH_MS).unref();
  return {
    signal: controller.signal,
    done: () => {
      clearInterval(watch);
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
}
