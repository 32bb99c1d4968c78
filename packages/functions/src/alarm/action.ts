import { readIntake } from "@belfry/core/alerts/intake";
import { BelfryError } from "@belfry/core/platform/errors";
import { inAwsOnCall } from "../compose-on-call.ts";
import { framedHandler, type LambdaHandler } from "../handler.ts";
import { onCallOf } from "../on-call.ts";
import type { OnCallRuntime } from "../on-call-runtime.ts";

/**
 * Takes in an alarm that names the function as its action. The same alarm by an event is the same alert.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
 */
export function alarmActionHandler(runtime: OnCallRuntime): LambdaHandler<object, null> {
  const open = onCallOf(runtime);
  return framedHandler("alarm-action", runtime, async (event, { signal, logger, span }) => {
    const intake = readIntake(event, { now: runtime.clock.now(), accounts: runtime.config.accounts });
    if (!("alerts" in intake)) throw new BelfryError("BAD_EVENT", "alarm-action takes the event of an alarm's action");
    await open(runtime.dueSender(span.header), logger).take(intake.alerts, signal);
    return null;
  });
}

/** What Lambda calls. @public */
export const handler = inAwsOnCall(alarmActionHandler);
