import { decideGroup, type GroupInput, type GroupTimer } from "@belfry/core/alerts/engine/decide";
import type { GroupState } from "@belfry/core/alerts/engine/group-state";
import { createMuting } from "@belfry/core/alerts/engine/muting";
import type { GroupNotification } from "@belfry/core/alerts/engine/tell";
import { type AlertGroup, groupOf } from "@belfry/core/alerts/group";
import {
  type ActiveAlert,
  activeAlertOf,
  compileInhibitions,
  compileInhibitRules,
  type InhibitRule,
} from "@belfry/core/alerts/inhibit";
import { compileRoutes, matchRoutes, type Route } from "@belfry/core/alerts/route";
import { expireSilence, type Silence } from "@belfry/core/alerts/silence";
import { compileTimeIntervals, type TimeIntervals } from "@belfry/core/alerts/time-intervals";
import { parseDuration } from "@belfry/core/config/oncall/duration";
import type { Alert } from "@belfry/core/event/alert";
import { type ReadConfig, readConfig } from "./alertmanager-config.ts";

type Labels = Readonly<Record<string, string>>;

/** What was done to Alertmanager, at a time in seconds. */
export interface Step {
  readonly at: number;
  readonly push?: readonly { readonly labels: Labels; readonly startsAt?: number; readonly endsAt?: number }[];
  readonly silence?: {
    readonly id: string;
    readonly matchers: readonly {
      readonly name: string;
      readonly value: string;
      readonly isRegex: boolean;
      readonly isEqual?: boolean;
    }[];
    readonly from: number;
    readonly to: number;
  };
  readonly expire?: string | { readonly id: string };
}

/** A call of a webhook, at a time in seconds. */
export interface Call {
  readonly t: number;
  readonly hook: string;
  readonly status: string;
  readonly groupLabels: Labels;
  readonly failed: boolean;
  readonly alerts: readonly { readonly labels: Labels; readonly status: string }[];
}

/** A recorded run. */
export interface Scenario {
  readonly name: string;
  readonly config: string;
  readonly steps: readonly Step[];
  readonly until: number;
  /** From, to, and the hook that fails meanwhile. */
  readonly fail?: readonly (readonly [number, number, string])[];
  readonly observed: readonly Call[];
}

/** Waits between the attempts of one notification: the first, and by how much each is longer. Alertmanager varies them by half. */
const FIRST_RETRY_MS = 500;
const RETRY_FACTOR = 1.5;

/** When a run begins, for configurations with time intervals: a working day's noon. */
const START_MS = Date.parse("2026-06-17T12:00:00Z");

interface Group {
  readonly route: Route;
  readonly group: AlertGroup;
  state: GroupState | undefined;
  /** Its next look waits until everything of the last one is delivered. */
  busyUntilMs: number;
}

/** Runs a scenario on a virtual clock. Steps after the first come `lateMs` late, as those of a client do that sleeps between them. */
export function runScenario(scenario: Scenario, lateMs: number): Call[] {
  return new VirtualRun(scenario).run(lateMs);
}

