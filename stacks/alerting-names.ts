import type { Deployment } from "../packages/core/src/config/deploy/deployment.ts";

/** What alerting's queues are called. Alerts come in by the first; the others carry what is to be looked at, at its time. */
export const ALERTS_QUEUE = "alerts";
export const TIMERS_QUEUE = "timers";
export const OUTBOX_QUEUE = "outbox";
export const CORRECTIONS_QUEUE = "corrections";

/** The table of alerts, incidents, outboxes and timers, by `pk` and `sk`. */
export const ALERTS_TABLE = "alerts";

/** The topic by which Belfry itself sends e-mail. */
export const NOTIFY_TOPIC = "notify";

/** The function that runs each minute, by which alerting is known to be alive. */
export const HEARTBEAT_FUNCTION = "alert-timer";

/** The queue, in each region, of what the region's alarm topic could not bring to the alerts queue. */
export const ALARMS_DLQ = "alarms-dlq";

/**
 * What names of alarms on alerting itself begin with, less application and stage. They go to people without alerting as well, since it may be what is broken;
 * a test holds that these are all of them, and no others.
 */
export const ALERTING_ALARMS: readonly string[] = [
  "alert",
  "alarm-action-",
  "alarms-dlq-",
  "corrections-",
  "health-back-fill-",
  "outbox-",
  "timers-",
  "errors-alarm-action",
  "errors-alert-",
  "errors-health-back-fill",
  "throttles-alarm-action",
  "throttles-alert-",
  "throttles-health-back-fill",
];

/** Whether the alarm topics of all regions tell alerting. */
export function alarmsReachAlerting({ alerting }: Deployment): boolean {
  return alerting.enabled && alerting.alarmActions;
}
