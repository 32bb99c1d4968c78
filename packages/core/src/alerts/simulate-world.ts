import type { OnCallConfig } from "../config/oncall/schema.ts";
import type { Alert } from "../event/alert.ts";
import { type AlertRow, placeAlert } from "./dispatch/alert-row.ts";
import type { GroupStep } from "./dispatch/joined-group.ts";
import { routedGroup } from "./dispatch/routed-group.ts";
import type { GroupTimer } from "./engine/decide.ts";
import { createMuting } from "./engine/muting.ts";
import type { Surroundings } from "./engine/settings.ts";
import { groupOf } from "./group.ts";
import type { IncidentTimer } from "./incident/incident.ts";
import { type ActiveAlert, activeAlertOf, compileInhibitions, type FindInhibition } from "./inhibit.ts";
import { compileOnCall, type OnCallRules } from "./on-call-rules.ts";
import { matchRoutes, type Route } from "./route.ts";
import type { Silence } from "./silence.ts";
import { VirtualTimers } from "./simulate-clock.ts";
import { entriesOf, titleOf } from "./simulate-entries.ts";
import { SimulatedGroup } from "./simulate-group.ts";
import { StatementLedger } from "./simulate-ledger.ts";
import type { AlertOutcome, SimulatedEntry } from "./simulate-result.ts";

/** What is due at a time: of the engine, of a Health event (by its ARN), or somebody who takes an incident. */
export type SimulatedTimer =
  | GroupTimer
  | IncidentTimer
  | { readonly kind: "health"; readonly key: string }
  | { readonly kind: "acknowledge"; readonly group: SimulatedGroup; readonly incidentId: string };

/** Who takes an incident of which only channels were told. */
const SOMEBODY = "somebody";

/** All groups and incidents of a simulation, and what everybody was told. */
export class SimulatedWorld {
  readonly entries: SimulatedEntry[] = [];
  readonly timers = new VirtualTimers<SimulatedTimer>();
  readonly #config: OnCallConfig;
  readonly #rules: OnCallRules;
  readonly #silences: readonly Silence[];
  readonly #ackAfterMs: number | undefined;
  readonly #ledger = new StatementLedger();
  readonly #groups = new Map<string, SimulatedGroup>();
  readonly #titles = new Map<SimulatedGroup, string>();
  readonly #known = new Map<string, AlertRow>();
  readonly #active = new Map<string, ActiveAlert>();
  /** Among the active ones; made when it is asked for, after something has fired or ended that may inhibit others. */
  #inhibitionOf: FindInhibition | undefined;
  readonly #deliveries = new Set<string>();
  /** Incidents that somebody is to take, by their ids: who was paged last. */
  readonly #takers = new Map<string, string>();

  constructor(config: OnCallConfig, silences: readonly Silence[], ackAfterMs: number | undefined) {
    this.#config = config;
    // Which kind a channel is, is said elsewhere; nearly all hold a state.
    this.#rules = compileOnCall(config, () => true);
    this.#silences = silences;
    this.#ackAfterMs = ackAfterMs;
  }

  /** Takes the statements of one event. What became of each can be asked when all is over. */
  take(alerts: readonly Alert[], nowMs: number): (() => AlertOutcome)[] {
    const inputs = new Map<SimulatedGroup, Alert[]>();
    const outcomes = alerts.map((alert) => {
      // Samples of different things have one id at times.
      const delivery = `${alert.key} ${alert.deliveryId}`;
      const isAgain = this.#deliveries.has(delivery);
      this.#deliveries.add(delivery);
      if (isAgain) return this.#ledger.enter(alert, []);
      const routed = this.#routed(alert);
      for (const [group, statement] of routed.inputs) inputs.set(group, [...(inputs.get(group) ?? []), statement]);
      this.#activate(alert, nowMs);
      return this.#ledger.enter(alert, routed.groups);
    });
    for (const [group, batch] of inputs)
      this.#after(group, group.take({ kind: "alerts", alerts: batch }, nowMs), nowMs);
    return outcomes;
  }

