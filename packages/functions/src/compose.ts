import { readFile } from "node:fs/promises";
import { type Config, ConfigSchema } from "@belfry/core/config/schema";
import { configuredPipeline } from "@belfry/core/configured-pipeline";
import { s3Get, s3Put } from "@belfry/core/platform/clients";
import { systemClock } from "@belfry/core/platform/clock";
import { emfMetrics } from "@belfry/core/platform/emf";
import { BelfryError, messageOf } from "@belfry/core/platform/errors";
import { createLogger } from "@belfry/core/platform/logger";
import { sleep } from "@belfry/core/platform/retry";
import { xrayTracer } from "@belfry/core/platform/xray-tracer";
import { s3Quarantine } from "@belfry/core/sinks/quarantine-s3";
import type { Quarantine } from "@belfry/core/sinks/sink";

import { bindSink, type World } from "./bind-sink.ts";
import type { LambdaHandler } from "./invocation.ts";
import type { Runtime } from "./runtime.ts";

/** Makes a handler that binds itself to AWS at its first call and keeps what it bound; a binding that failed is tried anew at the next call. */
export function inAws<Event, Result>(
  make: (runtime: Runtime) => LambdaHandler<Event, Result>,
): LambdaHandler<Event, Result> {
  let bound: Promise<LambdaHandler<Event, Result>> | undefined;
  return async (event, context) => {
    bound ??= compose().then(make);
    const handler = await bound.catch((error: unknown) => {
      bound = undefined;
      throw error;
    });
    return handler(event, context);
  };
}

/** Binds core's ports to AWS by the configuration beside the bundle and the environment that the stacks set. */
async function compose(): Promise<Runtime> {
  const env = process.env;
  const config = await readConfig(new URL("./config.json", import.meta.url));
  const logger = createLogger();
  const world: World = {
    clock: systemClock,
    random: Math.random,
    sleep,
    logger,
    env,
    retentionDays: config.retentionDays,
  };
  const sinks = Object.entries(config.sinks).map(([name, sink]) => bindSink(name, sink, world));
  return {
    config,
    pipeline: configuredPipeline(config, { sinks, quarantine: bindQuarantine(world) }),
    getObject: s3Get,
    tracer: xrayTracer({ onFailure: (error) => logger.warn("tracing is off", { error }) }),
    metrics: emfMetrics(config.metrics),
    logger,
    clock: systemClock,
  };
}

async function readConfig(url: URL): Promise<Config> {
  try {
    return ConfigSchema.parse(JSON.parse(await readFile(url, "utf8")));
  } catch (cause) {
    throw new BelfryError("BAD_CONFIG", `config.json beside the bundle: ${messageOf(cause)}`, { cause });
  }
}

function bindQuarantine(world: World): Quarantine {
  const bucket = world.env["BELFRY_QUARANTINE_BUCKET"];
  if (bucket === undefined || bucket === "") {
    throw new BelfryError(
      "BAD_CONFIG",
      "BELFRY_QUARANTINE_BUCKET is not set: the stacks set it to the quarantine's bucket",
    );
  }
  return s3Quarantine({ put: s3Put(bucket), ...world });
}
