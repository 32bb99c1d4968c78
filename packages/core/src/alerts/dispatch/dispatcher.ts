import type { Alert } from "../../event/alert.ts";
import type { Due } from "../../event/due.ts";
import { BelfryError, messageOf } from "../../platform/errors.ts";
import { entryOf, type HeldAlert } from "../engine/group-state.ts";
import type { IncidentInput, IncidentOutcome } from "../incident/decide.ts";
import { openPartition } from "../outbox-row.ts";
import { readGroup } from "./group-rows.ts";
import { type CallContext, stepGroup } from "./group-step.ts";
import { handleOf, readIncident } from "./incident-row.ts";
import { actOn, takeInput } from "./joined-group.ts";
import type { DispatcherPorts } from "./ports.ts";
import { routeOptions } from "./routed-group.ts";
import { LAST } from "./sort-key.ts";
import { readSurroundings } from "./surroundings.ts";
import { placeAlerts, settleLeft, takeByGroup } from "./take-alerts.ts";
import { deleteTimer, dueTimers } from "./timers.ts";

export type { DispatcherPorts } from "./ports.ts";

/** What somebody does to an incident. */
export type PersonInput = Extract<IncidentInput, { readonly by: string }>;

/** Joins alerts, groups, incidents and what is to be told of them in one table. Each call may be made again after an error, and by several at the same time. */
export interface Dispatcher {
  /** Takes statements; those of one group are one decision. Raises a retryable error when some could not be written; all others are. */
  take(alerts: readonly Alert[], signal: AbortSignal): Promise<void>;
  /** Looks at what is due: the kinds `group`, `incident` and `recheck`. One that comes early, late or twice does no harm. */
  due(due: Due, signal: AbortSignal): Promise<void>;
  /** Lets somebody do something to the incident of a handle. */
  act(handle: string, input: PersonInput, signal: AbortSignal): Promise<IncidentOutcome | "unknown-incident">;
  /** Sends what is due, or soon, and may have been forgotten: timers, and the outboxes of these channels. */
  sweep(channels: readonly string[], signal: AbortSignal): Promise<void>;
}

/** A sweep comes each minute: what is due before the next is sent with it. */
const SWEEP_AHEAD_MS = 60_000;

/** Of each partition; the next sweep goes on. */
const MAX_SWEPT = 500;

/** Makes the dispatcher. Nothing of a call is kept for the next. */
export function createDispatcher(ports: DispatcherPorts): Dispatcher {
  return new TableDispatcher(ports);
}

class TableDispatcher implements Dispatcher {
  readonly #ports: DispatcherPorts;
  readonly #optionsOf: CallContext["optionsOf"];

  constructor(ports: DispatcherPorts) {
    this.#ports = ports;
    this.#optionsOf = routeOptions(ports.config, ports.rules);
  }

