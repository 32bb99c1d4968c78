import {
  addAccounting,
  brokenIdentity,
  countFates,
  emptyAccounting,
  Fate,
  Fates,
  type SinkFates,
  total,
} from "@belfry/core/event/fates";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const outcome = fc.constantFrom(
  "open",
  "drop",
  "quarantine",
  "retry",
  "deliver",
  "refuse",
  "again",
  "recover",
  "unsettled",
);

type Settle = (fates: Fates, sink: SinkFates, record: number) => void;

const SETTLE: Readonly<Record<string, Settle>> = {
  drop: (fates, _, record) => fates.drop(record, "rule"),
  quarantine: (fates, _, record) => fates.quarantine(record, "reason"),
  retry: (fates, _, record) => fates.retry(record, "reason"),
  deliver: (_, sink, record) => sink.delivered(record),
  refuse: (_, sink, record) => sink.quarantine(record, "mapping"),
  again: (_, sink, record) => sink.retry(record, "429"),
  recover: (_, sink, record) => {
    sink.retry(record, "429");
    sink.delivered(record);
    sink.delivered(record);
  },
};
const UNROUTED = new Set(["open", "drop", "quarantine", "retry"]);

function fatesOf(outcomes: readonly string[]): Fates {
  const fates = new Fates();
  for (const _ of outcomes) fates.extend();
  const sink = fates.sink("s");
  for (const [record, what] of outcomes.entries()) {
    if (!UNROUTED.has(what)) fates.route(record, sink);
    SETTLE[what]?.(fates, sink, record);
  }
  return fates;
}

describe("the ledger", () => {
  it("adds up for any fates, and counts what nobody settled as to be retried", () => {
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 3000 }), (outcomes) => {
        const sums = emptyAccounting();
        countFates(fatesOf(outcomes), outcomes.length, sums);
        expect(brokenIdentity(sums)).toBeUndefined();
        const count = (...names: string[]): number => outcomes.filter((name) => names.includes(name)).length;
        expect(total(sums.dropped)).toBe(count("drop"));
        expect(total(sums.retried)).toBe(count("retry", "open"));
        expect(sums.sinks["s"]?.delivered ?? 0).toBe(count("deliver", "recover"));
        expect(total(sums.sinks["s"]?.retried ?? {})).toBe(count("again", "unsettled"));
      }),
      { numRuns: 200 },
    );
  });

  it("says which identity is broken, with its figures", () => {
    const sums = emptyAccounting();
    countFates(fatesOf(["deliver", "drop"]), 3, sums);
    expect(brokenIdentity(sums)).toBe("received 3 but dropped 1 + quarantined 0 + retried 0 + routed 1");
    const twice = emptyAccounting();
    countFates(fatesOf(["deliver"]), 1, twice);
    const sink = twice.sinks["s"];
    if (sink !== undefined) sink.routed = 2;
    expect(brokenIdentity(twice)).toBe("sink s: routed 2 but delivered 1 + quarantined 0 + retried 0");
  });

  it("sums over invocations", () => {
    const sums = emptyAccounting();
    for (const outcomes of [["deliver", "drop"], ["again"], ["drop"]]) {
      const one = emptyAccounting();
      countFates(fatesOf(outcomes), outcomes.length, one);
      addAccounting(one, sums);
    }
    expect(sums).toEqual({
      received: 4,
      dropped: { rule: 2 },
      quarantined: {},
      retried: {},
      routed: 2,
      sinks: { s: { routed: 2, delivered: 1, quarantined: {}, retried: { "429": 1 } } },
    });
  });

  it("begins anew when it is reset", () => {
    const fates = fatesOf(["drop", "deliver"]);
    fates.reset();
    fates.extend();
    expect([fates.size, fates.of(0), [...fates.sinks].length]).toEqual([1, Fate.open, 0]);
  });
});
