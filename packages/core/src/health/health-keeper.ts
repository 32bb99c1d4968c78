import type { Alert } from "../event/alert.ts";
import type { HealthEvent } from "../event/health-event.ts";
import type { Clock } from "../platform/clock.ts";
import { BelfryError } from "../platform/errors.ts";
import type { Table } from "../platform/table-client.ts";
import { acceptHealthEvent, type HealthDecision, reviewHealth, shownAlert } from "./accept-health-event.ts";
import { emptyHealthState, type HealthState } from "./health-state.ts";
import { type HealthStore, healthStore } from "./health-store.ts";

export interface HealthKeeperOptions {
  readonly table: Table;
  readonly clock: Clock;
  /** Takes an alert; it may get one twice, with the same delivery id. */
  readonly deliver: (alert: Alert, signal: AbortSignal) => Promise<void>;
}

/** Keeps all Health events. Both answer when to call `review`, in epoch milliseconds, or undefined when time changes nothing. */
export interface HealthKeeper {
  accept(event: HealthEvent, signal: AbortSignal): Promise<number | undefined>;
  review(eventArn: string, signal: AbortSignal): Promise<number | undefined>;
}

/** Others that write the same event at the same time can be in the way this often. */
const MAX_ATTEMPTS = 10;

/**
 * Applies the decisions about Health events to a table. That an alert is shown, and owed, is written before it is delivered, so that no two alerts
 * have one version; who is stopped in between delivers it when called again, and others do so before, under the same delivery id. Raises RETRY when
 * others were in the way each time, and what the table and `deliver` raise; the same call again is right then.
 */
export function healthKeeper({ table, clock, deliver }: HealthKeeperOptions): HealthKeeper {
  const store = healthStore(table, clock);
  const apply = async (
    eventArn: string,
    decide: (state: HealthState) => HealthDecision,
    signal: AbortSignal,
  ): Promise<number | undefined> => {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const stored = await store.read(eventArn, signal);
      const { state, alert, waitUntil } = decide(stored.state);
      const owed = stored.owed || alert !== undefined;
      const written = await store.write(stored, { state, owed }, signal);
      if (written === undefined) continue;
      const due = alert ?? (owed ? shownAlert(state, clock.now()) : undefined);
      if (due !== undefined) {
        await deliver(due, signal);
        // Whoever has written since then has seen that it was owed.
        await store.write(written, { state, owed: false }, signal);
      }
      return waitUntil;
    }
    throw busy(eventArn);
  };
  return {
    async accept(event, signal) {
      await putPage(store, event, clock, signal);
      return apply(event.eventArn, (state) => acceptHealthEvent(state, event, clock.now()), signal);
    },
    review: (eventArn, signal) => apply(eventArn, (state) => reviewHealth(state, clock.now()), signal),
  };
}

/** The page is kept before anything is read: whoever reads last, of several that have a page each, sees all of them. */
async function putPage(store: HealthStore, event: HealthEvent, clock: Clock, signal: AbortSignal): Promise<void> {
  const { state } = acceptHealthEvent(emptyHealthState(event.eventArn), event, clock.now());
  for (const statement of state.statements) await store.putPage(event.eventArn, statement, event.page, signal);
}

function busy(eventArn: string): BelfryError {
  return new BelfryError("RETRY", `others keep writing the state of ${eventArn}: try again`, { retryable: true });
}
