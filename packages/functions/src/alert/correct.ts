import { deleteTimer } from "@belfry/core/alerts/dispatch/timers";
import { automationCalls } from "@belfry/core/platform/automation-client";
import { readDue } from "@belfry/core/platform/due-queues";
import { stateMachineCalls } from "@belfry/core/platform/state-machine-client";
import { awsRuns } from "@belfry/core/remediation/aws-runs";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { inAwsOnCall } from "../compose-on-call.ts";
import { correctorOf } from "../corrections.ts";
import type { LambdaHandler } from "../handler.ts";
import type { OnCallRuntime } from "../on-call-runtime.ts";
import { eachMessage, queueHandler } from "../queue-handler.ts";

/** Takes corrective actions further: decides, starts, and looks after what was started. The function's time-out must be shorter than the hold on a start, `HOLD_MS`. */
export function correctHandler(runtime: OnCallRuntime): LambdaHandler<SQSEvent, SQSBatchResponse> {
  const { clock, table } = runtime;
  return queueHandler("alert-correct", runtime, (messages, invocation) =>
    eachMessage(messages, invocation, async ({ content }, sendDue) => {
      const { signal, logger } = invocation;
      const due = readDue(content);
      if (due.kind !== "correction" || due.at > clock.now()) return sendDue([due], signal);
      await correctorOf(runtime, sendDue, logger).due(due, signal);
      await deleteTimer(table, due, signal);
    }),
  );
}

/** What Lambda calls. @public */
export const handler = inAwsOnCall((runtime) =>
  correctHandler({ ...runtime, correctionRuns: awsRuns(automationCalls(), stateMachineCalls()) }),
);
