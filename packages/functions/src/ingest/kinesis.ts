import { BelfryError } from "@belfry/core/platform/errors";
import { kinesisSource } from "@belfry/core/sources/kinesis";
import type { KinesisStreamBatchResponse, KinesisStreamEvent } from "aws-lambda";
import { inAws } from "../compose.ts";
import type { LambdaHandler } from "../handler.ts";
import { lambdaHandler } from "../invocation.ts";
import type { Runtime } from "../runtime.ts";

/**
 * Batches of a Kinesis stream. Of the records to be retried the answer names the first: Lambda goes on from there, and what comes twice is one
 * document. https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
 */
export function kinesisHandler(runtime: Runtime): LambdaHandler<KinesisStreamEvent, KinesisStreamBatchResponse> {
  return lambdaHandler("ingest-kinesis", runtime, async (event, { run }) => {
    if (!Array.isArray(event.Records))
      throw new BelfryError("BAD_EVENT", "ingest-kinesis takes a Kinesis event with Records, got none");
    const { itemsToRetry } = await run(kinesisSource(event, runtime.config));
    return { batchItemFailures: itemsToRetry.slice(0, 1).map((itemIdentifier) => ({ itemIdentifier })) };
  });
}

/** What Lambda calls. @public */
export const handler = inAws(kinesisHandler);
