import type { ExportSettings } from "../config/deploy/export.ts";
import { AwsCallError } from "../platform/aws-call.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { ExportCalls, ExportTask, ExportTaskFilter, LogGroup } from "../platform/logs-client.ts";
import type { Metrics } from "../platform/metrics.ts";
import { isThrottled, type PacedCall } from "../platform/paced-calls.ts";
import type { Random } from "../platform/retry.ts";
import {
  type ExportWindow,
  exportPrefix,
  exportSelection,
  exportTaskName,
  firstMs,
  nextWindow,
} from "./export-plan.ts";
import { type Checkpoint, type ExporterState, type ExportStore, type IntendedTask, LEASE_MS } from "./export-state.ts";

/** A window that could not be exported in this run. */
export interface FailedExport extends ExportWindow {
  readonly attempts: number;
  readonly reason: string;
}

/**
 * What the state machine does next: wait so many seconds and call again, or end. `finished`: nothing is left to export now; `held`: another run exports;
 * `paused`: there is more, but a run must end before its history is full.
 */
export type ExportAnswer =
  | { readonly done: false; readonly wait: number }
  | {
      readonly done: true;
      readonly outcome: "finished" | "held" | "paused";
      /** Windows exported by this run. */
      readonly exported: number;
      readonly failedCount: number;
      /** The first of them. */
      readonly failed: readonly FailedExport[];
    };

export interface ExportPorts {
  readonly calls: ExportCalls;
  readonly paced: PacedCall;
  readonly store: ExportStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Whose step it is, and where the windows go. */
export interface ExportRun {
  /** The same for all steps of a run and of no other: the execution's ARN. */
  readonly owner: string;
  readonly region: string;
  readonly bucket: string;
  readonly signal: AbortSignal;
}

// Small windows are exported in seconds, large ones take hours.
const SOON_S = 15;
const POLL_S = 60;
const YOUNG_TASK_MS = 60_000;

/** A create that has not been sent by then is not sent: the lease, and with it the intent, must outlive the call. */
const CREATE_UNTIL_MS = LEASE_MS - 5 * 60_000;

/** A turn of the state machine takes nine events of the 25,000 that an execution may have. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const MAX_STEPS = 2000;

const MAX_REPORTED = 50;

/**
 * Does one step of the export: settles the task that runs, then starts the next. Whatever it is interrupted by, the next step goes on from what is
 * stored; two runs at once do not harm each other. Raises when AWS could not be asked, and is then to be called again.
 */
export async function exportStep(ports: ExportPorts, settings: ExportSettings, run: ExportRun): Promise<ExportAnswer> {
  const { store, clock } = ports;
  const stored = await store.read(run.signal);
  const nowMs = clock.now();
  const isMine = stored?.owner === run.owner;
  if (stored !== undefined && !isMine && stored.leaseUntilMs > nowMs) return ended("held", 0, []);
  const { task } = stored ?? {};
  const state: ExporterState = {
    owner: run.owner,
    leaseUntilMs: nowMs + LEASE_MS,
    version: (stored?.version ?? 0) + 1,
    steps: isMine ? stored.steps + 1 : 1,
    exported: isMine ? stored.exported : 0,
    lastGroup: stored?.lastGroup ?? "",
    ...(task === undefined ? {} : { task }),
  };
  if (!(await store.write(stored, state, run.signal))) return wait(SOON_S);
  try {
    return await new ExportStep(ports, settings, run, state).take();
  } catch (thrown) {
    if (thrown instanceof Overtaken) return wait(SOON_S);
    throw thrown;
  }
}

/** Somebody else has written the state since this step read it. */
class Overtaken extends Error {}

/** One step, once it holds the lease. */
class ExportStep {
  readonly #ports: ExportPorts;
  readonly #settings: ExportSettings;
  readonly #run: ExportRun;
  #state: ExporterState;

  constructor(ports: ExportPorts, settings: ExportSettings, run: ExportRun, state: ExporterState) {
    this.#ports = ports;
    this.#settings = settings;
    this.#run = run;
    this.#state = state;
  }

