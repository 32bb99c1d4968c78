import { BelfryError } from "@belfry/core/platform/errors";
import { objectSource } from "@belfry/core/sources/s3-object";
import type { SQSBatchResponse } from "aws-lambda";
import { inAws } from "../compose.ts";
import type { LambdaHandler } from "../handler.ts";
import { lambdaHandler } from "../invocation.ts";
import type { Runtime } from "../runtime.ts";

/**
 * Objects named by S3, EventBridge or SNS events, in SQS messages or bare. For SQS the answer names exactly the messages to be retried; a bare
 * event raises RETRY. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function s3ObjectHandler(runtime: Runtime): LambdaHandler<unknown, SQSBatchResponse> {
  return lambdaHandler("ingest-s3-object", runtime, async (event, { run, place, signal }) => {
    const { itemsToRetry, accounting } = await run(
      objectSource(event, runtime.config, { getObject: runtime.getObject, signal, place }),
    );
    if (itemsToRetry.length > 0 && !isSqs(event)) {
      throw new BelfryError("RETRY", `records to be retried: ${JSON.stringify(accounting)}`, { retryable: true });
    }
    return { batchItemFailures: itemsToRetry.map((itemIdentifier) => ({ itemIdentifier })) };
  });
}

function isSqs(event: unknown): boolean {
  const records = (event as { Records?: { eventSource?: string }[] }).Records;
  return Array.isArray(records) && records[0]?.eventSource === "aws:sqs";
}

/** What Lambda calls. @public */
export const handler = inAws(s3ObjectHandler);
