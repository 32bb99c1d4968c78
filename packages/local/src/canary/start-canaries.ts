import { messageOf } from "@belfry/core/platform/errors";
import { createLogger, levelFromEnv } from "@belfry/core/platform/logger";
import type { Terminal } from "../cli/terminal.ts";
import type { LiveParts } from "./live-canaries.ts";
import { RunNews } from "./run-news.ts";

/** What `belfry start` knows of canaries. */
export interface StartOptions extends Omit<LiveParts, "logger" | "onRun"> {
  /** From one run of a sample without browser to the next. */
  readonly everyMs: number;
  /** Each browserless one once, in place of a schedule. */
  readonly once: boolean;
  readonly terminal: Terminal;
  /** Prints a line that stays. */
  readonly say: (line: string) => void;
  /** What is put behind commands that are named, such as `--dir`. */
  readonly suffix: string;
}

/** Canaries that run in the background. */
export interface StartedCanaries {
  /** Resolves when all have run that are to run once; with a schedule, when it was stopped. */
  readonly done: Promise<void>;
  /** Breaks off what is under way, and ends. */
  stop(): Promise<void>;
}

/** Runs the configuration's canaries, or else the samples, beside everything else: whatever goes wrong with them is said, and ends nothing else. */
export function startCanaries(options: StartOptions): StartedCanaries {
  const { terminal, env } = options;
  const level = levelFromEnv({ BELFRY_LOG_LEVEL: "error", ...env });
  const logger = createLogger({ level, pretty: true, colors: terminal.isInteractive, write: terminal.note });
  const stopped = new AbortController();
  const done = playUntil(stopped.signal, { ...options, logger }).catch((error: unknown) =>
    terminal.note(`canaries ended: ${messageOf(error)}`),
  );
  return {
    done,
    stop: () => {
      stopped.abort();
      return done;
    },
  };
}

async function playUntil(signal: AbortSignal, options: StartOptions & Pick<LiveParts, "logger">): Promise<void> {
  const { say, suffix, terminal, once, everyMs } = options;
  // The runner is large: what is printed first must not wait for it.
  const [{ LiveCanaries }, { onceBrowserless, playCanaries }, { onceOwnBrowserless, playOwnCanaries }] =
    await Promise.all([import("./live-canaries.ts"), import("./play-canaries.ts"), import("./own-canaries.ts")]);
  const news = new RunNews(suffix, terminal.paint);
  const canaries = await LiveCanaries.open({
    ...options,
    onRun: (report) => {
      const line = news.of(report);
      if (line !== undefined) say(line);
    },
  });
  const stop = () => canaries.stop();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    if (canaries.site === undefined) await (once ? onceOwnBrowserless(canaries) : playOwnCanaries(canaries));
    else await (once ? onceBrowserless(canaries) : playCanaries(canaries, everyMs));
  } finally {
    await canaries.close();
  }
}
