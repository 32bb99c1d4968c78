import type { Alert } from "../event/alert.ts";
import type { DescribeAlarm } from "../platform/alarms-client.ts";
import type { Clock } from "../platform/clock.ts";
import { normalise } from "./normalise/normalise.ts";

/** How the alarm behind an alert is now, by the alert's key; undefined for what is no alarm that can be asked, and for one contributor of an alarm. */
export type AskAlarm = (alertKey: string, signal: AbortSignal) => Promise<Alert | undefined>;

/** Asks CloudWatch. The answer has nothing that comes of the alarm's tags: neither labels nor severity nor runbook. */
export function alarmAsker(describe: DescribeAlarm, clock: Clock): AskAlarm {
  return async (alertKey, signal) => {
    const event = await describe(alertKey, signal);
    if (event === undefined) return undefined;
    const result = normalise(event, { now: clock.now() });
    return "alerts" in result ? result.alerts[0] : undefined;
  };
}
