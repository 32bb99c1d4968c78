import { readTimeInterval, type TimeIntervalText } from "@belfry/core/config/oncall/time-interval";
import { describe, expect, it } from "vitest";

const holds = (text: TimeIntervalText, instant: string): boolean =>
  readTimeInterval(text).contains(Date.parse(instant));

describe("readTimeInterval", () => {
  it("holds always when nothing is said", () => {
    expect(holds({}, "2026-11-22T12:00:00Z")).toBe(true);
  });

  it("holds from the first minute to the one before the end, by the clock of its zone", () => {
    const hours = { times: [{ start: "09:00", end: "17:00" }], zone: "Europe/Berlin" };
    // The same time of day in winter and in summer.
    expect(holds(hours, "2026-01-15T08:00:00Z")).toBe(true);
    expect(holds(hours, "2026-01-15T07:59:59Z")).toBe(false);
    expect(holds(hours, "2026-07-15T07:00:00Z")).toBe(true);
    expect(holds(hours, "2026-07-15T15:00:00Z")).toBe(false);
    expect(holds({ times: [{ start: "23:00", end: "24:00" }] }, "1969-12-31T23:59:00Z")).toBe(true);
  });

  it("counts days from either end of the month, and leaves out those it does not have", () => {
    expect(holds({ daysOfMonth: ["-1"] }, "2028-02-29T12:00:00Z")).toBe(true);
    expect(holds({ daysOfMonth: ["-1"] }, "2026-02-28T12:00:00Z")).toBe(true);
    expect(holds({ daysOfMonth: ["31"] }, "2026-04-30T12:00:00Z")).toBe(false);
    expect(holds({ daysOfMonth: ["29:30"] }, "2026-02-28T12:00:00Z")).toBe(false);
    expect(holds({ daysOfMonth: ["-31:-29"] }, "2026-02-01T12:00:00Z")).toBe(false);
  });

  it("wants all that is given, and one of each list", () => {
    const text = { weekdays: ["monday:wednesday", "Friday"], months: ["may", "11:12"], years: ["2026"] };
    expect(holds(text, "2026-11-20T12:00:00Z")).toBe(true);
    expect(holds(text, "2026-11-21T12:00:00Z")).toBe(false);
    expect(holds(text, "2026-10-21T12:00:00Z")).toBe(false);
    expect(holds(text, "2027-11-22T12:00:00Z")).toBe(false);
  });

  it.each<[TimeIntervalText, RegExp]>([
    [{ times: [{ start: "22:00", end: "06:00" }] }, /not after/],
    [{ times: [{ start: "9:00", end: "17:00" }] }, /no time/],
    [{ times: [{ start: "24:00", end: "24:00" }] }, /not after/],
    [{ weekdays: ["saturday:sunday"] }, /two ranges/],
    [{ weekdays: ["a:b:c"] }, /no range/],
    [{ months: ["13"] }, /not a valid month/],
    [{ daysOfMonth: ["0"] }, /no day of the month/],
    [{ daysOfMonth: ["-3:2"] }, /end of the month/],
    [{ daysOfMonth: ["5:-25"] }, /ends before/],
    [{ zone: "Mars/Base" }, /no time zone/],
  ])("refuses %j", (text, reason) => {
    expect(() => readTimeInterval(text)).toThrow(reason);
  });
});
