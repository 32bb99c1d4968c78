import { BelfryError } from "@belfry/core/platform/errors";
import type { Process } from "@belfry/core/sinks/process";
import { processSink } from "@belfry/core/sinks/process";
import { kinesisSource } from "@belfry/core/sources/kinesis";
import { subscriptionSource } from "@belfry/core/sources/subscription";
import type { CloudWatchLogsEvent, KinesisStreamBatchResponse, KinesisStreamEvent } from "aws-lambda";
import type { LambdaHandler } from "../handler.ts";
import { lambdaHandler } from "../invocation.ts";
import type { Runtime } from "../runtime.ts";

type Event = CloudWatchLogsEvent | KinesisStreamEvent;

/**
 * A user's own function on log records: decoded, parsed, enriched and redacted like any others, from a subscription or a stream. The build
 * makes a function of it for the module that `process.entry` of the configuration names.
 * @public
 */
export function customHandler(runtime: Runtime, process: Process): LambdaHandler<Event, KinesisStreamBatchResponse> {
  return lambdaHandler("process-custom", runtime, async (event, { run, place }) => {
    const deliverTo = processSink(process);
    if ("awslogs" in event) {
      const { itemsToRetry } = await run(subscriptionSource(event, runtime.config, place), { deliverTo });
      if (itemsToRetry.length > 0)
        throw new BelfryError("RETRY", "the process function asked for a retry", { retryable: true });
      return { batchItemFailures: [] };
    }
    if (!Array.isArray(event.Records))
      throw new BelfryError("BAD_EVENT", "process-custom takes awslogs.data or Kinesis Records, got neither");
    const { itemsToRetry } = await run(kinesisSource(event, runtime.config), { deliverTo });
    return { batchItemFailures: itemsToRetry.slice(0, 1).map((itemIdentifier) => ({ itemIdentifier })) };
  });
}
