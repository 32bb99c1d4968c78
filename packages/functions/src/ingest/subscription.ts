import { BelfryError } from "@belfry/core/platform/errors";
import { subscriptionSource } from "@belfry/core/sources/subscription";
import type { CloudWatchLogsEvent } from "aws-lambda";
import { inAws } from "../compose.ts";
import type { LambdaHandler } from "../handler.ts";
import { lambdaHandler } from "../invocation.ts";
import type { Runtime } from "../runtime.ts";

/** Payloads of a subscription filter that invokes Lambda itself. Raises RETRY when a record is to be retried: Lambda then brings the whole event again. */
export function subscriptionHandler(runtime: Runtime): LambdaHandler<CloudWatchLogsEvent, void> {
  return lambdaHandler("ingest-subscription", runtime, async (event, { run, place }) => {
    if (typeof event.awslogs?.data !== "string")
      throw new BelfryError("BAD_EVENT", "ingest-subscription takes an event with awslogs.data, got none");
    const { itemsToRetry, accounting } = await run(subscriptionSource(event, runtime.config, place));
    if (itemsToRetry.length > 0)
      throw new BelfryError("RETRY", `records to be retried: ${JSON.stringify(accounting)}`, { retryable: true });
  });
}

/** What Lambda calls. @public */
export const handler = inAws(subscriptionHandler);