class VirtualRun {
  readonly #scenario: Scenario;
  readonly #config: ReadConfig;
  readonly #root: Route;
  readonly #rules: readonly InhibitRule[];
  readonly #intervals: TimeIntervals;
  readonly #groups = new Map<string, Group>();
  readonly #active = new Map<string, ActiveAlert>();
  readonly #calls: Call[] = [];
  #silences: Silence[] = [];
  #timers: GroupTimer[] = [];
  #pushes = 0;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#config = readConfig(scenario.config);
    this.#root = compileRoutes(this.#config.onCall.route);
    this.#rules = compileInhibitRules(this.#config.onCall.inhibitRules);
    this.#intervals = compileTimeIntervals(this.#config.onCall.timeIntervals);
  }

  run(lateMs: number): Call[] {
    const { steps, until } = this.#scenario;
    for (const step of steps.toSorted((a, b) => a.at - b.at)) {
      const atMs = instantOf(step.at) + (step.at === 0 ? 0 : lateMs);
      this.#wakeBefore(atMs);
      this.#take(step, atMs);
    }
    this.#wakeBefore(instantOf(until) + 1);
    return this.#calls.filter(({ t }) => t <= until);
  }

  #wakeBefore(endMs: number): void {
    for (;;) {
      this.#timers.sort((a, b) => this.#dueAt(a) - this.#dueAt(b));
      const [next] = this.#timers;
      if (next === undefined || this.#dueAt(next) >= endMs) return;
      this.#timers.shift();
      const group = this.#groups.get(next.key);
      if (group !== undefined) this.#decide(group, { kind: "wake" }, this.#dueAt(next));
    }
  }

  #dueAt({ at, key }: GroupTimer): number {
    return Math.max(at, this.#groups.get(key)?.busyUntilMs ?? 0);
  }

  #take({ push = [], silence, expire }: Step, nowMs: number): void {
    if (silence !== undefined) this.#silences.push(silenceOf(silence));
    if (expire !== undefined) {
      const id = typeof expire === "string" ? expire : expire.id;
      this.#silences = this.#silences.map((each) => (each.id === id ? expireSilence(each, nowMs) : each));
    }
    const alerts = push.map((pushed) => this.#alertOf(pushed, nowMs));
    for (const alert of alerts) {
      const active = activeAlertOf(alert, this.#rules, nowMs);
      if (active === undefined) this.#active.delete(alert.key);
      else this.#active.set(alert.key, active);
    }
    const byGroup = Map.groupBy(
      alerts.flatMap((alert) =>
        matchRoutes(this.#root, alert).map((route) => ({ alert, group: this.#group(route, alert) })),
      ),
      ({ group }) => group,
    );
    for (const [group, members] of byGroup) {
      this.#decide(group, { kind: "alerts", alerts: members.map(({ alert }) => alert) }, nowMs);
    }
  }

  /** As Alertmanager's interface fills in the times that are not given. */
  #alertOf({ labels, startsAt, endsAt }: NonNullable<Step["push"]>[number], nowMs: number): Alert {
    const endMs = endsAt === undefined ? nowMs + parseDuration(this.#config.resolveTimeout) : instantOf(endsAt);
    const status = endMs <= nowMs ? "resolved" : "firing";
    this.#pushes++;
    return {
      deliveryId: String(this.#pushes),
      key: keyOf(labels),
      version: this.#pushes,
      status,
      severity: "error",
      title: "",
      description: "",
      labels,
      links: [],
      startsAt: startsAt === undefined ? (endsAt === undefined ? nowMs : endMs) : instantOf(startsAt),
      causes: [],
      replayed: false,
      event: undefined,
      ...(status === "firing" ? { expiresAfterMs: endMs - nowMs } : {}),
    };
  }

  #group(route: Route, { labels }: Alert): Group {
    const group = groupOf(route, labels);
    const known = this.#groups.get(group.key) ?? { route, group, state: undefined, busyUntilMs: 0 };
    this.#groups.set(group.key, known);
    return known;
  }

  #decide(group: Group, input: GroupInput, nowMs: number): void {
    const { options } = group.route;
    const hooks = this.#config.hooks.get(options.receiver) ?? [];
    const mutedBy = createMuting({
      options,
      intervals: this.#intervals,
      silences: this.#silences,
      inhibitionOf: compileInhibitions([...this.#active.values()], this.#rules),
    });
    const settings = {
      ...options,
      mode: this.#config.onCall.mode,
      channels: hooks.map((hook) => ({ ...hook, isStateful: false })),
    };
    const decision = decideGroup(group.state, group.group, input, nowMs, settings, { mutedBy, isHeld: false });
    // A state is stored as JSON.
    group.state = decision.state && JSON.parse(JSON.stringify(decision.state));
    this.#timers.push(...decision.timers);
    for (const notification of decision.notifications) this.#deliver(group, notification, nowMs);
  }

  #deliver(group: Group, { channel, status, labels, alerts }: GroupNotification, nowMs: number): void {
    let [atMs, waitMs] = [nowMs, FIRST_RETRY_MS];
    for (let isDelivered = false; !isDelivered && atMs <= instantOf(this.#scenario.until); waitMs *= RETRY_FACTOR) {
      const t = (atMs - START_MS) / 1000;
      const failed = (this.#scenario.fail ?? []).some(([from, to, hook]) => hook === channel && t >= from && t < to);
      this.#calls.push({
        t,
        hook: channel,
        status,
        groupLabels: labels,
        failed,
        alerts: alerts.map((alert) => ({ labels: alert.labels, status: alert.status })),
      });
      isDelivered = !failed;
      if (failed) atMs += waitMs;
    }
    group.busyUntilMs = Math.max(group.busyUntilMs, atMs);
  }
}

/** A text that labels have in any order. */
export function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort());
}

function instantOf(seconds: number): number {
  return START_MS + seconds * 1000;
}

function silenceOf({ id, matchers, from, to }: NonNullable<Step["silence"]>): Silence {
  return {
    id,
    matchers: matchers.map(({ name, value, isRegex, isEqual = true }) => ({
      name,
      value,
      operator: isRegex ? (isEqual ? "=~" : "!~") : isEqual ? "=" : "!=",
    })),
    startsAt: instantOf(from),
    endsAt: instantOf(to),
    createdBy: "",
    comment: "",
  };
}