  async take(alerts: readonly Alert[], signal: AbortSignal): Promise<void> {
    if (alerts.length === 0) return;
    const { placed, failed } = await placeAlerts(alerts, this.#ports, signal);
    // Read after the rows are written: what inhibits others of this call is in it.
    const groups = await this.#call(signal, async (context) => {
      const failedGroups = await takeByGroup(placed, context);
      await settleLeft(placed, failedGroups, context);
      return failedGroups;
    });
    if (failed === 0 && groups.size === 0) return;
    const [cause] = groups.values();
    const message = `${failed} of ${alerts.length} alerts and ${groups.size} groups could not be written: try again`;
    throw new BelfryError("RETRY", message, { cause, retryable: true });
  }

  async due(due: Due, signal: AbortSignal): Promise<void> {
    const { table, clock, sendDue } = this.#ports;
    if (due.at > clock.now()) return sendDue([due], signal);
    if (due.kind === "group") await this.#wake(due.key, signal);
    else if (due.kind === "incident") await this.#timer(due, signal);
    else if (due.kind === "recheck") await this.#recheck(due, signal);
    else throw new BelfryError("BAD_ARGUMENT", `a dispatcher does not look at what is due of the kind ${due.kind}`);
    await deleteTimer(table, due, signal);
  }

  async act(handle: string, input: PersonInput, signal: AbortSignal): Promise<IncidentOutcome | "unknown-incident"> {
    return (await this.#input(handle, input, signal)) ?? "unknown-incident";
  }

  async sweep(channels: readonly string[], signal: AbortSignal): Promise<void> {
    const { table, clock, sendDue } = this.#ports;
    const nowMs = clock.now();
    const stored = await dueTimers(table, nowMs + SWEEP_AHEAD_MS, MAX_SWEPT, signal);
    const timers = stored.filter((due) => !this.#isNobodys(due));
    for (const due of stored.filter((each) => this.#isNobodys(each))) await deleteTimer(table, due, signal);
    const outboxes = await Promise.all(
      channels.map(async (key): Promise<Due[]> => {
        const [first] = await table.queryTo(openPartition(key), LAST, 1, signal);
        return first === undefined ? [] : [{ kind: "outbox", key, at: nowMs }];
      }),
    );
    const dues = [...timers, ...outboxes.flat()];
    if (dues.length > 0) await sendDue(dues, signal);
  }

  /** Nobody takes corrective actions further once the configuration has no rules for them. */
  #isNobodys({ kind }: Due): boolean {
    return kind === "correction" && this.#ports.corrections === undefined;
  }

  async #wake(key: string, signal: AbortSignal): Promise<void> {
    await this.#call(signal, (context) =>
      stepGroup(
        { key },
        (joined, nowMs, rules) => {
          if (joined.state === undefined) return {};
          return { step: takeInput(joined, { kind: "wake" }, nowMs, rules) };
        },
        context,
      ),
    );
  }

  async #timer({ key, at, version = 0 }: Due, signal: AbortSignal): Promise<void> {
    await this.#input(handleOf(key), { kind: "timer", timer: { kind: "incident", key, at, version } }, signal);
  }

  /** What its group does not hold any more, or what is not suppressed by now, nobody waits to hear of. */
  async #recheck({ key, alertKey = "" }: Due, signal: AbortSignal): Promise<void> {
    const { table, askAlarm } = this.#ports;
    const { state } = await readGroup(table, key, signal);
    const held = entryOf(state?.alerts ?? {}, alertKey);
    if (held?.suppression === undefined) return;
    const answer = await askAlarm?.(alertKey, signal);
    if (answer !== undefined) await this.take([asKnown(answer, held)], signal);
  }

  /** Undefined when no incident has the handle. */
  async #input(handle: string, input: IncidentInput, signal: AbortSignal): Promise<IncidentOutcome | undefined> {
    const row = await readIncident(this.#ports.table, handle, signal);
    if (row === undefined) return undefined;
    if (row.incident.status === "resolved") return "not-open";
    const { key } = row.group;
    const { outcome } = await this.#call(signal, (context) =>
      stepGroup(
        { key, given: row.group },
        (joined, nowMs, rules, stored) => {
          // A group goes on to another incident only when the one before is resolved.
          if (stored.last !== handle) return { outcome: "not-open" };
          const decided = actOn(joined, input, nowMs, rules);
          const isStep = decided.outcome === "done" || decided.step.timers.length > 0;
          return isStep ? decided : { outcome: decided.outcome };
        },
        context,
      ),
    );
    return outcome;
  }

  /** Reads once what bears on all groups of a call, and sends at its end what has become due. What is not sent, a sweep finds. */
  async #call<Result>(signal: AbortSignal, work: (context: CallContext) => Promise<Result>): Promise<Result> {
    const { table, rules, sendDue, logger } = this.#ports;
    const mutedBy = await readSurroundings(table, rules, signal);
    const dues: Due[] = [];
    try {
      return await work({ ports: this.#ports, optionsOf: this.#optionsOf, mutedBy, dues, signal });
    } finally {
      const once = [...new Map(dues.map((due) => [JSON.stringify(due), due])).values()];
      if (once.length > 0) {
        await sendDue(once, signal).catch((thrown: unknown) => {
          logger.warn("what is due could not be sent: it waits for the next sweep", { reason: messageOf(thrown) });
        });
      }
    }
  }
}

/** A source that is asked says how an alert is, and not all of what makes it: an alarm's tags are in its events alone. What led it to its group goes on doing so. */
function asKnown(answer: Alert, { labels, severity, links }: HeldAlert): Alert {
  return { ...answer, labels: { ...answer.labels, ...labels }, severity, links };
}
