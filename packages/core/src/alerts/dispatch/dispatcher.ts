import type { OnCallConfig } from "../../config/oncall/schema.ts";
import type { Alert } from "../../event/alert.ts";
import type { Due, SendDue } from "../../event/due.ts";
import type { OpenedIncident } from "../../event/opened-incident.ts";
import type { Clock } from "../../platform/clock.ts";
import { BelfryError } from "../../platform/errors.ts";
import type { Logger } from "../../platform/logger.ts";
import type { Metrics } from "../../platform/metrics.ts";
import type { Random, Sleep } from "../../platform/retry.ts";
import type { Table, TableWrite } from "../../platform/table-client.ts";
import type { IncidentInput, IncidentOutcome } from "../incident/decide.ts";
import type { OnCallRules } from "../on-call-rules.ts";

/** What somebody does to an incident. */
export type PersonInput = Extract<IncidentInput, { readonly by: string }>;

/** What a corrective action does when an incident begins: it is written with the incident, and looked at when due. */
export interface Correction {
  readonly writes: readonly TableWrite[];
  readonly dues: readonly Due[];
}

export interface DispatcherPorts {
  readonly table: Table;
  readonly clock: Clock;
  readonly random: Random;
  readonly sleep: Sleep;
  readonly logger: Logger;
  readonly config: OnCallConfig;
  /** `config`, compiled. */
  readonly rules: OnCallRules;
  readonly sendDue: SendDue;
  /** What follows from an incident's beginning, to be written with it; the same again for the same incident. At most `MAX_CORRECTION_WRITES`. */
  readonly corrections?: (opened: OpenedIncident) => Correction;
  /** How an alert's source is now, by the alert's key; undefined when it does not say. */
  readonly askAlarm?: (alertKey: string, signal: AbortSignal) => Promise<Alert | undefined>;
  readonly metrics?: Metrics;
}

/** Joins alerts, groups, incidents and what is to be told of them in one table. Each call may be made again after an error, and by several at the same time. */
export interface Dispatcher {
  /** Takes statements. Raises a retryable error when some of their groups could not be written; the others are. */
  take(alerts: readonly Alert[], signal: AbortSignal): Promise<void>;
  /** Looks at what is due: the kinds `group`, `incident` and `recheck`. One that comes early, late or twice does no harm. */
  due(due: Due, signal: AbortSignal): Promise<void>;
  /** Lets somebody do something to the incident of a handle. */
  act(handle: string, input: PersonInput, signal: AbortSignal): Promise<IncidentOutcome | "unknown-incident">;
  /** Sends what is due and may have been forgotten: timers, and the outboxes of these channels. */
  sweep(channels: readonly string[], signal: AbortSignal): Promise<void>;
}

/** Makes the dispatcher. */
export function createDispatcher(_ports: DispatcherPorts): Dispatcher {
  const missing = async (): Promise<never> => {
    throw new BelfryError("UNAVAILABLE", "the dispatcher is being written");
  };
  return { take: missing, due: missing, act: missing, sweep: missing };
}
