import type { Due, SendDue } from "@belfry/core/event/due";
import type { Clock } from "@belfry/core/platform/clock";
import { type DueQueue, dueSender } from "@belfry/core/platform/due-queues";
import type { Logger } from "@belfry/core/platform/logger";
import { MAX_DELAY_S, type SendMessages } from "@belfry/core/platform/queue-client";
import { sleep } from "@belfry/core/platform/retry";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { LocalQueue } from "../queue/local-queue.ts";
import type { FunctionHost, Handler } from "../runtime/function-host.ts";
import type { LocalSite } from "../runtime/local-aws.ts";
import { systemScheduler } from "../stream/scheduler.ts";

/** The queues of the alerting stack. */
export type OnCallQueue = "alerts" | DueQueue;

// Much shorter than in AWS, since somebody is watching.
const VISIBILITY_TIMEOUT_MS = 5000;
// As the stacks have it.
const MAX_RECEIVE_COUNT = 5;
const CONCURRENCY = 4;

/** Not sampled: a trace of each sweep would hide those that somebody looks for. */
export const UNTRACED = "Root=1-00000000-000000000000000000000000;Sampled=0";

/** A function and the queue that feeds it. */
export interface QueueFunction {
  readonly functionName: string;
  readonly handler: Handler<SQSEvent, SQSBatchResponse>;
}

/** How an event comes to its queue. */
export interface TakeOptions {
  readonly delayMs?: number;
  readonly traceHeader?: string | undefined;
}

/** The queues between the functions of alerts, in this process. What is in them when it ends is found again by a sweep: all but events that were only just received. */
export class OnCallQueues {
  readonly #queues: Readonly<Record<OnCallQueue, LocalQueue>>;
  readonly #clock: Clock;
  /** Until when what is due is held back in its queue, so that sweeps need not send it again. */
  readonly #delayed = new Map<string, number>();

  /** `functionOf` is asked when a message is received first. */
  constructor(
    functionOf: (queue: OnCallQueue) => QueueFunction,
    host: FunctionHost,
    site: LocalSite,
    logger: Logger,
    clock: Clock,
  ) {
    this.#clock = clock;
    const queue = (name: OnCallQueue): LocalQueue =>
      new LocalQueue({
        name: `belfry-local-${name}`,
        ...site,
        scheduler: systemScheduler,
        invoke: (event, traceHeader) => {
          const { functionName, handler } = functionOf(name);
          return host.invoke(functionName, handler, event, traceHeader);
        },
        visibilityTimeoutMs: VISIBILITY_TIMEOUT_MS,
        maxReceiveCount: MAX_RECEIVE_COUNT,
        concurrency: CONCURRENCY,
        onDead: (message) => logger.error("a message was given up", { ...message }),
      });
    const due = { timers: queue("timers"), outbox: queue("outbox"), corrections: queue("corrections") };
    this.#queues = { alerts: queue("alerts"), ...due };
  }

  /** Puts an event where a rule of EventBridge would. */
  take(event: object, options: TakeOptions = {}): void {
    this.#queues.alerts.send(JSON.stringify(event), options);
  }

  /** The sender of what is due. Without a header it is of a sweep, of which no traces are kept. */
  dueSender(traceHeader: string = UNTRACED): SendDue {
    const queue =
      (name: DueQueue): SendMessages =>
      async (messages) =>
        messages.map(({ body, delayS }) => {
          this.#queues[name].send(body, { delayMs: delayS * 1000, traceHeader });
          return undefined;
        });
    const send = dueSender({ queue, clock: this.#clock, random: Math.random, sleep });
    return (dues, signal) =>
      send(
        dues.filter((due) => this.#isNew(due)),
        signal,
      );
  }

  #isNew({ kind, key, at, version, alertKey }: Due): boolean {
    const now = this.#clock.now();
    for (const [due, untilMs] of this.#delayed) if (untilMs <= now) this.#delayed.delete(due);
    const due = JSON.stringify([kind, key, at, version, alertKey]);
    if (this.#delayed.has(due)) return false;
    this.#delayed.set(due, Math.min(at, now + MAX_DELAY_S * 1000));
    return true;
  }

  /** Resolves when nothing is left to do now, or when the time is over. */
  async settled(patienceMs: number): Promise<void> {
    const untilMs = this.#clock.now() + patienceMs;
    // Each may bring on work for those behind it.
    for (let round = 0; round < 2; round++) {
      for (const queue of Object.values(this.#queues)) await queue.settled(Math.max(0, untilMs - this.#clock.now()));
    }
  }

  /** Receives nothing more, and resolves when what is under way has ended. */
  async stop(): Promise<void> {
    await Promise.all(Object.values(this.#queues).map((queue) => queue.stop()));
  }
}
