import { readFile } from "node:fs/promises";
import type { BaselineStore } from "@belfry/core/canaries/context";
import type { RunnerPorts } from "@belfry/core/canaries/run";
import { bundledFile } from "@belfry/core/config/canaries/files";
import { s3Get } from "@belfry/core/platform/clients";
import { BelfryError } from "@belfry/core/platform/errors";
import { eventPutter } from "@belfry/core/platform/events-client";
import { s3List, s3PutTyped } from "@belfry/core/platform/objects-client";
import { readNamedSecret, secretReader } from "@belfry/core/platform/secrets-client";
import { signRequest } from "@belfry/core/platform/signing-client";
import type { CanaryRuntime } from "./canary-runtime.ts";
import { boundAtFirstCall, type LambdaHandler } from "./handler.ts";
import { awsRuntime, required, type TaskRuntime } from "./task.ts";

/** What a bundle has of the runner that others lack: its kinds, its browser, its script. */
export type BundleParts = Pick<RunnerPorts, "kinds" | "openBrowser" | "loadModule">;

/** Makes a handler of canaries that binds itself to AWS at its first call and keeps what it bound; a binding that failed is tried anew at the next call. */
export function inAwsCanary<Event, Result>(
  partsOf: (runtime: TaskRuntime) => BundleParts,
  make: (runtime: CanaryRuntime) => LambdaHandler<Event, Result>,
): LambdaHandler<Event, Result> {
  return boundAtFirstCall(async () => {
    const shared = await awsRuntime();
    const { env, clock, random, sleep } = shared;
    const bucket = required(env, "BELFRY_CANARY_BUCKET", "the bucket of canaries' files");
    const bus = required(env, "BELFRY_EVENT_BUS_ARN", "the ARN of the Belfry bus");
    // The bucket is where the bus is, at home; the canary may run elsewhere.
    const [, , , home = ""] = bus.split(":");
    const put = s3PutTyped(bucket, home);
    return {
      ...shared,
      bucket,
      alarmPrefix: required(env, "BELFRY_CANARY_ALARM_PREFIX", "what alarms on canaries are called"),
      eventPutter: (traceHeader) => eventPutter(bus, traceHeader),
      runner: {
        ...partsOf(shared),
        ...{ clock, random, sleep },
        store: { put },
        baselines: baselinesIn(bucket, home),
        readSecret: secretReader(env),
        readNamedSecret,
        sign: signRequest,
        readText: (path) => readFile(new URL(`./${bundledFile(path)}`, import.meta.url), "utf8"),
        region: required(env, "AWS_REGION", "the region"),
        // The runtime's own interface is there; an emulator's functions run on the machine that they watch.
        loopback: env.AWS_ENDPOINT_URL !== undefined,
      },
    } satisfies CanaryRuntime;
  }, make);
}

/** What the keys of baselines begin with; those of runs begin with `canary/`. */
const BASELINES = "baselines/";

function baselinesIn(bucket: string, region: string): BaselineStore {
  const [list, put] = [s3List(bucket, region), s3PutTyped(bucket, region)];
  return {
    async read(name, signal) {
      try {
        const chunks: Uint8Array[] = [];
        for await (const chunk of await s3Get({ bucket, region, key: BASELINES + name }, signal)) chunks.push(chunk);
        return Buffer.concat(chunks);
      } catch (thrown) {
        if (thrown instanceof BelfryError && thrown.code === "NOT_FOUND") return undefined;
        throw thrown;
      }
    },
    write: (name, picture, signal) => put(BASELINES + name, picture, "image/png", signal),
    async list(prefix, signal) {
      const names: string[] = [];
      for (let page = await list(BASELINES + prefix, undefined, signal); ; ) {
        names.push(...page.objects.map(({ key }) => key.slice(BASELINES.length)));
        if (page.isLast) return names;
        page = await list(BASELINES + prefix, page.objects.at(-1)?.key, signal);
      }
    },
  };
}
