import type { Alert } from "@belfry/core/event/alert";
import type { HealthView } from "@belfry/core/event/health-alert";
import type { HealthEvent } from "@belfry/core/event/health-event";
import { acceptHealthEvent } from "@belfry/core/health/accept-health-event";
import { healthKeeper } from "@belfry/core/health/health-keeper";
import type { HealthState } from "@belfry/core/health/health-state";
import { sightOf } from "@belfry/core/health/health-view";
import fc from "fast-check";
import { expect, test } from "vitest";
import { HEALTH_ARN, type Spread, spreadEvents } from "../support/health-events.ts";
import { memoryTable } from "../support/memory-table.ts";

const RUNS = 1000;
const NOW = Date.UTC(2026, 10, 20, 10, 5);
const signal = new AbortController().signal;

const accounts = fc.uniqueArray(
  fc.integer({ min: 1, max: 999_999_999_999 }).map((id) => String(id).padStart(12, "0")),
  { minLength: 1, maxLength: 4 },
);

const spread: fc.Arbitrary<Spread> = fc.record({
  scope: fc.constantFrom("PUBLIC", "ACCOUNT_SPECIFIC"),
  accounts,
  pages: fc.integer({ min: 1, max: 4 }),
  statements: fc.integer({ min: 1, max: 3 }),
  idsHavePages: fc.boolean(),
});

/** All copies in any order, some of them more than once. */
const delivered = spread.chain((one) => {
  const events = spreadEvents(one);
  return fc.record({
    spread: fc.constant(one),
    events: fc
      .tuple(fc.shuffledSubarray(events, { minLength: events.length }), fc.subarray(events))
      .chain(([all, again]) => {
        const together = [...all, ...again];
        return fc.shuffledSubarray(together, { minLength: together.length });
      }),
  });
});

function run(events: readonly HealthEvent[]): { state: HealthState | undefined; alerts: Alert[] } {
  let state: HealthState | undefined;
  const alerts: Alert[] = [];
  for (const event of events) {
    const decision = acceptHealthEvent(state, event, NOW);
    state = decision.state;
    if (decision.alert !== undefined) alerts.push(decision.alert);
  }
  return { state, alerts };
}

function viewOf(state: HealthState | undefined): HealthView | undefined {
  return state === undefined ? undefined : sightOf(state, NOW).view;
}

function expectOneIncident(alerts: readonly Alert[], shown: HealthView | undefined): void {
  expect(new Set(alerts.map(({ key }) => key))).toEqual(new Set([HEALTH_ARN]));
  const versions = alerts.map(({ version }) => version);
  expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
  expect(new Set(alerts.map(({ deliveryId }) => deliveryId)).size).toBe(alerts.length);
  expect(alerts.at(-1)?.description).toContain(`Accounts: ${shown?.accounts.join(", ")}`);
}

test("a Health event of any regions, pages and accounts, in any order and again, ends as one alert of all", () => {
  fc.assert(
    fc.property(delivered, ({ spread: { scope, accounts: affected, pages }, events }) => {
      const { state, alerts } = run(events);
      const view = viewOf(state);
      expect(view?.accounts).toEqual([...affected].sort());
      const entities = affected.flatMap((account) =>
        Array.from({ length: pages }, (_, page) => `db-${account}-${page + 1}`),
      );
      expect(view?.entities.map(({ value }) => value).sort()).toEqual(scope === "PUBLIC" ? [] : entities.sort());
      expect(view).toMatchObject({ missingPages: 0, status: "open", resolved: false });
      expectOneIncident(alerts, view);
    }),
    { numRuns: RUNS },
  );
});

test("the order in which the copies come changes nothing of what is shown in the end", () => {
  fc.assert(
    fc.property(delivered, ({ spread: one, events }) => {
      expect(viewOf(run(events).state)).toEqual(viewOf(run(spreadEvents(one)).state));
    }),
    { numRuns: RUNS },
  );
});

test("kept in a table, with functions that run at once and some that stop after delivery, it is the same", async () => {
  await fc.assert(
    fc.asyncProperty(
      delivered,
      fc.infiniteStream(fc.integer({ min: 0, max: 9 })),
      async ({ events, spread: one }, dice) => {
        const alerts = new Map<string, Alert>();
        const keeper = healthKeeper({
          table: memoryTable(),
          clock: { now: () => NOW },
          deliver: async (alert) => {
            alerts.set(alert.deliveryId, alert);
            if (dice.next().value === 0) throw new Error("stopped");
          },
        });
        const accept = async (event: HealthEvent): Promise<void> => {
          // What fails is delivered again by the queue.
          while (
            await keeper.accept(event, signal).then(
              () => false,
              () => true,
            )
          );
        };
        for (let at = 0; at < events.length; at += 3) await Promise.all(events.slice(at, at + 3).map(accept));
        const last = [...alerts.values()].sort((a, b) => a.version - b.version).at(-1);
        const [expected] = run(spreadEvents(one)).alerts.slice(-1);
        expect({ ...last, deliveryId: "", version: 0 }).toEqual({ ...expected, deliveryId: "", version: 0 });
        expect(new Set([...alerts.values()].map(({ key }) => key)).size).toBe(1);
      },
    ),
    { numRuns: RUNS / 4 },
  );
});
