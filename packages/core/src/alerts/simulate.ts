import type { OnCallConfig } from "../config/oncall/schema.ts";
import type { Alert } from "../event/alert.ts";
import { eventTime } from "../event/event-time.ts";
import type { HealthEvent } from "../event/health-event.ts";
import { listOf, memberAt } from "../event/json-member.ts";
import { healthPageOf } from "./health-page.ts";
import { normalise } from "./normalise/normalise.ts";
import type { Silence } from "./silence.ts";
import type { AlertOutcome, EventOutcome, SimulationResult, SkippedTime } from "./simulate-result.ts";
import { type SimulatedTimer, SimulatedWorld } from "./simulate-world.ts";

/** So long after an event its timers run at their own times. Then repeats are all that comes, and time goes on to the next event at once, or ends. */
const QUIET_MS = 48 * 3_600_000;

/** An event and what it is called in the result, such as its file. */
export interface SimulatedEvent {
  readonly name: string;
  readonly event: unknown;
}

/** The state of all Health events; the feature `health` has it. */
export interface HealthPort {
  accept(event: HealthEvent, nowMs: number): HealthAnswer;
  review(eventArn: string, nowMs: number): HealthAnswer;
}

interface HealthAnswer {
  readonly alert?: Alert;
  /** Epoch milliseconds: review it again then. */
  readonly waitUntil?: number;
}

/** What a simulation needs to know besides the events. */
export interface SimulationOptions {
  readonly config: OnCallConfig;
  readonly health: HealthPort;
  /** Epoch milliseconds: the time of events before the first that has one. */
  readonly nowMs: number;
  readonly silences?: readonly Silence[];
  /** Epoch milliseconds: ends then; two days after the last event when absent. */
  readonly untilMs?: number | undefined;
  /** So long after the first page of an incident somebody takes it; nobody ever when absent. */
  readonly ackAfterMs?: number | undefined;
}

interface TimedEvent extends SimulatedEvent {
  readonly at: number;
}

/**
 * Plays events against the rules of a configuration on a virtual clock: each comes at its own time, and the engine, the incidents and their timers are those of a
 * deployment. Says who would have been told what and why, and what became of each event. Nothing is sent, and the result depends on its parameters alone.
 */
export function simulate(events: readonly SimulatedEvent[], options: SimulationOptions): SimulationResult {
  const ordered = timed(events, options.nowMs);
  const last = ordered.at(-1)?.at ?? options.nowMs;
  const until = options.untilMs ?? last + QUIET_MS;
  const run = new Run(options);
  for (const event of ordered) {
    if (event.at <= until) run.take(event);
    else run.leave(event);
  }
  run.end(until);
  const { entries } = run.world;
  return { entries, events: run.outcomes(), skipped: run.skipped, until };
}

/** All events in the order of their times; one without a time comes with the one before it. */
function timed(events: readonly SimulatedEvent[], nowMs: number): TimedEvent[] {
  let at = nowMs;
  return events
    .map((event) => {
      at = timeOf(event.event) ?? at;
      return { ...event, at };
    })
    .sort((a, b) => a.at - b.at);
}

function timeOf(event: unknown): number | undefined {
  const [record] = listOf(memberAt(event, "Records"));
  const times = [
    memberAt(event, "time"),
    memberAt(record, "Sns", "Timestamp"),
    memberAt(event, "Timestamp"),
    memberAt(event, "StateChangeTime"),
    memberAt(event, "lastUpdatedTime"),
  ];
  return times.flatMap((time) => eventTime(time) ?? [])[0];
}

/** What became of an event, to be asked when all is over. */
interface OpenOutcome {
  readonly name: string;
  readonly at: number;
  readonly alerts: (() => AlertOutcome)[];
  readonly reason?: string;
}

class Run {
  readonly world: SimulatedWorld;
  readonly skipped: SkippedTime[] = [];
  readonly #health: HealthPort;
  readonly #outcomes: OpenOutcome[] = [];
  /** By the Health event's ARN: to which of its pages what it shows later is put down. */
  readonly #lastPage = new Map<string, OpenOutcome>();
  #lastAt = Number.POSITIVE_INFINITY;

  constructor({ config, health, silences = [], ackAfterMs }: SimulationOptions) {
    this.world = new SimulatedWorld(config, silences, ackAfterMs);
    this.#health = health;
  }

  take({ name, event, at }: TimedEvent): void {
    this.#pass(at);
    this.#lastAt = at;
    const page = healthPageOf(event, at);
    if (page !== undefined) {
      const outcome: OpenOutcome = { name, at, alerts: [], reason: "nothing that AWS Health had not said before" };
      this.#outcomes.push(outcome);
      this.#lastPage.set(page.eventArn, outcome);
      this.#show(page.eventArn, this.#health.accept(page, at), at);
      return;
    }
    const result = normalise(event, { now: at });
    if ("reason" in result) this.#outcomes.push({ name, at, alerts: [], reason: result.reason });
    else this.#outcomes.push({ name, at, alerts: this.world.take(result.alerts, at) });
  }

  leave({ name, at }: TimedEvent): void {
    this.#outcomes.push({ name, at, alerts: [], reason: "later than the end of the simulation" });
  }

  end(until: number): void {
    this.#runTimers(until);
  }

  outcomes(): EventOutcome[] {
    return this.#outcomes.map(({ name, at, alerts, reason }) => {
      const outcome = { event: name, at, alerts: alerts.map((ask) => ask()) };
      return alerts.length > 0 || reason === undefined ? outcome : { ...outcome, reason };
    });
  }

  /** Lets time go on until just before an event. */
  #pass(at: number): void {
    const quietFrom = this.#lastAt + QUIET_MS;
    if (at <= quietFrom) {
      this.#runTimers(at - 1);
      return;
    }
    this.#runTimers(quietFrom);
    this.skipped.push({ from: quietFrom, to: at });
    // Timers may come late: those of the time between come now, once.
    this.#runTimers(at - 1, at - 1);
  }

  #runTimers(until: number, lateMs = Number.NEGATIVE_INFINITY): void {
    for (let due = this.world.timers.next(until); due !== undefined; due = this.world.timers.next(until)) {
      this.#timer(due.what, Math.max(due.at, lateMs));
    }
  }

  #timer(timer: SimulatedTimer, nowMs: number): void {
    if (timer.kind === "health") this.#show(timer.key, this.#health.review(timer.key, nowMs), nowMs);
    else this.world.timer(timer, nowMs);
  }

  #show(eventArn: string, { alert, waitUntil }: HealthAnswer, nowMs: number): void {
    if (alert !== undefined) this.#lastPage.get(eventArn)?.alerts.push(...this.world.take([alert], nowMs));
    if (waitUntil !== undefined) this.world.timers.add(waitUntil, { kind: "health", key: eventArn });
  }
}
