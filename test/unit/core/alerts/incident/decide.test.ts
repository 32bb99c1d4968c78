import { decideIncident, type IncidentInput, type IncidentSettings } from "@belfry/core/alerts/incident/decide";
import { compileChain } from "@belfry/core/alerts/incident/escalation";
import { INCIDENT_CHANNEL, incidentInput, isHeld } from "@belfry/core/alerts/incident/group-channel";
import type { Incident, IncidentTimer } from "@belfry/core/alerts/incident/incident";
import { EscalationChain } from "@belfry/core/config/oncall/people";
import { describe, expect, it } from "vitest";
import { alertAt, GroupRun, MINUTE_MS } from "../../../../support/group-run.ts";

const chain = compileChain(
  EscalationChain.parse({
    steps: [
      { schedule: "primary" },
      { wait: "5m", person: "lead", during: ["office"] },
      { wait: "10m", channel: "management" },
    ],
    repeat: 1,
  }),
);

/** An incident on a virtual clock; timers come when they are due. */
class IncidentRun {
  incident: Incident | undefined;
  readonly pages: string[] = [];
  readonly timers: IncidentTimer[] = [];
  readonly #settings: IncidentSettings;
  #due: IncidentTimer[] = [];

  constructor(over: Partial<IncidentSettings> = {}, onCall: string | null = "ada", isOffice = true) {
    const world = { onCall: () => onCall ?? undefined, isWithin: () => isOffice };
    this.#settings = { chain, reminder: { afterMs: 60 * MINUTE_MS, times: 2 }, world, ...over };
  }

  at(minute: number, input: IncidentInput): string {
    this.until(minute);
    return this.decide(minute * MINUTE_MS, input);
  }

  until(minute: number): void {
    for (;;) {
      this.#due.sort((a, b) => a.at - b.at);
      const [timer] = this.#due;
      if (timer === undefined || timer.at > minute * MINUTE_MS) return;
      this.#due.shift();
      this.decide(timer.at, { kind: "timer", timer });
    }
  }

