import * as z from "zod";
import { distinct } from "./distinct.ts";
import { AccountId } from "./names.ts";

/** A stream takes 20 registered consumers. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_RegisterStreamConsumer.html */
const MAX_CONSUMERS = 20;

/** Others that read the stream of logs beside Belfry: programs of yours on EC2, Flink, further accounts. */
export const Consumers = z.strictObject({
  fanOut: z
    .array(z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, "a consumer's name is lower-case letters, digits and hyphens"))
    .max(MAX_CONSUMERS)
    .superRefine(distinct)
    .default([])
    .describe("names of registered consumers, each with 2 MiB/s of every shard for itself (enhanced fan-out)"),
  policy: z
    .boolean()
    .default(false)
    .describe("a managed policy for the roles of programs that read the stream by the Kinesis Client Library or Flink"),
  accounts: z
    .array(AccountId)
    .superRefine(distinct)
    .default([])
    .describe("accounts that may read the stream; needs encryption: customer"),
});
