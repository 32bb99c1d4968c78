import { compileSchedule, onCallAt } from "@belfry/core/alerts/schedule";
import { compileTimeIntervals } from "@belfry/core/alerts/time-intervals";
import { Schedule } from "@belfry/core/config/oncall/people";
import { OnCall } from "@belfry/core/config/oncall/schema";
import { describe, expect, it } from "vitest";

const intervals = compileTimeIntervals(
  OnCall.parse({
    timeIntervals: { office: [{ weekdays: ["monday:friday"], times: [{ start: "09:00", end: "17:00" }] }] },
  }).timeIntervals,
);

function who(config: unknown, instant: string): string | undefined {
  return onCallAt(compileSchedule(Schedule.parse(config), intervals), Date.parse(instant))?.person;
}

const weekly = { zone: "Europe/Berlin", layers: [{ start: "2026-03-02T09:00", people: ["ada", "bob", "eve"] }] };

describe("onCallAt", () => {
  it("hands over each week at the same time of day, in winter and in summer", () => {
    expect(who(weekly, "2026-03-02T07:59:59Z")).toBeUndefined();
    expect(who(weekly, "2026-03-02T08:00:00Z")).toBe("ada");
    expect(who(weekly, "2026-03-09T07:59:59Z")).toBe("ada");
    expect(who(weekly, "2026-03-09T08:00:00Z")).toBe("bob");
    expect(who(weekly, "2026-03-30T06:59:59Z")).toBe("ada");
    expect(who(weekly, "2026-03-30T07:00:00Z")).toBe("bob");
  });

  it("hands over once when clocks go back over a hand-over", () => {
    const daily = {
      zone: "Europe/Berlin",
      layers: [{ start: "2026-10-24T02:30", unit: "day", people: ["ada", "bob"] }],
    };
    expect(who(daily, "2026-10-25T00:29:00Z")).toBe("ada");
    expect(who(daily, "2026-10-25T00:30:00Z")).toBe("bob");
    // 02:10 for the second time.
    expect(who(daily, "2026-10-25T01:10:00Z")).toBe("bob");
    expect(who(daily, "2026-10-25T01:40:00Z")).toBe("bob");
  });

  it("hands over when clocks skip the hand-over", () => {
    const daily = {
      zone: "Europe/Berlin",
      layers: [{ start: "2026-03-28T02:30", unit: "day", people: ["ada", "bob"] }],
    };
    expect(who(daily, "2026-03-29T00:59:59Z")).toBe("ada");
    expect(who(daily, "2026-03-29T01:00:00Z")).toBe("bob");
    expect(who(daily, "2026-03-30T00:30:00Z")).toBe("ada");
  });

  it("takes shifts of hours by the clock on the wall", () => {
    const shifts = { layers: [{ start: "2026-11-22T08:00", unit: "hour", every: 12, people: ["day", "night"] }] };
    expect(who(shifts, "2026-11-22T19:59:00Z")).toBe("day");
    expect(who(shifts, "2026-11-22T20:00:00Z")).toBe("night");
    expect(who(shifts, "2026-11-23T08:00:00Z")).toBe("day");
  });

  it("puts overrides before layers, and later layers before earlier ones", () => {
    const config = {
      layers: [
        { start: "2026-11-01T00:00", people: ["ada"] },
        { start: "2026-11-01T00:00", people: ["bob"], during: ["office"] },
      ],
      overrides: [{ start: "2026-11-25T12:00", end: "2026-11-25T13:00", person: "eve" }],
    };
    expect(who(config, "2026-11-22T12:00:00Z")).toBe("ada");
    expect(who(config, "2026-11-23T12:00:00Z")).toBe("bob");
    expect(who(config, "2026-11-23T17:00:00Z")).toBe("ada");
    expect(who(config, "2026-11-25T12:00:00Z")).toBe("eve");
    expect(who(config, "2026-11-25T13:00:00Z")).toBe("bob");
  });
});
