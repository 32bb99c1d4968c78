import type { HealthEvent } from "../event/health-event.ts";
import { acceptHealthEvent, type HealthDecision, reviewHealth } from "./accept-health-event.ts";
import { emptyHealthState, type HealthState } from "./health-state.ts";

/** All Health events in memory, for a simulation: what a deployment keeps in its table. */
export class HealthBook {
  readonly #states = new Map<string, HealthState>();

  accept(event: HealthEvent, nowMs: number): HealthDecision {
    return this.#kept(acceptHealthEvent(this.#states.get(event.eventArn), event, nowMs));
  }

  review(eventArn: string, nowMs: number): HealthDecision {
    return this.#kept(reviewHealth(this.#states.get(eventArn) ?? emptyHealthState(eventArn), nowMs));
  }

  #kept(decision: HealthDecision): HealthDecision {
    this.#states.set(decision.state.eventArn, decision.state);
    return decision;
  }
}
