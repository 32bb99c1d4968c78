import { readFile } from "node:fs/promises";
import type { Config } from "@belfry/core/config/schema";
import { systemClock } from "@belfry/core/platform/clock";
import { emfMetrics, type Measurements } from "@belfry/core/platform/emf";
import { BelfryError, messageOf } from "@belfry/core/platform/errors";
import { createLogger, type Logger } from "@belfry/core/platform/logger";
import { type Random, type Sleep, sleep } from "@belfry/core/platform/retry";
import { xrayTracer } from "@belfry/core/platform/xray-tracer";
import { boundAtFirstCall, framedHandler, type HandlerRuntime, type LambdaHandler } from "./handler.ts";

/** What handlers use of the world that run no pipeline: exports, retention, replay, set-up. */
export interface TaskRuntime extends HandlerRuntime {
  /** The environment that the stacks set; see `required`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly random: Random;
  readonly sleep: Sleep;
}

/** One invocation of such a handler, as its body sees it. */
export interface TaskInvocation {
  /** Aborts shortly before Lambda would end the function. */
  readonly signal: AbortSignal;
  /** Milliseconds until `signal` aborts; never negative. */
  readonly remainingMs: () => number;
  /** Every entry carries the function's name, the request's id and the trace's. */
  readonly logger: Logger;
}

/** Makes a Lambda handler of a body that runs no pipeline: deadline, tracing, metrics and the log are those of all handlers. */
export function taskHandler<Event, Result>(
  name: string,
  runtime: TaskRuntime,
  body: (event: Event, invocation: TaskInvocation) => Promise<Result>,
): LambdaHandler<Event, Result> {
  return framedHandler<Event, Result>(name, runtime, (event, { signal, remainingMs, logger }) =>
    body(event, { signal, remainingMs, logger }),
  );
}

/** Makes a handler that binds itself to AWS at its first call and keeps what it bound; a binding that failed is tried anew at the next call. */
export function inAwsTask<Event, Result>(
  make: (runtime: TaskRuntime) => LambdaHandler<Event, Result>,
): LambdaHandler<Event, Result> {
  return boundAtFirstCall(awsRuntime, make);
}

/** Binds what all handlers share to AWS, by the configuration beside the bundle and the environment that the stacks set. Raises BAD_CONFIG. */
export async function awsRuntime(): Promise<TaskRuntime & { readonly metrics: Measurements }> {
  const config = await readConfig(new URL("./config.json", import.meta.url));
  // The stage's own, so that two stages in an account do not add up.
  const namespace = process.env.BELFRY_METRIC_NAMESPACE || config.metrics.namespace;
  const logger = createLogger();
  return {
    config,
    env: process.env,
    logger,
    tracer: xrayTracer({ onFailure: (error) => logger.warn("tracing is off", { error }) }),
    metrics: emfMetrics({ ...config.metrics, namespace }),
    clock: systemClock,
    random: Math.random,
    sleep,
  };
}

/** A variable that the stacks set. Raises BAD_CONFIG when it is missing or empty; `meaning` says in the message what it must name. */
export function required(env: TaskRuntime["env"], variable: string, meaning: string): string {
  const value = env[variable];
  if (value !== undefined && value !== "") return value;
  throw new BelfryError("BAD_CONFIG", `${variable} is not set: the stacks set it to ${meaning}`);
}

/** The build wrote it from a configuration that it had validated: what is not an object was not written by it. */
async function readConfig(url: URL): Promise<Config> {
  try {
    const config: unknown = JSON.parse(await readFile(url, "utf8"));
    if (typeof config === "object" && config !== null && "metrics" in config) return config as Config;
    throw new Error("it is none that `npm run build` writes: build the function again");
  } catch (cause) {
    throw new BelfryError("BAD_CONFIG", `config.json beside the bundle: ${messageOf(cause)}`, { cause });
  }
}
