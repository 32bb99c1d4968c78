import type { Alert } from "../event/alert.ts";
import { contentId } from "../event/event-envelope.ts";
import { type HealthView, healthAlert } from "../event/health-alert.ts";
import type { HealthEvent } from "../event/health-event.ts";
import { emptyHealthState, type HealthState, type ShownHealth, withPage } from "./health-state.ts";
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
 * Takes in a page of a Health event, from whichever region, in whichever order, and however often. All alerts of an event have its ARN as their key,
 * whatever the accounts, and rising versions, so that they are one incident that is updated. No alert while pages are missing and not overdue, nor
 * when nothing new is to be seen.
 */
export function acceptHealthEvent(state: HealthState | undefined, event: HealthEvent, nowMs: number): HealthDecision {
  const next = withPage(state ?? emptyHealthState(event.eventArn), event, nowMs);
  return decide(next, nowMs, event.replayed);
}

/** Looks at the state again, when a deadline for pages or the grace after a recovery may have passed. */
export function reviewHealth(state: HealthState, nowMs: number): HealthDecision {
  return decide(state, nowMs, false);
}

/** The alert that the state says is shown, once more: the same delivery of it. Undefined when another is due. */
export function shownAlert(state: HealthState, nowMs: number): Alert | undefined {
  const { view } = sightOf(state, nowMs);
  if (view === undefined || state.shown?.digest !== digestOf(view)) return undefined;
  return alertOf(state.eventArn, view, state.shown, false);
}

function decide(state: HealthState, nowMs: number, replayed: boolean): HealthDecision {
  const { view, changesAt } = sightOf(state, nowMs);
  const wait = changesAt === undefined ? {} : { waitUntil: changesAt };
  if (view === undefined) return { state, ...wait };
  const digest = digestOf(view);
  if (state.shown?.digest === digest) return { state, ...wait };
  const version = Math.max(view.version, (state.shown?.version ?? Number.NEGATIVE_INFINITY) + 1);
  const shown = { digest, version };
  return { state: { ...state, shown }, alert: alertOf(state.eventArn, view, shown, replayed), ...wait };
}

/** The version is no part of what is seen: a copy from another region may have another. */
function digestOf({ version, ...seen }: HealthView): string {
  return contentId(seen);
}

function alertOf(key: string, view: HealthView, { digest, version }: ShownHealth, replayed: boolean): Alert {
  return healthAlert(view, { key, deliveryId: `${key}#${version}#${digest}`, version, replayed });
}
