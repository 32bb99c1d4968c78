import type { Context, KinesisStreamBatchResponse, KinesisStreamEvent, SQSBatchResponse, SQSEvent } from "aws-lambda";

/** A Lambda handler, and what it is given besides the event. */
type Handler<Event, Answer> = (event: Event, context: Context) => Promise<Answer>;

export interface Invoking {
  readonly context: () => Context;
  /** Called with the ids that an answer names (or the error that was raised), before they are brought again. */
  readonly onFailure: (named: readonly string[]) => Promise<void>;
}

// A defect may name the same item for ever.
const MAX_TRIES = 20;

/**
 * Delivers the batches of one shard in order, as Lambda's event source mapping does: after a partial failure it goes on from the record that
 * the answer names. https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
 */
export async function deliverShard(
  handler: Handler<KinesisStreamEvent, KinesisStreamBatchResponse>,
  batches: readonly KinesisStreamEvent[],
  { context, onFailure }: Invoking,
): Promise<void> {
  for (const { Records } of batches) {
    await untilNothingLeft(Records, async (records) => {
      const { batchItemFailures } = await handler({ Records: records }, context());
      const [failure] = batchItemFailures;
      if (failure === undefined) return [];
      await onFailure([failure.itemIdentifier]);
      const from = records.findIndex(({ kinesis }) => kinesis.sequenceNumber === failure.itemIdentifier);
      if (from < 0) throw new Error(`the answer names ${failure.itemIdentifier}, which was not in the batch`);
      return records.slice(from);
    });
  }
}

/** Delivers messages of a queue in batches of ten; those that an answer names come again. */
export async function deliverQueue(
  handler: Handler<unknown, SQSBatchResponse>,
  { Records }: SQSEvent,
  { context, onFailure }: Invoking,
): Promise<void> {
  await untilNothingLeft(Records, async (messages) => {
    const { batchItemFailures } = await handler({ Records: messages }, context());
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    if (failed.size > 0) await onFailure([...failed]);
    return messages.filter(({ messageId }) => failed.has(messageId));
  });
}

/** Invokes a handler with each event, and again with that for which it raises the error RETRY, as Lambda does with asynchronous events. */
export async function deliverAsynchronously<Event>(
  handler: Handler<Event, void>,
  events: readonly Event[],
  { context, onFailure }: Invoking,
): Promise<void> {
  for (const one of events) {
    await untilNothingLeft([one], async ([event]) => {
      try {
        await handler(event, context());
        return [];
      } catch (thrown) {
        if ((thrown as { code?: string }).code !== "RETRY") throw thrown;
        await onFailure(["the event"]);
        return [event];
      }
    });
  }
}

async function untilNothingLeft<T>(items: readonly T[], deliver: (items: T[]) => Promise<T[]>): Promise<void> {
  let left = [...items];
  for (let tries = 0; left.length > 0; tries++) {
    if (tries === MAX_TRIES) throw new Error(`${left.length} items are left after ${MAX_TRIES} tries`);
    left = await deliver(left);
  }
}
