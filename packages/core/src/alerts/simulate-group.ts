import { decideGroup, type GroupInput, type GroupTimer } from "./engine/decide.ts";
import type { GroupState } from "./engine/group-state.ts";
import type { Surroundings } from "./engine/settings.ts";
import type { GroupNotification } from "./engine/tell.ts";
import type { AlertGroup } from "./group.ts";
import { decideIncident, type IncidentDecision, type IncidentInput } from "./incident/decide.ts";
import { INCIDENT_CHANNEL, incidentInput, isHeld } from "./incident/group-channel.ts";
import type { Incident, IncidentTimer, Page } from "./incident/incident.ts";
import type { OnCallRules } from "./on-call-rules.ts";
import type { Route } from "./route.ts";

/** What a group and its incident do at one time. */
export interface GroupStep {
  readonly notifications: readonly GroupNotification[];
  readonly changes: readonly IncidentChange[];
  readonly timers: readonly (GroupTimer | IncidentTimer)[];
}

/** An incident before and after something happened to it, and whom it pages. */
export interface IncidentChange {
  readonly before: Incident | undefined;
  readonly after: Incident;
  readonly pages: readonly Page[];
}

/** A group of alerts with its incident, joined as a deployment joins them: the incident is one of the group's channels, and whoever takes it makes the group look again. */
export class SimulatedGroup {
  readonly route: Route;
  readonly group: AlertGroup;
  state: GroupState | undefined;
  incident: Incident | undefined;
  readonly mutedBy: Surroundings["mutedBy"];
  readonly #rules: OnCallRules;

  constructor(route: Route, group: AlertGroup, rules: OnCallRules, mutedBy: Surroundings["mutedBy"]) {
    this.route = route;
    this.group = group;
    this.#rules = rules;
    this.mutedBy = mutedBy;
  }

  get receiver(): string {
    return this.route.options.receiver;
  }

  /** Gives the group statements, or lets it look. */
  take(input: GroupInput, nowMs: number): GroupStep {
    const decision = decideGroup(this.state, this.group, input, nowMs, this.#rules.groupSettings(this.route.options), {
      mutedBy: this.mutedBy,
      isHeld: isHeld(this.incident),
    });
    this.state = decision.state;
    const toIncident = decision.notifications.filter(({ channel }) => channel === INCIDENT_CHANNEL.name);
    const steps = toIncident.map((notification) => this.act(incidentInput(notification), nowMs));
    return joined([{ ...decision, changes: [] }, ...steps]);
  }

  /** Lets something happen to the incident; the group looks again when somebody has taken it, or has let go of it. */
  act(input: IncidentInput, nowMs: number): GroupStep {
    const before = this.incident;
    const decision = decideIncident(before, input, nowMs, this.#rules.incidentSettings(this.receiver));
    this.incident = decision.incident;
    const own = { notifications: [], changes: changeOf(before, decision), timers: decision.timers };
    if (isHeld(before) === isHeld(this.incident)) return own;
    return joined([own, this.take({ kind: "wake" }, nowMs)]);
  }
}

function changeOf(before: Incident | undefined, { incident, outcome, pages }: IncidentDecision): IncidentChange[] {
  return outcome === "done" && incident !== undefined ? [{ before, after: incident, pages }] : [];
}

function joined(steps: readonly GroupStep[]): GroupStep {
  return {
    notifications: steps.flatMap(({ notifications }) => notifications),
    changes: steps.flatMap(({ changes }) => changes),
    timers: steps.flatMap(({ timers }) => timers),
  };
}
