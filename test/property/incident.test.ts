import {
  decideIncident,
  type IncidentDecision,
  type IncidentInput,
  type IncidentSettings,
} from "@belfry/core/alerts/incident/decide";
import type { EscalationChain } from "@belfry/core/alerts/incident/escalation";
import type { Incident, IncidentTimer, Page } from "@belfry/core/alerts/incident/incident";
import fc from "fast-check";
import { expect, test } from "vitest";

const MINUTE_MS = 60_000;

const step = fc.record({
  waitMs: fc.constantFrom(0, MINUTE_MS, 10 * MINUTE_MS),
  target: fc.constantFrom("person", "schedule", "channel"),
  during: fc.constantFrom([], ["daytime"]),
});
const chain: fc.Arbitrary<EscalationChain> = fc.record({
  steps: fc
    .array(step, { minLength: 1, maxLength: 4 })
    .map((steps) => steps.map(({ target, ...rest }) => ({ ...rest, [target]: "x" }))),
  repeat: fc.integer({ min: 0, max: 3 }),
  repeatAfterMs: fc.constant(15 * MINUTE_MS),
});

const settingsOf = fc
  .record({
    chain: fc.option(chain, { nil: undefined }),
    reminder: fc.record({ afterMs: fc.constant(60 * MINUTE_MS), times: fc.integer({ min: 0, max: 3 }) }),
    onCallMinutes: fc.constantFrom(1, 7, 1000),
  })
  .map(
    ({ onCallMinutes, ...settings }): IncidentSettings => ({
      ...settings,
      world: {
        onCall: (_, atMs) => (Math.floor(atMs / MINUTE_MS / onCallMinutes) % 2 === 0 ? "ada" : undefined),
        isWithin: (_, atMs) => Math.floor(atMs / MINUTE_MS / 13) % 2 === 0,
      },
    }),
  );

/** What happens next: a timer is one of all that were ever asked for, due or not, used before or not. */
type Event =
  | { readonly what: "firing" | "news" | "over" | "acknowledge" | "resolve" }
  | { readonly what: "snooze"; readonly minutes: number }
  | { readonly what: "timer"; readonly pick: number };

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ what: fc.constantFrom("firing" as const, "news" as const) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constantFrom("over" as const, "resolve" as const) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant("acknowledge" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant("snooze" as const), minutes: fc.integer({ min: -1, max: 60 }) }),
  },
  { weight: 6, arbitrary: fc.record({ what: fc.constant("timer" as const), pick: fc.nat() }) },
);
const history = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), event), { maxLength: 40 });

function inputOf(happened: Event, nowMs: number, timers: readonly IncidentTimer[]): IncidentInput | undefined {
  switch (happened.what) {
    case "firing":
    case "news":
      return { kind: "firing", groupKey: "g", isPage: happened.what === "news" };
    case "over":
      return { kind: "over" };
    case "snooze":
      return { kind: "snooze", by: "bob", untilMs: nowMs + happened.minutes * MINUTE_MS };
    case "timer":
      return timers.length === 0 ? undefined : { kind: "timer", timer: timers[happened.pick % timers.length] };
    default:
      return { kind: happened.what, by: "bob" };
  }
}

/** Why these pages may be sent; undefined when they may not. */
function excuse(pages: readonly Page[], before: Incident | undefined, nowMs: number): string | undefined {
  if (pages.length === 0) return "nobody was paged";
  const status = before?.status ?? "resolved";
  if (status === "open" || status === "resolved") return "nobody has taken it";
  if (status === "snoozed") return nowMs >= (before?.snoozedUntil ?? Number.NaN) ? "the snooze has ended" : undefined;
  return pages.every(({ reason }) => reason === "reminder") ? "the reminder policy" : undefined;
}

/** What must hold of every decision, whatever came before. */
function checkDecision(
  before: Incident | undefined,
  decision: IncidentDecision,
  input: IncidentInput,
  nowMs: number,
): void {
  const { incident, outcome, pages } = decision;
  expect(excuse(pages, before, nowMs), JSON.stringify({ before, input })).toBeDefined();
  if (incident?.status === "resolved") expect([incident.pending, pages]).toEqual([undefined, []]);
  // What is resolved stays so: a new incident begins, and only by what is news.
  if (before?.status === "resolved" && incident !== before) expect(incident?.id).not.toBe(before.id);
  if (outcome === "done") expect(incident?.version).toBe((before?.version ?? 0) + 1);
  else expect(incident).toBe(before);
  expect(JSON.parse(JSON.stringify(incident ?? null))).toStrictEqual(incident ?? null);
}

test("no step is pending on what is resolved, and nobody is paged after somebody has taken it", () => {
  fc.assert(
    fc.property(settingsOf, history, (settings, events) => {
      let incident: Incident | undefined;
      let nowMs = 0;
      const timers: IncidentTimer[] = [];
      const pageIds: string[] = [];
      for (const [minutes, happened] of events) {
        nowMs += minutes * MINUTE_MS;
        const input = inputOf(happened, nowMs, timers);
        if (input === undefined) continue;
        const decision = decideIncident(incident, input, nowMs, settings);
        checkDecision(incident, decision, input, nowMs);
        incident = decision.incident;
        timers.push(...decision.timers);
        pageIds.push(...decision.pages.map(({ id }) => id));
        // What is pending has a timer that will find it.
        const { pending, id, version } = incident ?? {};
        if (pending !== undefined)
          expect(timers).toContainEqual({ at: pending.at, kind: "incident", key: id, version });
      }
      expect(new Set(pageIds).size).toBe(pageIds.length);
    }),
    { numRuns: 2000 },
  );
});

test("an escalation that nobody answers pages each step of each round, and ends", () => {
  fc.assert(
    fc.property(chain, (steps) => {
      const settings: IncidentSettings = {
        chain: steps,
        reminder: { afterMs: 1, times: 0 },
        world: { onCall: () => "ada", isWithin: () => true },
      };
      let decision = decideIncident(undefined, { kind: "firing", groupKey: "g", isPage: true }, 0, settings);
      const pages = [...decision.pages];
      for (let i = 0; i < 1000 && decision.timers.length > 0; i++) {
        const [timer] = decision.timers;
        decision = decideIncident(decision.incident, { kind: "timer", timer }, timer.at, settings);
        pages.push(...decision.pages);
      }
      expect(pages).toHaveLength(steps.steps.length * (steps.repeat + 1));
      expect(decision.incident?.pending).toBeUndefined();
    }),
  );
});
