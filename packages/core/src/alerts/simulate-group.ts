import { actOn, type GroupStep, type JoinedGroup, type JoinedRules, takeInput } from "./dispatch/joined-group.ts";
import type { GroupInput } from "./engine/decide.ts";
import type { GroupState } from "./engine/group-state.ts";
import type { Surroundings } from "./engine/settings.ts";
import type { AlertGroup } from "./group.ts";
import type { IncidentInput } from "./incident/decide.ts";
import type { Incident } from "./incident/incident.ts";
import type { OnCallRules } from "./on-call-rules.ts";
import type { Route } from "./route.ts";

/** A group of alerts with its incident, as a deployment joins them. */
export class SimulatedGroup {
  readonly route: Route;
  readonly group: AlertGroup;
  readonly mutedBy: Surroundings["mutedBy"];
  readonly #rules: JoinedRules;
  #now: JoinedGroup = { state: undefined, incident: undefined };

  constructor(route: Route, group: AlertGroup, rules: OnCallRules, mutedBy: Surroundings["mutedBy"]) {
    const { options } = route;
    this.route = route;
    this.group = group;
    this.mutedBy = mutedBy;
    const incidentSettings = rules.incidentSettings(options.receiver);
    this.#rules = { group, settings: rules.groupSettings(options), incidentSettings, mutedBy };
  }

  get receiver(): string {
    return this.route.options.receiver;
  }

  get state(): GroupState | undefined {
    return this.#now.state;
  }

  get incident(): Incident | undefined {
    return this.#now.incident;
  }

  /** Gives the group statements, or lets it look. */
  take(input: GroupInput, nowMs: number): GroupStep {
    return this.#after(takeInput(this.#now, input, nowMs, this.#rules));
  }

  /** Lets something happen to the incident. */
  act(input: IncidentInput, nowMs: number): GroupStep {
    return this.#after(actOn(this.#now, input, nowMs, this.#rules).step);
  }

  #after(step: GroupStep): GroupStep {
    this.#now = step.next;
    return step;
  }
}
