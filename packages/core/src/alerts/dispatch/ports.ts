import type { OnCallConfig } from "../../config/oncall/schema.ts";
import type { Alert } from "../../event/alert.ts";
import type { Due, SendDue } from "../../event/due.ts";
import type { OpenedIncident } from "../../event/opened-incident.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import type { Metrics } from "../../platform/metrics.ts";
import type { Random, Sleep } from "../../platform/retry.ts";
import type { Table, TableWrite } from "../../platform/table-client.ts";
import type { OnCallRules } from "../on-call-rules.ts";

/** What a corrective action does when an incident begins or grows: it is written with the incident, and looked at when due. */
export interface Correction {
  readonly writes: readonly TableWrite[];
  /** They get a timer each beside these writes. */
  readonly dues: readonly Due[];
}

/** What a dispatcher uses of the world. */
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
  /** Whether the configuration has a channel: what was told by one that it has no more goes on without it. All are there when it is absent. */
  readonly isChannel?: (name: string) => boolean;
  /** What follows from an incident's beginning, or from the alerts that join it and page anew, to be written with it; the same again for the same alerts. At most some forty writes. */
  readonly corrections?: (opened: OpenedIncident) => Correction;
  /** How an alert's source is now, by the alert's key; undefined when it does not say. */
  readonly askAlarm?: (alertKey: string, signal: AbortSignal) => Promise<Alert | undefined>;
  readonly metrics?: Metrics;
}
