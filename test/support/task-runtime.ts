// A runtime for handlers that run no pipeline: a clock that moves only by sleeping, and what was counted and logged, to look at.
import { type Config, ConfigSchema } from "@belfry/core/config/schema";
import { createLogger } from "@belfry/core/platform/logger";
import { noTracer } from "@belfry/core/platform/tracer";
import type { TaskRuntime } from "@belfry/functions/task";

export interface MemoryTaskRuntime extends TaskRuntime {
  /** Sums by name and dimensions: `ExportTasks {"Function":"archive-export"}`. */
  readonly counted: Map<string, number>;
  readonly flushes: () => number;
  /** Log entries as they were written. */
  readonly logged: readonly Record<string, unknown>[];
  /** Moves the clock on. */
  readonly pass: (ms: number) => void;
}

export interface MemoryTaskOptions {
  readonly config?: Partial<Config>;
  readonly env?: Readonly<Record<string, string>>;
  readonly now?: number;
}

export function taskRuntime(options: MemoryTaskOptions = {}): MemoryTaskRuntime {
  let now = options.now ?? Date.UTC(2026, 10, 22, 12);
  let flushed = 0;
  const pass = (ms: number): void => {
    now += ms;
  };
  const counted = new Map<string, number>();
  const logged: Record<string, unknown>[] = [];
  return {
    config: { ...ConfigSchema.parse({}), ...options.config },
    env: options.env ?? {},
    logger: createLogger({ level: "debug", write: (line) => logged.push(JSON.parse(line)) }),
    tracer: noTracer,
    metrics: {
      count: (name, value, dimensions = {}) => {
        const key = `${name} ${JSON.stringify(dimensions)}`;
        counted.set(key, (counted.get(key) ?? 0) + value);
      },
      duration: () => undefined,
      flush: () => void flushed++,
    },
    clock: { now: () => now },
    random: () => 0.5,
    sleep: async (ms) => pass(ms),
    counted,
    flushes: () => flushed,
    logged,
    pass,
  };
}
