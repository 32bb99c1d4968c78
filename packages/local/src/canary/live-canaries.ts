import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { RunReport } from "@belfry/core/canaries/report";
import { isOwnFault } from "@belfry/core/canaries/run-metrics";
import type { CanariesConfig, CanaryConfig } from "@belfry/core/config/canaries/schema";
import type { EventToPut } from "@belfry/core/platform/events-client";
import type { Logger } from "@belfry/core/platform/logger";
import { canaryHandler } from "@belfry/functions/canary-handler";
import type { CanaryRuntime } from "@belfry/functions/canary-runtime";
import type { BelfryFolder } from "../belfry-folder.ts";
import type { TakeOptions } from "../on-call/on-call-queues.ts";
import type { FoundConfig } from "../runtime/load-config.ts";
import type { LocalSite } from "../runtime/local-aws.ts";
import type { Session } from "../runtime/session.ts";
import { ALARM_PREFIX, alarmEvent, busEvent } from "./canary-events.ts";
import { type CanarySet, canaryNamed, namesOfAll, openCanarySet } from "./canary-set.ts";
import { noteRun } from "./local-runs.ts";
import { RunAlarm } from "./run-alarm.ts";
import { stoppableKinds } from "./run-canaries.ts";
import { openRunHistory, type RunHistory } from "./run-history.ts";
import { runnerPorts } from "./runner-ports.ts";
import type { SampleSite } from "./site/sample-site.ts";

/** What the canaries of a running Belfry need of it. */
export interface LiveParts {
  readonly found: FoundConfig;
  readonly session: Pick<Session, "runtime" | "host">;
  readonly place: LocalSite;
  readonly folder: BelfryFolder;
  readonly env: NodeJS.ProcessEnv;
  /** Puts an event where a rule of EventBridge would. */
  readonly take: (event: object, options?: TakeOptions) => void;
  readonly logger: Logger;
  /** Told of each run that is remembered. */
  readonly onRun: (report: RunReport) => void;
}

/** Behind the run's event, which says why it failed: the alarm's own is about nothing else. In AWS a minute lies between them. */
const ALARM_DELAY_MS = 1000;

/**
 * Runs the canaries of the configuration, or else the samples, through the function that runs them in AWS. Their metrics go where all metrics go; their events, and those of alarms that are evaluated here, go to the queue of alerts.
 */
export class LiveCanaries {
  /** Absent when the canaries are those of the configuration. */
  readonly site: SampleSite | undefined;
  /** Those that run without being asked to. */
  readonly names: readonly string[];
  readonly #parts: LiveParts;
  readonly #history: RunHistory;
  readonly #handler: ReturnType<typeof canaryHandler>;
  readonly #canaries: Record<string, CanariesConfig[string]>;
  readonly #alarms = new Map<string, RunAlarm>();
  readonly #stopped = new AbortController();
  readonly #close: () => Promise<void>;

  private constructor(parts: LiveParts, set: CanarySet) {
    const { session, folder, logger } = parts;
    this.site = set.site;
    this.names = namesOfAll(set);
    this.#parts = parts;
    this.#canaries = { ...set.canaries };
    this.#history = openRunHistory(folder.runs);
    this.#close = set.close;
    const ports = runnerPorts({ folder, env: set.env, filesFrom: set.filesFrom, logger });
    const { clock, random, sleep } = ports;
    const { metrics, tracer, config } = session.runtime;
    const runtime: CanaryRuntime = {
      ...{ clock, random, sleep, metrics, tracer, logger },
      env: set.env,
      config: { ...config, canaries: this.#canaries },
      runner: { ...ports, kinds: stoppableKinds(ports.kinds, this.#stopped.signal) },
      bucket: pathToFileURL(path.resolve(folder.canaries)).href,
      alarmPrefix: ALARM_PREFIX,
      eventPutter: (traceHeader) => async (event) => this.#take(event, traceHeader),
    };
    this.#handler = canaryHandler("canary", runtime);
  }

  /** Serves the sample site where it is needed. Raises UNAVAILABLE when it cannot, or the history of runs cannot be used. */
  static async open(parts: LiveParts): Promise<LiveCanaries> {
    return new LiveCanaries(parts, await openCanarySet(parts.found, parts.env));
  }

  /** A canary by its name. Raises NOT_FOUND. */
  of(name: string): CanaryConfig {
    return canaryNamed({ canaries: this.#canaries }, name);
  }

  /** Runs one of them, and remembers the run; undefined when it was broken off by `close`. */
  async run(name: string): Promise<RunReport | undefined> {
    const { session, folder, onRun } = this.#parts;
    const answer = await session.host.invoke("belfry-canary", this.#handler, { canary: name });
    if (answer === undefined) return undefined;
    const files = path.join(folder.canaries, answer.artifactPrefix);
    if (this.#stopped.signal.aborted) {
      // Nobody would ever look at them, nor remove them.
      await rm(files, { recursive: true, force: true });
      return undefined;
    }
    const text = await readFile(path.join(files, "report.json"), "utf8");
    const report = JSON.parse(text) as RunReport;
    await noteRun(this.#history, folder, report);
    onRun(report);
    return report;
  }

  /** From now on the front page is asked for without a browser: there is none here. */
  withoutBrowser(): void {
    const { heartbeat } = this.#canaries;
    if (heartbeat?.kind !== "heartbeat") return;
    this.#canaries.heartbeat = { ...heartbeat, browser: false, urls: heartbeat.urls.slice(0, 1) };
  }

  /** Does something each so many milliseconds, each delay being that before its own time, until it is closed. */
  async every(delaysMs: Iterable<number>, work: () => Promise<void>): Promise<void> {
    const { signal } = this.#stopped;
    for (const delayMs of delaysMs) {
      await delay(delayMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      await work();
    }
  }

  /** Runs that are under way end, and are not remembered. */
  stop(): void {
    this.#stopped.abort(new Error("Belfry ends"));
  }

  async close(): Promise<void> {
    this.stop();
    this.#history.close();
    await this.#close();
  }

  #take(event: EventToPut, traceHeader: string | undefined): void {
    if (this.#stopped.signal.aborted) return;
    const { take, place, session } = this.#parts;
    take(busEvent(event, place.account), { traceHeader });
    const name = String(event.detail["canary-name"]);
    const canary = this.#canaries[name];
    const alarm = this.#alarms.get(name) ?? new RunAlarm(canary.alarm);
    this.#alarms.set(name, alarm);
    const state = alarm.take(hasFailed(event));
    if (state === undefined) return;
    const change = { name, canary, state, failedRuns: alarm.failedRuns, atMs: event.timeMs };
    take(alarmEvent(change, session.runtime.config.metrics.namespace, place.account), {
      delayMs: ALARM_DELAY_MS,
      traceHeader,
    });
  }
}

function hasFailed({ detail }: EventToPut): boolean | undefined {
  if (detail["test-run-status"] === "PASSED") return false;
  const failureClass = detail["failure-class"] as NonNullable<RunReport["failure"]>["class"];
  return isOwnFault({ failure: { class: failureClass, message: "" } }) ? undefined : true;
}
