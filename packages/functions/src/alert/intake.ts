import { readIntake } from "@belfry/core/alerts/intake";
import { BelfryError } from "@belfry/core/platform/errors";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { inAwsOnCall } from "../compose-on-call.ts";
import type { LambdaHandler } from "../handler.ts";
import { onCallOf } from "../on-call.ts";
import type { OnCallRuntime } from "../on-call-runtime.ts";
import { eachMessage, queueHandler } from "../queue-handler.ts";

const NAME = "alert-intake";

/**
 * Takes in events of EventBridge and messages of SNS: alerts of a batch together, so that a storm is few writes. What came before is taken by itself, since what cannot be
 * stored must not hold up the others. What is no event comes again until it is in the dead-letter queue, where people find it.
 */
export function intakeHandler(runtime: OnCallRuntime): LambdaHandler<SQSEvent, SQSBatchResponse> {
  const open = onCallOf(runtime);
  const { clock, metrics } = runtime;
  const { accounts } = runtime.config;
  return queueHandler(NAME, runtime, async (messages, invocation) => {
    const { signal, logger, traced } = invocation;
    const read = messages.map((each) => ({
      ...each,
      intake: readIntake(each.content, { now: clock.now(), accounts }),
    }));
    const together = read.flatMap((each) =>
      "alerts" in each.intake && !each.isRepeated ? [{ ...each, alerts: each.intake.alerts }] : [],
    );
    const ids = new Set(together.map(({ id }) => id));
    const failedAlone = await eachMessage(
      read.filter(({ id }) => !ids.has(id)),
      invocation,
      async ({ intake }, sendDue) => {
        if ("health" in intake) return open(sendDue, logger).takeHealth(intake.health, signal);
        if ("canaryRun" in intake) return open(sendDue, logger).takeCanaryRun(intake.canaryRun, signal);
        if ("alerts" in intake) return open(sendDue, logger).take(intake.alerts, signal);
        metrics.count("MessagesRefused", 1, { Function: NAME });
        throw new BelfryError("BAD_EVENT", `the message is no event: ${intake.reason}`);
      },
    );
    if (together.length === 0) return failedAlone;
    try {
      const alerts = together.flatMap((each) => each.alerts);
      await traced(together, (sendDue) => open(sendDue, logger).take(alerts, signal));
      return failedAlone;
    } catch (error) {
      logger.error("alerts will come again", { messages: together.length, error });
      return [...failedAlone, ...together];
    }
  });
}

/** What Lambda calls. @public */
export const handler = inAwsOnCall(intakeHandler);
