import { enforceRetention, type RetentionAnswer } from "@belfry/core/log-groups/retention";
import { type RetentionCalls, retentionCalls } from "@belfry/core/platform/logs-client";
import { pacedCalls } from "@belfry/core/platform/paced-calls";
import type { LambdaHandler } from "../handler.ts";
import { inAwsTask, type TaskRuntime, taskHandler } from "../task.ts";

/** An event of a schedule, or by hand: where an earlier run stopped. */
interface RetentionEvent {
  readonly nextToken?: string;
}

// PutRetentionPolicy and DescribeLogGroups have a quota for the whole account: this leaves half of it to others.
const CALLS_PER_SECOND = 5;

/** Retention and encryption of the log groups of the function's region, by a schedule. */
export function retentionHandler(
  runtime: TaskRuntime,
  calls: RetentionCalls,
): LambdaHandler<RetentionEvent, RetentionAnswer> {
  const paced = pacedCalls({ ...runtime, perSecond: CALLS_PER_SECOND });
  return taskHandler("logs-retention", runtime, async ({ nextToken }, { signal, logger }) => {
    const ports = { ...runtime, calls, paced, logger };
    const answer = await enforceRetention(ports, runtime.config.deploy.retention, { nextToken, signal });
    if (answer.failedCount > 0) logger.warn("some log groups were not changed", { ...answer });
    else logger.info("log groups looked at", { ...answer });
    return answer;
  });
}

/** What Lambda calls. @public */
export const handler = inAwsTask((runtime) => retentionHandler(runtime, retentionCalls()));
