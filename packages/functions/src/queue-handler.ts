import type { SendDue } from "@belfry/core/event/due";
import { parsedJson } from "@belfry/core/event/json-member";
import { BelfryError } from "@belfry/core/platform/errors";
import { parseTraceHeader } from "@belfry/core/platform/trace-header";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { type Frame, framedHandler, type LambdaHandler } from "./handler.ts";
import type { OnCallRuntime } from "./on-call-runtime.ts";

/** A message of a batch. */
export interface Message {
  readonly id: string;
  /** The JSON of its body; undefined where it is none. */
  readonly content: unknown;
  /** Whether it was received before, and was not done with. */
  readonly isRepeated: boolean;
  /** Of who sent it; undefined when that was not traced. */
  readonly traceHeader: string | undefined;
}

/** One invocation of such a handler, as its body sees it. */
export interface QueueInvocation extends Pick<Frame, "signal" | "logger"> {
  /** Works within the traces of those who sent the messages; what the work sends goes on with the first of them. */
  readonly traced: <T>(messages: readonly Message[], work: (sendDue: SendDue) => Promise<T>) => Promise<T>;
}

/** A batch of messages of different traces is shown in so many of them; Lambda links the others to the invocation. */
const MAX_TRACES = 10;

/**
 * Makes a handler of a queue's batches. Its body answers which messages have to come again; the others are done with.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
export function queueHandler(
  name: string,
  runtime: OnCallRuntime,
  body: (messages: readonly Message[], invocation: QueueInvocation) => Promise<readonly Message[]>,
): LambdaHandler<SQSEvent, SQSBatchResponse> {
  return framedHandler<SQSEvent, SQSBatchResponse>(name, runtime, async ({ Records }, frame) => {
    const failed = await body(messagesOf(name, Records), queueInvocation(name, runtime, frame));
    return { batchItemFailures: failed.map(({ id }) => ({ itemIdentifier: id })) };
  });
}

/** Works on one message after the other, and answers those of which that failed, or for which there was no time. */
export async function eachMessage<Each extends Message>(
  messages: readonly Each[],
  { signal, logger, traced }: QueueInvocation,
  work: (message: Each, sendDue: SendDue) => Promise<void>,
): Promise<readonly Each[]> {
  const failed: Each[] = [];
  for (const message of messages) {
    try {
      if (signal.aborted) throw new BelfryError("RETRY", "no time was left for it", { retryable: true });
      await traced([message], (sendDue) => work(message, sendDue));
    } catch (error) {
      logger.error("a message will come again", { message: message.id, error });
      failed.push(message);
    }
  }
  return failed;
}

function queueInvocation(name: string, runtime: OnCallRuntime, frame: Frame): QueueInvocation {
  return {
    signal: frame.signal,
    logger: frame.logger,
    traced: (messages, work) => {
      const own = parseTraceHeader(frame.span.header)?.root;
      const headers = messages.flatMap(({ traceHeader }) => {
        const root = parseTraceHeader(traceHeader)?.root;
        return root === undefined || root === own || traceHeader === undefined ? [] : [traceHeader];
      });
      const distinct = [...new Set(headers)].slice(0, MAX_TRACES);
      if (distinct.length === 0) return work(runtime.dueSender(frame.span.header));
      return within(name, runtime, distinct, (header) => work(runtime.dueSender(header)));
    },
  };
}

/** Reads the batch. Raises BAD_EVENT for anything else than one. */
function messagesOf(name: string, records: unknown): Message[] {
  if (!Array.isArray(records))
    throw new BelfryError("BAD_EVENT", `${name} takes a queue's batch with Records, got none`);
  return (records as SQSEvent["Records"]).map(({ messageId, body, attributes }) => ({
    id: messageId,
    content: parsedJson(body),
    isRepeated: Number(attributes?.ApproximateReceiveCount ?? 1) > 1,
    traceHeader: attributes?.AWSTraceHeader,
  }));
}

/** One span in each trace, all around the same work, which gets the header of the first. */
function within<T>(
  name: string,
  { tracer }: OnCallRuntime,
  [first, ...others]: readonly string[],
  work: (header: string | undefined) => Promise<T>,
): Promise<T> {
  const inFirst = (): Promise<T> =>
    tracer.trace(name, first, { function: name }, ({ header }) => work(header ?? first));
  return others.reduce<() => Promise<T>>(
    (inner, header) => () => tracer.trace(name, header, { function: name }, inner),
    inFirst,
  )();
}
