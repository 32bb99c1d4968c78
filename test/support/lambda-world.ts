// The functions of alerting on queues and a clock of a test: messages are received as SQS gives them, a sweep comes each minute, and an invocation can be killed at any call
// of its ports.

import { parseConfig } from "@belfry/core/config/load";
import type { Config, ConfigInput } from "@belfry/core/config/schema";
import { type DueQueue, dueSender } from "@belfry/core/platform/due-queues";
import { httpSender, type SendHttp } from "@belfry/core/platform/http";
import { createLogger } from "@belfry/core/platform/logger";
import { cachedSecrets } from "@belfry/core/platform/secrets-client";
import type { Table } from "@belfry/core/platform/table-client";
import { intakeHandler } from "@belfry/functions/alert/intake";
import { sendHandler } from "@belfry/functions/alert/send";
import { timerHandler } from "@belfry/functions/alert/timer";
import type { LambdaHandler } from "@belfry/functions/handler";
import type { OnCallRuntime } from "@belfry/functions/on-call-runtime";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { lambdaContext } from "./memory-runtime.ts";
import { type MemoryTable, memoryTable } from "./memory-table.ts";
import { taskRuntime } from "./task-runtime.ts";

type QueueName = "alerts" | DueQueue;

interface QueuedMessage {
  readonly id: string;
  readonly body: string;
  readonly traceHeader: string | undefined;
  visibleAt: number;
  receives: number;
}

/** What happens to a call of an invocation's ports: it fails, or the invocation ends before it, or right after its effect. */
export type Fault = Error | "killed before" | "killed after" | undefined;

class Killed extends Error {}

export interface LambdaWorldOptions {
  readonly config: ConfigInput;
  readonly now?: number;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Asked at each call of a port. */
  readonly fault?: (call: string) => Fault;
  readonly tracer?: OnCallRuntime["tracer"];
}

const VISIBILITY_MS = { alerts: 360_000, timers: 360_000, outbox: 600_000, corrections: 360_000 };
const BATCH = { alerts: 100, timers: 10, outbox: 1, corrections: 1 };
/** As the stacks have it. */
export const MAX_RECEIVES = 5;
const MINUTE_MS = 60_000;

export class LambdaWorld {
  readonly table: MemoryTable = memoryTable();
  readonly dead: { readonly queue: QueueName; readonly body: string }[] = [];
  /** Calls of all ports, in their order. */
  readonly calls: string[] = [];
  /** Log entries of all invocations. */
  readonly logged: Record<string, unknown>[] = [];
  /** Messages on their way, by queue. */
  readonly queues: Readonly<Record<QueueName, QueuedMessage[]>> = {
    alerts: [],
    timers: [],
    outbox: [],
    corrections: [],
  };
  kills = 0;
  nowMs: number;
  readonly #options: LambdaWorldOptions;
  readonly #config: Config;
  #messages = 0;

  constructor(options: LambdaWorldOptions) {
    this.#options = options;
    this.#config = parseConfig(options.config, "test");
    this.nowMs = options.now ?? Date.UTC(2026, 10, 22, 12);
  }

  /** Puts an event where a rule would, which passes a trace on where there is one. */
  offer(event: unknown, traceHeader?: string): void {
    this.#enqueue("alerts", typeof event === "string" ? event : JSON.stringify(event), 0, traceHeader);
  }

  /** Lets time pass, with everything that happens in it. */
  async pass(minutes: number): Promise<void> {
    const endMs = this.nowMs + minutes * MINUTE_MS;
    let nextSweep = this.nowMs + MINUTE_MS;
    for (;;) {
      const next = Math.min(
        nextSweep,
        ...Object.values(this.queues).flatMap((queue) => queue.map((one) => one.visibleAt)),
      );
      if (next > endMs) break;
      this.nowMs = Math.max(this.nowMs, next);
      if (this.nowMs >= nextSweep) {
        nextSweep += MINUTE_MS;
        await this.#invoke((runtime) => timerHandler(runtime), { sweep: true });
      }
      await this.#receiveAll();
    }
    this.nowMs = endMs;
  }