  async take(): Promise<ExportAnswer> {
    if (this.#state.steps > MAX_STEPS) return this.#end("paused", []);
    const { task } = this.#state;
    if (task !== undefined) {
      const waitS = await this.#settle(task);
      if (waitS > 0) return wait(waitS);
    }
    return this.#startNext();
  }

  /** Finds out what became of a task and acts on it; answers the seconds to wait while that is open, 0 when it is settled. */
  async #settle(intended: IntendedTask): Promise<number> {
    // As old as it is when it is looked for: the answer may be late, and tells nothing of the time in between.
    const ageMs = this.#ports.clock.now() - intended.intendedMs;
    const task = await this.#find(intended);
    switch (task?.status) {
      case "PENDING":
      case "RUNNING":
      case "PENDING_CANCEL":
        if (intended.id === undefined) await this.#save({ task: { ...intended, id: task.id } });
        return ageMs < YOUNG_TASK_MS ? SOON_S : POLL_S;
      case "COMPLETED":
        await this.#advance(intended);
        return 0;
      case "FAILED":
      case "CANCELLED":
        await this.#fail(intended, `${task.status}: ${task.reason}`);
        return 0;
      default:
        // Not to be seen is not the same as not created, as long as whoever intended it may still be at it.
        if (ageMs < LEASE_MS) return POLL_S;
        if (intended.id !== undefined) await this.#fail(intended, `CloudWatch Logs does not know task ${intended.id}`);
        else await this.#save({ task: undefined });
        return 0;
    }
  }

  /** By its id; by its name when a crash or a lost answer came between the creation and the id. */
  async #find({ id, name }: IntendedTask): Promise<ExportTask | undefined> {
    const tasks = await this.#describe(id === undefined ? {} : { id });
    return tasks.find((task) => (id === undefined ? task.name === name : task.id === id));
  }

  async #advance(task: IntendedTask): Promise<void> {
    const next: Checkpoint = { exportedToMs: task.toMs, attempts: 0, run: this.#run.owner, reason: "" };
    await this.#ports.store.checkpoint(task, next, this.#run.signal);
    await this.#save({ task: undefined, exported: this.#state.exported + 1 });
    this.#ports.metrics.count("ExportsCompleted", 1, { Function: "archive-export" });
  }

  async #fail(task: IntendedTask, reason: string): Promise<void> {
    const next: Checkpoint = { exportedToMs: task.fromMs, attempts: task.attempt, run: this.#run.owner, reason };
    await this.#ports.store.checkpoint(task, next, this.#run.signal);
    await this.#save({ task: undefined });
    this.#ports.metrics.count("ExportsFailed", 1, { Function: "archive-export" });
    this.#ports.logger.warn("a window was not exported", { ...task, reason });
  }

  async #startNext(): Promise<ExportAnswer> {
    // Anyone's: the service allows one in all.
    for (const status of ["RUNNING", "PENDING"] as const) {
      if ((await this.#describe({ status })).length > 0) return this.#standBack();
    }
    const groups = await this.#groups();
    const checkpoints = await this.#ports.store.checkpoints(this.#run.signal);
    const window = this.#choose(groups, checkpoints);
    if (window === undefined) return this.#finish(groups, checkpoints);
    const intendedMs = this.#ports.clock.now();
    const task: IntendedTask = {
      ...window,
      intendedMs,
      name: exportTaskName(window, intendedMs),
      attempt: this.#attemptsAt(checkpoints.get(window.logGroup)) + 1,
    };
    await this.#save({ task, lastGroup: window.logGroup });
    return this.#create(task);
  }

  async #create(task: IntendedTask): Promise<ExportAnswer> {
    const { calls, clock } = this.#ports;
    const { bucket, region, signal } = this.#run;
    const { name, logGroup, fromMs, toMs } = task;
    const prefix = exportPrefix(this.#settings.prefix, region, task);
    if (clock.now() > task.intendedMs + CREATE_UNTIL_MS) return wait(POLL_S);
    let id: string;
    try {
      id = await calls.createExportTask({ name, logGroup, fromMs, lastMs: toMs - 1, bucket, prefix }, signal);
    } catch (thrown) {
      if (!isRefusal(thrown)) throw thrown;
      return this.#refused(task, thrown);
    }
    await this.#save({ task: { ...task, id } });
    return wait(SOON_S);
  }

  async #refused(task: IntendedTask, error: AwsCallError): Promise<ExportAnswer> {
    if (error.awsName === "LimitExceededException" || isThrottled(error)) {
      await this.#save({ task: undefined });
      return this.#standBack();
    }
    await this.#fail(task, error.message);
    return wait(SOON_S);
  }

