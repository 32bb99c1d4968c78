import type { RunReport } from "@belfry/core/canaries/report";
import type { RunnerPorts } from "@belfry/core/canaries/run";
import { runCanary } from "@belfry/core/canaries/run-canary";
import { Canaries, type CanaryInput } from "@belfry/core/config/canaries/schema";
import { systemClock } from "@belfry/core/platform/clock";
import { createLogger } from "@belfry/core/platform/logger";
import { sleep } from "@belfry/core/platform/retry";

/** A run's report, and what it stored, by the end of the key. */
export interface Ran {
  readonly report: RunReport;
  readonly files: ReadonlyMap<string, string>;
}

/** Secrets that canaries of tests have, by reference. */
export const TEST_SECRETS: Readonly<Record<string, string>> = {
  "env:PASSWORD": 'pa"ss&wörd/1',
  "env:TOKEN": "tok-4711-planted",
};

/** Runs a canary as users write it, on this machine, and keeps its files in memory. */
export async function ranCanary(canary: CanaryInput, ports: Partial<RunnerPorts>, signal?: AbortSignal): Promise<Ran> {
  const { canary: config } = Canaries.parse({ canary });
  const files = new Map<string, string>();
  const whole: RunnerPorts = {
    kinds: {},
    store: {
      put: async (key, body) => {
        files.set(key.split("/").at(-1) ?? key, Buffer.from(body).toString("utf8"));
      },
    },
    readSecret: async (reference) => {
      const value = TEST_SECRETS[reference];
      if (value === undefined) throw new Error(`no secret ${reference}`);
      return value;
    },
    readText: async (path) => {
      throw new Error(`no file ${path}`);
    },
    region: "eu-west-1",
    clock: systemClock,
    random: () => 0.5,
    sleep,
    logger: createLogger({ level: "off" }),
    ...ports,
  };
  if (config === undefined) throw new Error("no canary");
  const report = await runCanary({ name: "canary", canary: config, ...(signal && { signal }) }, whole);
  return { report, files };
}
