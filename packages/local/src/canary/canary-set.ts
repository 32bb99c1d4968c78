import path from "node:path";
import type { BaselineStore } from "@belfry/core/canaries/context";
import type { CanariesConfig, CanaryConfig } from "@belfry/core/config/canaries/schema";
import { BelfryError } from "@belfry/core/platform/errors";
import type { FoundConfig } from "../runtime/load-config.ts";
import { brokenTwin, SAMPLE_SECRET, sampleCanaries, VISUAL_SAMPLE } from "./sample-canaries.ts";
import { type SampleSite, startSampleSite } from "./site/sample-site.ts";
import { SITE_PASSWORD } from "./site/shop-pages.ts";

/** The samples' script and recording are those of the example, which people begin with. */
const EXAMPLE = path.resolve(import.meta.dirname, "../../../../examples/canaries");

/** The canaries that there are on this machine: those of the configuration, or else the samples, with the site that they watch. */
export interface CanarySet {
  readonly canaries: CanariesConfig;
  /** Absent when the canaries are those of a configuration. */
  readonly site?: SampleSite;
  /** Where paths of their files begin. */
  readonly filesFrom: string;
  /** The environment, with the samples' secret. */
  readonly env: NodeJS.ProcessEnv;
  close(): Promise<void>;
}

/** Opens the canaries of a configuration; where it has none, serves the sample site and gives the samples. Raises UNAVAILABLE. */
export async function openCanarySet({ config, file }: FoundConfig, env: NodeJS.ProcessEnv): Promise<CanarySet> {
  const { canaries } = config;
  if (Object.keys(canaries).length > 0) {
    return { canaries, filesFrom: path.dirname(path.resolve(file ?? "")), env, close: async () => undefined };
  }
  return openSamples(env);
}

/** The samples, and the site that they watch. */
async function openSamples(env: NodeJS.ProcessEnv): Promise<CanarySet & { readonly site: SampleSite }> {
  const site = await startSampleSite();
  return {
    canaries: sampleCanaries(site),
    site,
    filesFrom: EXAMPLE,
    env: { ...env, [SAMPLE_SECRET]: SITE_PASSWORD },
    close: () => site.close(),
  };
}

/** A canary by its name. Raises NOT_FOUND, naming those that there are. */
export function canaryNamed({ canaries }: Pick<CanarySet, "canaries">, name: string): CanaryConfig {
  const canary = Object.hasOwn(canaries, name) ? canaries[name] : undefined;
  if (canary !== undefined) return canary;
  throw new BelfryError("NOT_FOUND", `there is no canary ${name}, only ${Object.keys(canaries).join(", ")}`);
}

/** Those of all that run when none is named: not those that are switched off, nor those that only CloudWatch Synthetics can run. */
export function namesOfAll({ canaries }: Pick<CanarySet, "canaries">): string[] {
  return Object.keys(canaries).filter((name) => canaries[name].enabled && canaries[name].backend.type === "belfry");
}

/**
 * Gives the broken poster the baseline of the good one, unless it has one: its first picture would become its own baseline, and pass. Tells whether it has one then.
 */
export async function hasLentBaselines(baselines: BaselineStore, signal: AbortSignal): Promise<boolean> {
  const own = `${brokenTwin(VISUAL_SAMPLE)}/`;
  if ((await baselines.list(own, signal)).length > 0) return true;
  const names = await baselines.list(`${VISUAL_SAMPLE}/`, signal);
  for (const name of names) {
    const picture = await baselines.read(name, signal);
    if (picture !== undefined) await baselines.write(own + name.slice(VISUAL_SAMPLE.length + 1), picture, signal);
  }
  return names.length > 0;
}
