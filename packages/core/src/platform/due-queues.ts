import type { Due, DueKind, SendDue } from "../event/due.ts";
import { memberAt, textAt } from "../event/json-member.ts";
import type { Clock } from "./clock.ts";
import { BelfryError, messageOf } from "./errors.ts";
import { MAX_DELAY_S, MAX_QUEUE_ENTRIES, type QueueMessage, type SendMessages } from "./queue-client.ts";
import { fullJitterMs, type Random, type Sleep } from "./retry.ts";

/** The queues that things are due in: outboxes and corrective actions have their own, for what is slow in one must not hold up the others. */
export type DueQueue = "timers" | "outbox" | "corrections";

export interface DueSenderPorts {
  readonly queue: (name: DueQueue) => SendMessages;
  readonly clock: Clock;
  readonly random: Random;
  readonly sleep: Sleep;
}

const KINDS: readonly string[] = ["group", "incident", "recheck", "health", "correction", "outbox"] satisfies DueKind[];

/** The content of a message as what is due. Raises BAD_EVENT for anything else. */
export function readDue(content: unknown): Due {
  const at = memberAt(content, "at");
  const key = textAt(content, "key");
  if (KINDS.includes(textAt(content, "kind") ?? "") && key !== undefined && typeof at === "number")
    return content as Due;
  const got = (JSON.stringify(content) ?? "no JSON").slice(0, MAX_SHOWN);
  throw new BelfryError("BAD_EVENT", `a message of nothing that can be due: ${got}`);
}

const MAX_SHOWN = 200;

const RETRY = { baseMs: 50, capMs: 500, maxAttempts: 3 };

/**
 * Sends what is due to its queue, delayed until its time or as long as a queue can; what comes before its time is sent on by who gets it. Raises RETRY when some of it was
 * not taken by then.
 */
export function dueSender({ queue, clock, random, sleep }: DueSenderPorts): SendDue {
  const sendAll = async (send: SendMessages, dues: readonly Due[], signal: AbortSignal): Promise<void> => {
    let left = dues;
    for (let attempt = 0; ; attempt++) {
      const failed: Due[] = [];
      let reason = "";
      for (let at = 0; at < left.length; at += MAX_QUEUE_ENTRIES) {
        const batch = left.slice(at, at + MAX_QUEUE_ENTRIES);
        const messages = batch.map((due) => messageOfDue(due, clock.now()));
        const codes = await send(messages, signal).catch((thrown: unknown) => batch.map(() => messageOf(thrown)));
        failed.push(...batch.filter((_, i) => codes[i] !== undefined));
        reason = codes.find((code) => code !== undefined) ?? reason;
      }
      if (failed.length === 0) return;
      if (attempt + 1 === RETRY.maxAttempts || signal.aborted) throw notTaken(failed.length, reason);
      left = failed;
      await sleep(fullJitterMs(attempt, RETRY, random), signal);
    }
  };
  return async (dues, signal) => {
    const byQueue = Map.groupBy(dues, ({ kind }) => queueOf(kind));
    // A queue that cannot be reached keeps nothing from the others.
    const sent = [...byQueue].map(async ([name, itsDues]) => sendAll(queue(name), itsDues, signal));
    const failed = (await Promise.allSettled(sent)).find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  };
}

function queueOf(kind: DueKind): DueQueue {
  if (kind === "outbox") return "outbox";
  return kind === "correction" ? "corrections" : "timers";
}

function messageOfDue(due: Due, nowMs: number): QueueMessage {
  const delayS = Math.ceil((due.at - nowMs) / 1000);
  return { body: JSON.stringify(due), delayS: Math.min(Math.max(delayS, 0), MAX_DELAY_S) };
}

function notTaken(count: number, reason: string): BelfryError {
  return new BelfryError("RETRY", `${count} messages were not taken by their queue: ${reason}`, { retryable: true });
}
