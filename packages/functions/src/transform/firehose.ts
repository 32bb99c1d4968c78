import { BelfryError } from "@belfry/core/platform/errors";
import { firehoseAnswer } from "@belfry/core/sinks/firehose-answer";
import { firehoseSource } from "@belfry/core/sources/firehose";
import type { FirehoseTransformationEvent, FirehoseTransformationResult } from "aws-lambda";
import { inAws } from "../compose.ts";
import type { LambdaHandler } from "../handler.ts";
import { lambdaHandler } from "../invocation.ts";
import type { Runtime } from "../runtime.ts";

/** A Firehose transformation: each record comes back as the documents of its log events, one JSON line each. */
export function firehoseHandler(
  runtime: Runtime,
): LambdaHandler<FirehoseTransformationEvent, FirehoseTransformationResult> {
  return lambdaHandler("transform-firehose", runtime, async (event, { run }) => {
    if (!Array.isArray(event.records))
      throw new BelfryError("BAD_EVENT", "transform-firehose takes a Firehose event with records, got none");
    const answer = firehoseAnswer();
    const { itemsToRetry } = await run(firehoseSource(event, runtime.config), { deliverTo: answer });
    return { records: answer.records(event.records, new Set(itemsToRetry)) };
  });
}

/** What Lambda calls. @public */
export const handler = inAws(firehoseHandler);
