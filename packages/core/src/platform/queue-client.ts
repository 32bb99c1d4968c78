import { awsCall } from "./aws-call.ts";
import { perRegion, settings } from "./clients.ts";

/** One message for a queue: its body, and for how many whole seconds, at most `MAX_DELAY_S`, nobody gets it. */
export interface QueueMessage {
  readonly body: string;
  readonly delayS: number;
}

/**
 * Puts messages into one queue, at most `MAX_QUEUE_ENTRIES`: for each its error code, undefined when it was taken. Raises AwsCallError when
 * the call as a whole failed.
 */
export type SendMessages = (
  messages: readonly QueueMessage[],
  signal: AbortSignal,
) => Promise<readonly (string | undefined)[]>;

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
export const MAX_QUEUE_ENTRIES = 10;

/** Fifteen minutes. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-timers.html */
export const MAX_DELAY_S = 900;

/** Whoever sends has other things to do: what is not taken by then is sent again by the sweep. */
const REQUEST_TIMEOUT_MS = 5_000;

const sqsClient = perRegion(async (region) => {
  const { SQSClient } = await import("@aws-sdk/client-sqs");
  return new SQSClient(await settings(region));
});

/**
 * SendMessageBatch to a queue. Messages carry the trace header as SQS has it, so that the function that gets them knows the trace.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-services-sqs.html
 */
export function sqsSender(queueUrl: string, traceHeader?: string, timeoutMs = REQUEST_TIMEOUT_MS): SendMessages {
  const attributes = traceHeader === undefined ? {} : { AWSTraceHeader: text(traceHeader) };
  return async (messages, signal) => {
    const { SendMessageBatchCommand } = await import("@aws-sdk/client-sqs");
    // https://sqs.<region>.amazonaws.com/<account>/<name>
    const client = await sqsClient(/^https:\/\/sqs\.([a-z0-9-]+)\./.exec(queueUrl)?.[1]);
    const command = new SendMessageBatchCommand({
      QueueUrl: queueUrl,
      Entries: messages.map(({ body, delayS }, i) => ({
        Id: String(i),
        MessageBody: body,
        DelaySeconds: delayS,
        MessageSystemAttributes: attributes,
      })),
    });
    const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const { Failed = [] } = await awsCall("sqs:SendMessage", () => client.send(command, { abortSignal }));
    const codes = new Map(Failed.map(({ Id, Code }) => [Id, Code ?? "Unknown"]));
    return messages.map((_, i) => codes.get(String(i)));
  };
}

function text(StringValue: string) {
  return { DataType: "String", StringValue } as const;
}
