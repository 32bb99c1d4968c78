import { rm } from "node:fs/promises";
import path from "node:path";
import type { StepHooks } from "@belfry/core/canaries/context";
import type { RunReport } from "@belfry/core/canaries/report";
import type { RunnerPorts } from "@belfry/core/canaries/run";
import { runCanary } from "@belfry/core/canaries/run-canary";
import type { Logger } from "@belfry/core/platform/logger";
import type { BelfryFolder } from "../belfry-folder.ts";
import { type CanarySet, canaryNamed, hasLentBaselines } from "./canary-set.ts";
import { watchedKinds } from "./run-canaries.ts";
import { openRunHistory, type RunHistory } from "./run-history.ts";
import { runnerPorts } from "./runner-ports.ts";
import { brokenTwin, VISUAL_SAMPLE } from "./sample-canaries.ts";

/** What runs canaries here, and remembers it. */
export class LocalRuns {
  readonly history: RunHistory;
  readonly #set: CanarySet;
  readonly #folder: BelfryFolder;
  readonly #ports: RunnerPorts;

  constructor(set: CanarySet, folder: BelfryFolder, logger: Logger) {
    this.#set = set;
    this.#folder = folder;
    this.#ports = runnerPorts({ folder, env: set.env, filesFrom: set.filesFrom, logger });
    this.history = openRunHistory(folder.runs);
  }

  /** Runs a canary and remembers it. Raises NOT_FOUND when there is none of that name. */
  async run(name: string, hooks: StepHooks, signal: AbortSignal): Promise<RunReport> {
    const canary = canaryNamed(this.#set, name);
    await this.#lend(name, signal);
    const ports = { ...this.#ports, kinds: watchedKinds(this.#ports.kinds, hooks) };
    const report = await runCanary({ name, canary, signal }, ports);
    await noteRun(this.history, this.#folder, report);
    return report;
  }

  /** The broken poster needs the good one's picture: run alone, that is taken first. */
  async #lend(name: string, signal: AbortSignal): Promise<void> {
    const { baselines } = this.#ports;
    if (this.#set.site === undefined || name !== brokenTwin(VISUAL_SAMPLE) || baselines === undefined) return;
    if (await hasLentBaselines(baselines, signal)) return;
    await this.run(VISUAL_SAMPLE, {}, signal);
    await hasLentBaselines(baselines, signal);
  }

  close(): void {
    this.history.close();
  }
}

/** Remembers a run, and removes the files of those that are forgotten for it. */
export async function noteRun(history: RunHistory, folder: BelfryFolder, report: RunReport): Promise<void> {
  for (const prefix of history.note(report)) {
    await rm(path.join(folder.canaries, prefix), { recursive: true, force: true });
  }
}