  /** Lets a timer of the engine's be due. A source that would be asked again does not answer: the group looks by itself some time later. */
  timer(timer: Exclude<SimulatedTimer, { kind: "health" }>, nowMs: number): void {
    switch (timer.kind) {
      case "recheck":
        return;
      case "group": {
        const group = this.#groups.get(timer.key);
        if (group !== undefined) this.#after(group, group.take({ kind: "wake" }, nowMs), nowMs);
        return;
      }
      case "incident":
        for (const group of this.#groups.values()) {
          if (group.incident?.id !== timer.key) continue;
          this.#after(group, group.act({ kind: "timer", timer }, nowMs), nowMs);
        }
        return;
      case "acknowledge": {
        const { group, incidentId } = timer;
        if (group.incident?.id !== incidentId) return;
        const by = this.#takers.get(incidentId) ?? SOMEBODY;
        this.#after(group, group.act({ kind: "acknowledge", by }, nowMs), nowMs);
      }
    }
  }

  /** The groups of a statement, and what each is told: those that the alert has left, too. */
  #routed(alert: Alert) {
    const groupsOf = (one: Alert) =>
      matchRoutes(this.#rules.route, one).map((route) => {
        this.#group(route, one);
        return routedGroup(route, one.labels);
      });
    const { row, to } = placeAlert(this.#known.get(alert.key), alert, groupsOf, undefined);
    // Nothing is in the way here: whoever is left is told at once.
    this.#known.set(alert.key, { ...row, left: [] });
    const inputs = to.flatMap(({ group, alert: statement }) => {
      const simulated = this.#groups.get(group.key);
      return simulated === undefined ? [] : [[simulated, statement] as const];
    });
    return { groups: inputs.slice(0, row.groups.length).map(([group]) => group), inputs };
  }

  #group(route: Route, { labels }: Alert): SimulatedGroup {
    const group = groupOf(route, labels);
    const known = this.#groups.get(group.key);
    if (known !== undefined) return known;
    const added = new SimulatedGroup(route, group, this.#rules, this.#mutedBy(route));
    this.#groups.set(group.key, added);
    return added;
  }

  #mutedBy({ options }: Route): Surroundings["mutedBy"] {
    const { intervals, inhibitRules } = this.#rules;
    const inhibitionOf: FindInhibition = (target, nowMs) => {
      this.#inhibitionOf ??= compileInhibitions([...this.#active.values()], inhibitRules);
      return this.#inhibitionOf(target, nowMs);
    };
    return createMuting({ options, intervals, silences: this.#silences, inhibitionOf });
  }

  #activate(alert: Alert, nowMs: number): void {
    const isOld = alert.version < (this.#known.get(alert.key)?.version ?? alert.version);
    if (isOld || alert.status === "unknown") return;
    const active = activeAlertOf(alert, this.#rules.inhibitRules, nowMs);
    const wasActive = this.#active.delete(alert.key);
    if (active !== undefined) this.#active.set(alert.key, active);
    if (active !== undefined || wasActive) this.#inhibitionOf = undefined;
  }

  #after(group: SimulatedGroup, step: GroupStep, nowMs: number): void {
    this.#ledger.decided(group, step.notifications, nowMs);
    for (const notification of step.notifications) this.#titles.set(group, titleOf(notification));
    const entries = entriesOf(step, group, this.#titles.get(group) ?? "", this.#config, nowMs);
    this.entries.push(...entries);
    for (const timer of step.timers) this.timers.add(timer.at, timer);
    this.#planAcknowledgement(group, entries, nowMs);
  }

  #planAcknowledgement(group: SimulatedGroup, entries: readonly SimulatedEntry[], nowMs: number): void {
    const { incident } = group;
    const pages = entries.filter(({ isPage }) => isPage);
    if (this.#ackAfterMs === undefined || incident?.status !== "open" || pages.length === 0) return;
    const isPlanned = this.#takers.has(incident.id);
    this.#takers.set(
      incident.id,
      pages.findLast(({ person }) => person !== undefined)?.person ?? this.#takers.get(incident.id) ?? SOMEBODY,
    );
    if (isPlanned) return;
    this.timers.add(nowMs + this.#ackAfterMs, { kind: "acknowledge", group, incidentId: incident.id });
  }
}
