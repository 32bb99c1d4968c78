import { createHash, randomUUID } from "node:crypto";
import { BelfryError, messageOf } from "@belfry/core/platform/errors";
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { Scheduler } from "../stream/scheduler.ts";

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
const MAX_DELAY_MS = 900_000;
// What the stacks give their event source mappings; without a batch window it is Lambda's most, too.
const BATCH_SIZE = 10;

/** A message that was received too often. */
export interface DeadMessage {
  readonly queue: string;
  readonly id: string;
  readonly body: string;
  /** Of the last attempt. */
  readonly reason: string;
}

export interface QueueOptions {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly scheduler: Scheduler;
  /** Invokes the function that the queue feeds; the trace header is that of all messages of the event. */
  readonly invoke: (event: SQSEvent, traceHeader: string | undefined) => Promise<SQSBatchResponse>;
  /** How long after a failure a message comes again. */
  readonly visibilityTimeoutMs: number;
  /** How often a message comes before it is dead. */
  readonly maxReceiveCount: number;
  /** How many invocations there are at a time. */
  readonly concurrency: number;
  readonly onDead: (message: DeadMessage) => void;
}

interface Message {
  readonly id: string;
  readonly body: string;
  readonly traceHeader: string | undefined;
  readonly sentAt: number;
  visibleAt: number;
  received: number;
}

/**
 * A standard queue of SQS with its event source mapping, in this process: delays, batches, partial batch responses, messages that come again, and dead ones. What is in it
 * is gone with the process.
 */
export class LocalQueue {
  readonly #options: QueueOptions;
  #messages: Message[] = [];
  readonly #running = new Set<Promise<void>>();
  #cancelTimer: () => void = () => undefined;
  #isStopped = false;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** Puts a message that can be received after the delay, at most 15 minutes. Raises BAD_ARGUMENT for a longer one. */
  send(body: string, { delayMs = 0, traceHeader }: { delayMs?: number; traceHeader?: string | undefined } = {}): void {
    if (delayMs > MAX_DELAY_MS)
      throw new BelfryError("BAD_ARGUMENT", `a delay of ${delayMs} ms; at most ${MAX_DELAY_MS}`);
    const now = this.#options.scheduler.now();
    this.#messages.push({ id: randomUUID(), body, traceHeader, sentAt: now, visibleAt: now + delayMs, received: 0 });
    this.#plan();
  }

  /** Resolves when nothing can be received now and no invocation is under way, or when the time is over; what is delayed stays. */
  async settled(patienceMs: number): Promise<void> {
    const { scheduler } = this.#options;
    const untilMs = scheduler.now() + patienceMs;
    let cancel: () => void = () => undefined;
    const timeUp = new Promise<void>((resolve) => {
      cancel = scheduler.after(patienceMs, resolve);
    });
    // An answer may bring on other messages.
    while (this.#isBusy() && scheduler.now() < untilMs) await Promise.race([timeUp, this.#nextChange()]);
    cancel();
  }

  /** Receives nothing more, and resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelTimer();
    await Promise.all(this.#running);
  }

  #isBusy(): boolean {
    const now = this.#options.scheduler.now();
    return this.#running.size > 0 || (!this.#isStopped && this.#messages.some(({ visibleAt }) => visibleAt <= now));
  }

  #nextChange(): Promise<unknown> {
    return this.#running.size > 0
      ? Promise.race(this.#running)
      : new Promise<void>((resolve) => this.#options.scheduler.after(0, resolve));
  }

  /** Sets the timer for the next message that can be received. */
  #plan(): void {
    this.#cancelTimer();
    if (this.#isStopped || this.#messages.length === 0 || this.#running.size >= this.#options.concurrency) return;
    const next = Math.min(...this.#messages.map(({ visibleAt }) => visibleAt));
    this.#cancelTimer = this.#options.scheduler.after(Math.max(0, next - this.#options.scheduler.now()), () =>
      this.#receive(),
    );
  }

  #receive(): void {
    const { scheduler, concurrency } = this.#options;
    const now = scheduler.now();
    while (this.#running.size < concurrency) {
      const ready = this.#messages.filter(({ visibleAt }) => visibleAt <= now);
      // One trace an invocation, so that each hop is of the trace that it came from.
      const batch = ready.filter(({ traceHeader }) => traceHeader === ready[0].traceHeader).slice(0, BATCH_SIZE);
      if (batch.length === 0) break;
      this.#messages = this.#messages.filter((message) => !batch.includes(message));
      const run: Promise<void> = this.#handle(batch).finally(() => {
        this.#running.delete(run);
        this.#plan();
      });
      this.#running.add(run);
    }
    this.#plan();
  }

  async #handle(batch: readonly Message[]): Promise<void> {
    for (const message of batch) message.received++;
    let reason = "its function named it as failed";
    let failed: ReadonlySet<string>;
    try {
      const event = { Records: batch.map((message) => this.#recordOf(message)) };
      const { batchItemFailures } = await this.#options.invoke(event, batch[0].traceHeader);
      failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    } catch (error) {
      reason = messageOf(error);
      failed = new Set(batch.map(({ id }) => id));
    }
    for (const message of batch) if (failed.has(message.id)) this.#again(message, reason);
  }

  #again(message: Message, reason: string): void {
    const { name, scheduler, visibilityTimeoutMs, maxReceiveCount, onDead } = this.#options;
    if (message.received >= maxReceiveCount) {
      onDead({ queue: name, id: message.id, body: message.body, reason });
      return;
    }
    message.visibleAt = scheduler.now() + visibilityTimeoutMs;
    this.#messages.push(message);
  }

  /** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event */
  #recordOf({ id, body, traceHeader, sentAt, received }: Message): SQSRecord {
    const { name, account, region } = this.#options;
    return {
      messageId: id,
      receiptHandle: randomUUID(),
      body,
      attributes: {
        ApproximateReceiveCount: String(received),
        SentTimestamp: String(sentAt),
        SenderId: account,
        ApproximateFirstReceiveTimestamp: String(sentAt),
        ...(traceHeader === undefined ? {} : { AWSTraceHeader: traceHeader }),
      },
      messageAttributes: {},
      md5OfBody: createHash("md5").update(body).digest("hex"),
      eventSource: "aws:sqs",
      eventSourceARN: `arn:aws:sqs:${region}:${account}:${name}`,
      awsRegion: region,
    };
  }
}
