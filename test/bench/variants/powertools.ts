import { CloudWatchLogsDecodeSchema } from "@aws-lambda-powertools/parser/schemas/cloudwatch";
import { KinesisDataStreamSchema } from "@aws-lambda-powertools/parser/schemas/kinesis";
import type { Variant } from "./variant.ts";

/** Decoding and checking an event with the parser of Powertools for AWS Lambda: where a handler of one's own would begin. */
export const powertools: Variant = {
  run(event) {
    for (const { kinesis } of KinesisDataStreamSchema.parse(event).Records)
      CloudWatchLogsDecodeSchema.parse(kinesis.data);
  },
};
