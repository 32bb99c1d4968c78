import { setTimeout as delay } from "node:timers/promises";
import { messageOf } from "@belfry/core/platform/errors";
import type { Table } from "@belfry/core/platform/table-client";
import { correctHandler } from "@belfry/functions/alert/correct";
import { intakeHandler } from "@belfry/functions/alert/intake";
import { sendHandler } from "@belfry/functions/alert/send";
import { timerHandler } from "@belfry/functions/alert/timer";
import type { HandlerRuntime } from "@belfry/functions/handler";
import type { SQSBatchResponse } from "aws-lambda";
import type { FunctionHost } from "../runtime/function-host.ts";
import type { LocalSite } from "../runtime/local-aws.ts";
import { endLive, keepLive } from "./live-rules.ts";
import { type OnCallQueue, OnCallQueues, type QueueFunction, type TakeOptions, UNTRACED } from "./on-call-queues.ts";
import { onCallRuntime } from "./on-call-runtime.ts";

/** In AWS it is a minute. Here it is what makes another process's action be told soon. */
const SWEEP_MS = 2000;

const CLOSE_TIMEOUT_MS = 2000;

const NONE_FAILED: SQSBatchResponse = { batchItemFailures: [] };

/** What on call needs of the local runtime; its configuration says by what rules people are told. */
export interface OnCallParts {
  readonly shared: HandlerRuntime;
  readonly host: FunctionHost;
  readonly site: LocalSite;
  readonly table: Table;
  readonly env: NodeJS.ProcessEnv;
  /** Whether AWS, or an emulator, may be called. */
  readonly hasAws: boolean;
}

/** The services of AWS around Belfry's functions of alerts, as far as a laptop needs them: queues, and a schedule. All state is in the table. */
export class LocalOnCall {
  readonly table: Table;
  readonly #parts: OnCallParts;
  readonly #queues: OnCallQueues;
  readonly #sweepHandler: ReturnType<typeof timerHandler>;
  readonly #stopped = new AbortController();
  #sweeping: Promise<void> | undefined;

  constructor(parts: OnCallParts) {
    const { shared, host, site, table, env } = parts;
    this.#parts = parts;
    this.table = table;
    const queues = new OnCallQueues((name) => functions[name], host, site, shared.logger, shared.clock);
    const runtime = onCallRuntime(shared, table, (header) => queues.dueSender(header), env, parts.hasAws);
    const timer = timerHandler(runtime);
    const functions: Readonly<Record<OnCallQueue, QueueFunction>> = {
      alerts: { functionName: "belfry-alert-intake", handler: intakeHandler(runtime) },
      timers: { functionName: "belfry-alert-timer", handler: async (...args) => (await timer(...args)) ?? NONE_FAILED },
      outbox: { functionName: "belfry-alert-send", handler: sendHandler(runtime) },
      corrections: { functionName: "belfry-alert-correct", handler: correctHandler(runtime) },
    };
    this.#queues = queues;
    this.#sweepHandler = timer;
  }

  /** Puts an event where a rule of EventBridge would. */
  take(event: object, options?: TakeOptions): void {
    this.#queues.take(event, options);
  }

  /** Begins to look for what is due, and to say that it is there. */
  start(): void {
    this.#sweeping ??= this.#sweepUntilStopped();
  }

  /** Ends: what is to be done now is done, as far as the time allows, and what is to come later is in the table. */
  async stop(patienceMs: number): Promise<void> {
    this.#stopped.abort();
    await this.#sweeping;
    // What another process has done since the last sweep.
    await this.#sweep();
    await this.#queues.settled(patienceMs);
    await this.#queues.stop();
    await endLive(this.table, AbortSignal.timeout(CLOSE_TIMEOUT_MS));
  }

  async #sweepUntilStopped(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await this.#sweep();
      await delay(SWEEP_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #sweep(): Promise<void> {
    const { config, clock, logger } = this.#parts.shared;
    try {
      await keepLive(this.table, config, clock.now(), AbortSignal.timeout(CLOSE_TIMEOUT_MS));
      await this.#parts.host.invoke("belfry-alert-timer", this.#sweepHandler, { sweep: true }, UNTRACED);
    } catch (error) {
      logger.warn("a sweep failed, the next one follows", { reason: messageOf(error) });
    }
  }
}
