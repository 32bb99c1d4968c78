import { createMuting } from "@belfry/core/alerts/engine/muting";
import { activeAlertOf, compileInhibitions, compileInhibitRules } from "@belfry/core/alerts/inhibit";
import { createSilence, expireSilence, type Silence, silenceState } from "@belfry/core/alerts/silence";
import { compileTimeIntervals, isWithin } from "@belfry/core/alerts/time-intervals";
import { OnCall } from "@belfry/core/config/oncall/schema";
import type { Alert } from "@belfry/core/event/alert";
import { describe, expect, it } from "vitest";
import { alertAt } from "../../../support/group-run.ts";

const { inhibitRules, timeIntervals } = OnCall.parse({
  inhibitRules: [{ sourceMatchers: ["severity=critical"], targetMatchers: ["severity=warning"], equal: ["service"] }],
  timeIntervals: { night: [{ times: [{ start: "00:00", end: "07:00" }] }] },
});
const rules = compileInhibitRules(inhibitRules);
const intervals = compileTimeIntervals(timeIntervals);
const noon = Date.parse("2026-11-22T12:00:00Z");
const night = Date.parse("2026-11-22T03:00:00Z");

const silence: Silence = {
  id: "s1",
  matchers: [{ name: "service", operator: "=", value: "db" }],
  startsAt: noon - 1000,
  endsAt: noon + 1000,
  createdBy: "ada",
  comment: "maintenance",
};

function mutedBy(
  alert: Alert,
  active: readonly Alert[],
  nowMs = noon,
  over: { silences?: Silence[]; mute?: string[]; on?: string[] } = {},
) {
  return createMuting({
    options: { muteTimeIntervals: over.mute ?? [], activeTimeIntervals: over.on ?? [] },
    intervals,
    silences: over.silences ?? [],
    inhibitionOf: compileInhibitions(
      active.flatMap((each) => activeAlertOf(each, rules, 0) ?? []),
      rules,
    ),
  })(alert, nowMs);
}

const warning = alertAt(0, { key: "w", labels: { severity: "warning", service: "db" } });
const critical = alertAt(0, { key: "c", labels: { severity: "critical", service: "db" } });

describe("inhibition", () => {
  it("is by rules with labels alike, while the source fires", () => {
    expect(mutedBy(warning, [critical])).toEqual({ kind: "inhibition", by: "c" });
    expect(mutedBy(warning, [{ ...critical, status: "resolved" }])).toBeUndefined();
    expect(mutedBy(warning, [{ ...critical, expiresAfterMs: 5 }])).toBeUndefined();
    expect(mutedBy(warning, [{ ...critical, labels: { severity: "critical" } }])).toBeUndefined();
    expect(mutedBy(critical, [warning])).toBeUndefined();
  });

  it("is of the alarms that a composite alarm names as its causes", () => {
    const composite = alertAt(0, { key: "composite", causes: ["w"] });
    expect(mutedBy(warning, [composite])).toEqual({ kind: "inhibition", by: "composite" });
    expect(mutedBy(composite, [composite])).toBeUndefined();
  });

  it("leaves somebody to be told of: not by what is suppressed itself, nor by each other", () => {
    const suppressed = alertAt(0, { key: "x", causes: ["w"], suppression: { by: "mute-rule", reason: "" } });
    expect(mutedBy(warning, [suppressed])).toBeUndefined();
    const one = alertAt(0, { key: "one", causes: ["two"] });
    const two = alertAt(0, { key: "two", causes: ["one"] });
    expect([mutedBy(one, [one, two]), mutedBy(two, [one, two])]).toEqual([undefined, undefined]);
  });

  it("needs no memory of what can inhibit nothing", () => {
    expect(activeAlertOf(warning, rules, 0)).toBeUndefined();
  });
});

describe("silences", () => {
  it("hold from their start to their end, and not after they are ended early", () => {
    expect(mutedBy(warning, [], noon, { silences: [silence] })).toEqual({ kind: "silence", by: "s1" });
    expect(mutedBy(critical, [], noon + 1000, { silences: [silence] })).toBeUndefined();
    const ended = expireSilence(silence, noon);
    expect([silenceState(silence, noon), silenceState(ended, noon)]).toEqual(["active", "expired"]);
    expect(expireSilence(silence, noon + 5000)).toBe(silence);
    expect(silenceState(expireSilence(silence, noon - 5000), noon)).toBe("expired");
    expect(silenceState(silence, noon - 5000)).toBe("pending");
  });

  it("must end, and must be about something", () => {
    expect(createSilence(silence, noon)).toBe(silence);
    expect(() => createSilence(silence, noon + 1000)).toThrow(/must end/);
    const matchers = [{ name: "service", operator: "=~", value: ".*" }] as const;
    expect(() => createSilence({ ...silence, matchers }, noon)).toThrow(/absent label/);
  });
});

describe("time intervals", () => {
  it("mute within them, or outside of them", () => {
    expect(mutedBy(warning, [], night, { mute: ["night"] })).toEqual({ kind: "time-interval", by: "night" });
    expect(mutedBy(warning, [], noon, { mute: ["night"] })).toBeUndefined();
    expect(mutedBy(warning, [], noon, { on: ["night"] })).toEqual({ kind: "time-interval", by: "night" });
    expect(mutedBy(warning, [], night, { on: ["night"] })).toBeUndefined();
    expect(isWithin(["nothing"], intervals, night)).toBe(false);
  });
});

describe("thousands of alerts that inhibit thousands of others", () => {
  it("are searched by what they have alike, in no time", () => {
    const labels = (severity: string, i: number) => ({ severity, service: `s${i}` });
    const sources = Array.from({ length: 5000 }, (_, i) => alertAt(0, { key: `c${i}`, labels: labels("critical", i) }));
    const composites = Array.from({ length: 5000 }, (_, i) => alertAt(0, { key: `all ${i}`, causes: [`x${i}`] }));
    const active = [...sources, ...composites].flatMap((each) => activeAlertOf(each, rules, 0) ?? []);
    const begunMs = performance.now();
    const inhibitionOf = compileInhibitions(active, rules);
    for (let i = 0; i < 5000; i++) {
      const target = alertAt(0, { key: `w${i}`, labels: labels("warning", i) });
      expect(inhibitionOf(target, noon)).toEqual({ by: `c${i}` });
      expect(inhibitionOf(alertAt(0, { key: `x${i}` }), noon)).toEqual({ by: `all ${i}` });
    }
    // Each compared with each would be a hundred million comparisons.
    expect(performance.now() - begunMs).toBeLessThan(2000);
  });
});