  /** The runtime of one invocation. Once it is killed, nothing that it calls has an effect. */
  runtime(): OnCallRuntime {
    const { secrets = {}, env = {}, tracer } = this.#options;
    let isDead = false;
    const call = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
      if (isDead) throw new Killed(name);
      this.calls.push(name);
      const fault = this.#options.fault?.(name);
      if (fault instanceof Error) throw fault;
      if (fault === undefined) return work();
      isDead = true;
      this.kills++;
      if (fault === "killed after") await work();
      throw new Killed(name);
    };
    const table = calledTable(this.table, call);
    const shared = taskRuntime({ config: this.#config, env });
    const logger = createLogger({ level: "debug", write: (line) => this.logged.push(JSON.parse(line)) });
    const clock = { now: () => this.nowMs };
    const none = () => async () => "";
    return {
      ...shared,
      ...(tracer === undefined ? {} : { tracer }),
      ...{ clock, logger },
      sleep: async () => undefined,
      table,
      dueSender: (traceHeader) =>
        dueSender({
          ...{ clock, random: () => 0.5, sleep: async () => undefined },
          queue: (name) => (messages) =>
            call(`queue ${name}`, async () => {
              for (const { body, delayS } of messages) this.#enqueue(name, body, delayS * 1000, traceHeader);
              return messages.map(() => undefined);
            }),
        }),
      channelPorts: {
        ...{ clock, table, mailer: none, publisher: none },
        secrets: cachedSecrets((reference) => call("secret", async () => secrets[reference] ?? ""), clock),
        sendTo: (origin): SendHttp => {
          const send = httpSender(origin, { timeoutMs: 2000 });
          return (request, signal) => call(`send ${request.path.split("?")[0]}`, () => send(request, signal));
        },
      },
    };
  }

  #enqueue(name: QueueName, body: string, delayMs: number, traceHeader: string | undefined): void {
    const id = `m${++this.#messages}`;
    this.queues[name].push({ id, body, traceHeader, visibleAt: this.nowMs + delayMs, receives: 0 });
  }

  async #receiveAll(): Promise<void> {
    const handlers = { alerts: intakeHandler, timers: timerHandler, outbox: sendHandler };
    for (const [name, make] of Object.entries(handlers) as [keyof typeof handlers, (typeof handlers)["timers"]][]) {
      for (;;) {
        const batch = this.queues[name].filter(({ visibleAt }) => visibleAt <= this.nowMs).slice(0, BATCH[name]);
        if (batch.length === 0) break;
        await this.#receive(name, make, batch);
      }
    }
  }

  async #receive(
    name: QueueName,
    make: (runtime: OnCallRuntime) => LambdaHandler<SQSEvent, SQSBatchResponse | null>,
    batch: readonly QueuedMessage[],
  ): Promise<void> {
    const queue = this.queues[name];
    for (const message of batch) {
      message.receives++;
      message.visibleAt = this.nowMs + VISIBILITY_MS[name];
    }
    const answer = await this.#invoke(make, { Records: batch.map(recordOf) } as SQSEvent);
    const failed = answer?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) ?? batch.map(({ id }) => id);
    for (const message of batch) {
      const isOver = message.receives >= MAX_RECEIVES;
      if (failed.includes(message.id) && !isOver) continue;
      if (failed.includes(message.id)) this.dead.push({ queue: name, body: message.body });
      queue.splice(queue.indexOf(message), 1);
    }
  }

  /** Undefined when the invocation ended without an answer. */
  async #invoke<Event, Result>(
    make: (runtime: OnCallRuntime) => LambdaHandler<Event, Result>,
    event: Event,
  ): Promise<Result | undefined> {
    const kills = this.kills;
    try {
      const answer = await make(this.runtime())(event, lambdaContext());
      return this.kills > kills ? undefined : answer;
    } catch {
      return undefined;
    }
  }
}

function recordOf({ id, body, receives, traceHeader }: QueuedMessage): object {
  const trace = traceHeader === undefined ? {} : { AWSTraceHeader: traceHeader };
  return { messageId: id, body, attributes: { ApproximateReceiveCount: String(receives), ...trace } };
}

function calledTable(table: Table, call: <T>(name: string, work: () => Promise<T>) => Promise<T>): Table {
  return {
    get: (...args) => call("get", () => table.get(...args)),
    query: (...args) => call("query", () => table.query(...args)),
    queryTo: (...args) => call("queryTo", () => table.queryTo(...args)),
    put: (...args) => call("put", () => table.put(...args)),
    update: (...args) => call("update", () => table.update(...args)),
    delete: (...args) => call("delete", () => table.delete(...args)),
    transact: (...args) => call("transact", () => table.transact(...args)),
  };
}
