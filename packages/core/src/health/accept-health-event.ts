import type { Alert } from "../event/alert.ts";
import { contentId } from "../event/event-envelope.ts";
import { healthAlert } from "../event/health-alert.ts";
import type { HealthEvent } from "../event/health-event.ts";
import { emptyHealthState, type HealthState, withPage } from "./health-state.ts";
import { sightOf } from "./health-view.ts";

/** What follows from an event, or from time. */
export interface HealthDecision {
  readonly state: HealthState;
  /** Present when what is to be shown has changed. */
  readonly alert?: Alert;
  /** Epoch milliseconds: look again then, with `reviewHealth`. */
  readonly waitUntil?: number;
}

/**
 * Takes in a page of a Health event, from whichever region, in whichever order, and however often. All alerts of an event have its ARN as their key, whatever the
 * accounts, and rising versions, so that they are one incident that is updated. No alert while pages are missing and not overdue, nor when nothing new is to be seen.
 */
export function acceptHealthEvent(state: HealthState | undefined, event: HealthEvent, nowMs: number): HealthDecision {
  const next = withPage(state ?? emptyHealthState(event.eventArn), event, nowMs);
  return decide(next, nowMs, event.replayed);
}

/** Looks at the state again, when a deadline for pages or the grace after a recovery may have passed. */
export function reviewHealth(state: HealthState, nowMs: number): HealthDecision {
  return decide(state, nowMs, false);
}

function decide(state: HealthState, nowMs: number, replayed: boolean): HealthDecision {
  const { view, changesAt } = sightOf(state, nowMs);
  const wait = changesAt === undefined ? {} : { waitUntil: changesAt };
  if (view === undefined) return { state, ...wait };
  // The version is no part of what is seen: a copy from another region may have another.
  const { version: statedAt, ...seen } = view;
  const digest = contentId(seen);
  const { shown } = state;
  if (shown?.digest === digest) return { state, ...wait };
  const version = Math.max(statedAt, (shown?.version ?? Number.NEGATIVE_INFINITY) + 1);
  const deliveryId = `${state.eventArn}#${version}#${digest}`;
  const alert = healthAlert(view, { key: state.eventArn, deliveryId, version, replayed });
  return { state: { ...state, shown: { digest, version } }, alert, ...wait };
}
