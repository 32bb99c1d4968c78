import { readDue } from "@belfry/core/platform/due-queues";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { inAwsOnCall } from "../compose-on-call.ts";
import { framedHandler, type LambdaHandler } from "../handler.ts";
import { onCallOf } from "../on-call.ts";
import type { OnCallRuntime } from "../on-call-runtime.ts";
import { eachMessage, queueHandler } from "../queue-handler.ts";

const NAME = "alert-timer";

/** What the schedule sends each minute. */
interface SweepEvent {
  readonly sweep: true;
}

/** Looks at what is due: groups, incidents, alarms to ask, Health events. What is early is sent on. Each minute it finds what was forgotten. */
export function timerHandler(runtime: OnCallRuntime): LambdaHandler<SQSEvent | SweepEvent, SQSBatchResponse | null> {
  const open = onCallOf(runtime);
  const sweep = framedHandler<SweepEvent, null>(NAME, runtime, async (_, { signal, logger, span }) => {
    await open(runtime.dueSender(span.header), logger).sweep(Object.keys(runtime.config.channels), signal);
    return null;
  });
  const look = queueHandler(NAME, runtime, (messages, invocation) =>
    eachMessage(messages, invocation, async ({ content }, sendDue) => {
      const due = readDue(content);
      const isElsewhere = due.kind === "outbox" || due.kind === "correction";
      if (isElsewhere || due.at > runtime.clock.now()) return sendDue([due], invocation.signal);
      return open(sendDue, invocation.logger).due(due, invocation.signal);
    }),
  );
  return (event, context) =>
    typeof event === "object" && event !== null && "sweep" in event ? sweep(event, context) : look(event, context);
}

/** What Lambda calls. @public */
export const handler = inAwsOnCall(timerHandler);
