import type { RunnerPorts } from "@belfry/core/canaries/run";
import type { RunPlace } from "@belfry/core/canaries/run-event";
import type { Measurements } from "@belfry/core/platform/emf";
import type { PutEvent } from "@belfry/core/platform/events-client";
import type { Logger } from "@belfry/core/platform/logger";
import type { TaskRuntime } from "./task.ts";

/** What handlers of canaries use of the world. */
export interface CanaryRuntime extends TaskRuntime {
  readonly metrics: Measurements;
  /** The runner's ports, less those of an invocation. */
  readonly runner: Omit<RunnerPorts, "logger" | "traceHeader" | "traceId">;
  readonly bucket: string;
  /** What alarms on canaries are called, less the canary. */
  readonly alarmPrefix: string;
  /** Makes what puts events on the Belfry bus; they carry the trace header. */
  readonly eventPutter: (traceHeader: string | undefined) => PutEvent;
}

/** Where a run's report is told. */
export interface RunTellers {
  readonly metrics: Measurements;
  readonly putEvent: PutEvent;
  readonly place: RunPlace;
  readonly logger: Logger;
}
