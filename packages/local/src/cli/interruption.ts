import { ExitCode } from "./exit-code.ts";

/** Ctrl-C as a signal for work that can be ended in order. */
export interface Interruption {
  /** Aborts at the first Ctrl-C, or when the process is asked to end; a second Ctrl-C ends it at once. */
  readonly signal: AbortSignal;
  /** Gives Ctrl-C its usual meaning back. */
  done(): void;
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Takes over Ctrl-C until `done`. */
export function onInterruption(): Interruption {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(ExitCode.interrupted);
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    signal: controller.signal,
    done: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
}
