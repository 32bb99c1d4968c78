import { configuredPipeline } from "@belfry/core/configured-pipeline";
import { s3Get, s3Put } from "@belfry/core/platform/clients";
import { s3Quarantine } from "@belfry/core/sinks/quarantine-s3";
import { bindSink, type World } from "./bind-sink.ts";
import { boundAtFirstCall, type LambdaHandler } from "./handler.ts";
import type { Runtime } from "./runtime.ts";
import { awsRuntime, required } from "./task.ts";

/** Makes a handler that binds itself to AWS at its first call and keeps what it bound; a binding that failed is tried anew at the next call. */
export function inAws<Event, Result>(
  make: (runtime: Runtime) => LambdaHandler<Event, Result>,
): LambdaHandler<Event, Result> {
  return boundAtFirstCall(compose, make);
}

/** Binds the pipeline's ports to AWS too. */
async function compose(): Promise<Runtime> {
  const shared = await awsRuntime();
  const { config, env } = shared;
  const world: World = { ...shared, retentionDays: config.retentionDays };
  const sinks = Object.entries(config.sinks).map(([name, sink]) => bindSink(name, sink, world));
  const bucket = required(env, "BELFRY_QUARANTINE_BUCKET", "the quarantine's bucket");
  const quarantine = s3Quarantine({ put: s3Put(bucket), ...world });
  return { ...shared, pipeline: configuredPipeline(config, { sinks, quarantine }), getObject: s3Get };
}