  /** Of the log groups with a window that is old enough, the one after the last in the order of their names: each has its turn. */
  #choose(groups: readonly LogGroup[], checkpoints: ReadonlyMap<string, Checkpoint>): ExportWindow | undefined {
    const nowMs = this.#ports.clock.now();
    let first: ExportWindow | undefined;
    for (const group of groups) {
      const checkpoint = checkpoints.get(group.name);
      if (this.#attemptsAt(checkpoint) >= this.#settings.maxAttempts) continue;
      const window = nextWindow(group, checkpoint?.exportedToMs, this.#settings, nowMs);
      if (window === undefined) continue;
      if (group.name > this.#state.lastGroup) return window;
      first ??= window;
    }
    return first;
  }

  /** What failed in an earlier run does not count in this one. */
  #attemptsAt(checkpoint: Checkpoint | undefined): number {
    return checkpoint?.run === this.#run.owner ? checkpoint.attempts : 0;
  }

  async #finish(groups: readonly LogGroup[], checkpoints: ReadonlyMap<string, Checkpoint>): Promise<ExportAnswer> {
    const nowMs = this.#ports.clock.now();
    const failed: FailedExport[] = [];
    let oldestMs = nowMs;
    for (const group of groups) {
      const checkpoint = checkpoints.get(group.name);
      oldestMs = Math.min(oldestMs, checkpoint?.exportedToMs ?? firstMs(group, this.#settings, nowMs));
      const attempts = this.#attemptsAt(checkpoint);
      const window = nextWindow(group, checkpoint?.exportedToMs, this.#settings, nowMs);
      if (attempts > 0 && window !== undefined) failed.push({ ...window, attempts, reason: checkpoint?.reason ?? "" });
    }
    this.#ports.metrics.duration("ExportLag", nowMs - oldestMs, { Function: "archive-export" });
    return this.#end("finished", failed);
  }

  async #end(outcome: "finished" | "paused", failed: readonly FailedExport[]): Promise<ExportAnswer> {
    await this.#save({ owner: "", leaseUntilMs: 0 });
    return ended(outcome, this.#state.exported, failed);
  }

  async #groups(): Promise<LogGroup[]> {
    const isSelected = exportSelection(this.#settings);
    const { describeLogGroups } = this.#ports.calls;
    const groups = await this.#all((token, signal) => describeLogGroups(token, signal));
    return groups.filter(isSelected).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #describe(filter: ExportTaskFilter): Promise<ExportTask[]> {
    const { describeExportTasks } = this.#ports.calls;
    return this.#all((token, signal) => describeExportTasks(filter, token, signal));
  }

  async #all<T>(
    read: (token: string | undefined, signal: AbortSignal) => Promise<{ items: readonly T[]; nextToken?: string }>,
  ): Promise<T[]> {
    const { signal } = this.#run;
    const all: T[] = [];
    let token: string | undefined;
    do {
      const at = token;
      const { items, nextToken } = await this.#ports.paced(() => read(at, signal), signal);
      all.push(...items);
      token = nextToken;
    } while (token !== undefined);
    return all;
  }

  /** Raises Overtaken when somebody else has written meanwhile. */
  async #save(changes: { [K in keyof ExporterState]?: ExporterState[K] | undefined }): Promise<void> {
    const { version } = this.#state;
    const leaseUntilMs = this.#ports.clock.now() + LEASE_MS;
    const { task, ...rest } = { ...this.#state, leaseUntilMs, ...changes, version: version + 1 } as ExporterState;
    const next: ExporterState = task === undefined ? rest : { ...rest, task };
    if (!(await this.#ports.store.write(this.#state, next, this.#run.signal))) throw new Overtaken();
    this.#state = next;
  }

  /** Two exporters that were refused together should not come back together. */
  #standBack(): ExportAnswer {
    return wait(POLL_S + Math.floor(this.#ports.random() * POLL_S));
  }
}

function wait(seconds: number): ExportAnswer {
  return { done: false, wait: seconds };
}

function ended(
  outcome: "finished" | "held" | "paused",
  exported: number,
  failed: readonly FailedExport[],
): ExportAnswer {
  return { done: true, outcome, exported, failedCount: failed.length, failed: failed.slice(0, MAX_REPORTED) };
}

/** True when the service has answered that it did not do it: without an answer, or with a server's error, it may have. */
function isRefusal(thrown: unknown): thrown is AwsCallError {
  if (!(thrown instanceof AwsCallError)) return false;
  const status = (thrown.cause as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
  return status !== undefined && status >= 400 && status < 500;
}