  decide(nowMs: number, input: IncidentInput): string {
    const { incident, outcome, pages, timers } = decideIncident(this.incident, input, nowMs, this.#settings);
    this.incident = incident;
    this.timers.push(...timers);
    this.#due.push(...timers);
    this.pages.push(
      ...pages.map(({ target, reason }) => `${nowMs / MINUTE_MS} ${target.name ?? target.kind} ${reason}`),
    );
    return outcome;
  }
}

const fires: IncidentInput = { kind: "firing", groupKey: "g", isPage: true };
const acknowledge: IncidentInput = { kind: "acknowledge", by: "ada" };

describe("an escalation", () => {
  it("goes on until its end when nobody answers, and then through the chain again", () => {
    const run = new IncidentRun();
    run.at(0, fires);
    run.until(1000);
    expect(run.pages).toEqual([
      "0 ada escalation",
      "5 lead escalation",
      "15 management escalation",
      "30 ada escalation",
      "35 lead escalation",
      "45 management escalation",
    ]);
  });

  it("passes over at once who is not there", () => {
    const run = new IncidentRun({}, null, false);
    run.at(0, fires);
    run.until(1000);
    expect(run.pages).toEqual(["0 management escalation", "15 management escalation"]);
  });

  it("says so when there is nobody at all", () => {
    const nobody = compileChain(EscalationChain.parse({ steps: [{ schedule: "primary" }] }));
    const world = { onCall: () => undefined, isWithin: () => true };
    const run = new IncidentRun({ chain: nobody, world });
    run.at(0, fires);
    expect(run.incident?.timeline.map(({ what }) => what)).toEqual(["opened", "nobody to page"]);
    expect(run.incident?.pending).toBeUndefined();
  });

  it("is stopped by an acknowledgement, and by the end", () => {
    const inputs: IncidentInput[] = [acknowledge, { kind: "over" }, { kind: "resolve", by: "ada" }];
    for (const input of inputs) {
      const run = new IncidentRun({ reminder: { afterMs: 1, times: 0 } });
      run.at(0, fires);
      run.at(4, input);
      run.until(1000);
      expect(run.pages, input.kind).toEqual(["0 ada escalation"]);
    }
  });
});

describe("what people do", () => {
  it("on a resolved incident changes nothing", () => {
    const run = new IncidentRun();
    run.at(0, fires);
    run.at(1, { kind: "over" });
    const before = run.incident;
    expect(run.at(2, acknowledge)).toBe("not-open");
    expect(run.at(2, { kind: "snooze", by: "ada", untilMs: 60 * MINUTE_MS })).toBe("not-open");
    expect(run.incident).toBe(before);
    expect(
      decideIncident(undefined, acknowledge, 0, {
        reminder: { afterMs: 1, times: 0 },
        world: { onCall: () => undefined, isWithin: () => false },
      }).outcome,
    ).toBe("not-open");
  });

  it("snoozes until a time, and then begins to page again", () => {
    const run = new IncidentRun();
    run.at(0, fires);
    run.at(1, { kind: "snooze", by: "ada", untilMs: 31 * MINUTE_MS });
    expect(isHeld(run.incident)).toBe(true);
    run.until(33);
    expect(run.pages).toEqual(["0 ada escalation", "31 receiver snooze-ended", "31 ada escalation"]);
    expect(run.incident?.status).toBe("open");
    expect(run.at(34, { kind: "snooze", by: "ada", untilMs: 0 })).toBe("bad-time");
  });

  it("is reminded of, so often as the policy says", () => {
    const run = new IncidentRun();
    run.at(0, fires);
    run.at(1, acknowledge);
    run.until(1000);
    expect(run.pages.slice(1)).toEqual(["61 receiver reminder", "121 receiver reminder"]);
  });

  it("is refused when the incident has changed since it was shown", () => {
    const run = new IncidentRun();
    run.at(0, fires);
    const { version } = run.incident as Incident;
    run.at(1, { ...fires });
    expect(run.at(2, { kind: "snooze", by: "bob", untilMs: 60 * MINUTE_MS, version })).toBe("done");
    expect(run.at(3, { kind: "acknowledge", by: "ada", version })).toBe("stale");
    expect(run.at(4, { kind: "acknowledge", by: "ada" })).toBe("done");
    expect(run.at(5, { kind: "acknowledge", by: "bob" })).toBe("nothing-new");
  });
});

describe("timers", () => {
  it("that are late, doubled or of an incident before do nothing; early ones are asked for again", () => {
    const run = new IncidentRun();
    run.at(0, fires);
    const [first] = run.timers;
    expect(run.decide(MINUTE_MS, { kind: "timer", timer: first })).toBe("nothing-new");
    expect(run.timers.at(-1)).toEqual(first);
    run.until(5);
    expect(run.decide(6 * MINUTE_MS, { kind: "timer", timer: first })).toBe("too-late");
    run.at(7, { kind: "over" });
    run.at(8, fires);
    expect(run.decide(60 * MINUTE_MS, { kind: "timer", timer: first })).toBe("too-late");
    expect(run.pages).toEqual(["0 ada escalation", "5 lead escalation", "8 ada escalation"]);
  });
});

describe("a group's incident", () => {
  it("begins, goes on and ends by what its channel is told", () => {
    const group = new GroupRun({ channels: [INCIDENT_CHANNEL] });
    group.take(0, alertAt(0));
    group.take(10 * MINUTE_MS, alertAt(10 * MINUTE_MS, { status: "resolved" }));
    group.until(60 * MINUTE_MS);
    const run = new IncidentRun();
    const statuses = group.told.map((told) => {
      run.decide(told.at, incidentInput(told));
      return run.incident?.status;
    });
    expect(statuses).toEqual(["open", "resolved"]);
  });

  it("does not begin with what wakes nobody", () => {
    const run = new IncidentRun();
    expect(run.at(0, { ...fires, isPage: false } as IncidentInput)).toBe("nothing-new");
    expect(run.incident).toBeUndefined();
  });

  it("keeps the beginning and the end of a long timeline", () => {
    const run = new IncidentRun({ chain: undefined });
    for (let i = 0; i < 150; i++) run.at(i, fires);
    expect(run.incident?.timeline).toHaveLength(100);
    expect(run.incident?.timeline[0].what).toBe("opened");
    expect(run.incident?.timeline.at(-1)?.at).toBe(149 * MINUTE_MS);
  });
});
