import { nextRuns, parseSchedule } from "@belfry/core/config/schedules/schedule-expression";
import { describe, expect, it } from "vitest";

/** The next runs after an instant, to the minute. */
function runs(expression: string, after: string, count: number, zone = "UTC"): string[] {
  const next = nextRuns(parseSchedule(expression), zone, new Date(after), count);
  return next.map((run) => run.toISOString().replace(":00.000Z", "Z"));
}

function days(expression: string, after: string, count: number): string[] {
  return runs(expression, after, count).map((run) => run.slice(0, 10));
}

describe("rates", () => {
  it("count from the instant, days as 24 hours whatever the clocks do", () => {
    expect(runs("rate(5 minutes)", "2026-01-01T00:00Z", 2)).toEqual(["2026-01-01T00:05Z", "2026-01-01T00:10Z"]);
    expect(runs("rate(1 hour)", "2026-01-01T00:30Z", 1)).toEqual(["2026-01-01T01:30Z"]);
    // Clocks go forward in New York on 8 March 2026 at 07:00 UTC.
    expect(runs("rate(1 days)", "2026-03-07T12:00Z", 2, "America/New_York")).toEqual([
      "2026-03-08T12:00Z",
      "2026-03-09T12:00Z",
    ]);
  });
});

describe("at", () => {
  it("runs once, in its time zone, and never after", () => {
    const expression = "at(2022-11-20T13:00:00)";
    expect(runs(expression, "2022-01-01T00:00Z", 5, "America/Los_Angeles")).toEqual(["2022-11-20T21:00Z"]);
    expect(runs(expression, "2022-11-20T21:00Z", 5, "America/Los_Angeles")).toEqual([]);
  });
});

describe("cron", () => {
  it("gives the runs strictly after the instant", () => {
    expect(runs("cron(0 12 * * ? *)", "2026-01-01T12:00Z", 1)).toEqual(["2026-01-02T12:00Z"]);
    expect(runs("cron(0 12 * * ? *)", "2026-01-01T11:59:59.999Z", 1)).toEqual(["2026-01-01T12:00Z"]);
  });

  it("takes steps, lists, ranges and names", () => {
    expect(runs("cron(1/10 8 * * ? *)", "2026-01-01T08:15Z", 3)).toEqual([
      "2026-01-01T08:21Z",
      "2026-01-01T08:31Z",
      "2026-01-01T08:41Z",
    ]);
    expect(runs("cron(0,30 9-10 ? jan MON-FRI *)", "2026-01-30T09:30Z", 3)).toEqual([
      "2026-01-30T10:00Z",
      "2026-01-30T10:30Z",
      "2027-01-01T09:00Z",
    ]);
    expect(runs("cron(10-30/10 */12 1 * ? *)", "2026-01-01T00:20Z", 2)).toEqual([
      "2026-01-01T00:30Z",
      "2026-01-01T12:10Z",
    ]);
  });

  it("L is the last day of the month or week", () => {
    expect(days("cron(0 0 L * ? *)", "2028-02-01T00:00Z", 3)).toEqual(["2028-02-29", "2028-03-31", "2028-04-30"]);
    expect(days("cron(0 0 ? * L *)", "2026-01-01T00:00Z", 2)).toEqual(["2026-01-03", "2026-01-10"]);
  });

  it("6L is the last Friday of a month, as in AWS's example", () => {
    const all = runs("cron(15 10 ? * 6L 2022-2023)", "2021-01-01T00:00Z", 100);
    expect(all).toHaveLength(24);
    expect(all.slice(0, 2)).toEqual(["2022-01-28T10:15Z", "2022-02-25T10:15Z"]);
  });

  it("3W is the weekday closest to the third, in the same month", () => {
    // 3 January 2026 is a Saturday, 3 May 2026 a Sunday.
    expect(days("cron(0 0 3W * ? 2026)", "2025-12-31T00:00Z", 5)).toEqual([
      "2026-01-02",
      "2026-02-03",
      "2026-03-03",
      "2026-04-03",
      "2026-05-04",
    ]);
    // 1 August 2026 is a Saturday, 31 May 2026 a Sunday; the months between have no 31st or begin on a weekday.
    expect(days("cron(0 0 1W AUG ? 2026)", "2026-01-01T00:00Z", 2)).toEqual(["2026-08-03"]);
    expect(days("cron(0 0 31W 4-5 ? 2026)", "2026-01-01T00:00Z", 2)).toEqual(["2026-05-29"]);
  });

  it("3#2 is the second Tuesday; a fifth is not in every month", () => {
    expect(days("cron(0 0 ? * 3#2 *)", "2026-01-01T00:00Z", 2)).toEqual(["2026-01-13", "2026-02-10"]);
    expect(days("cron(0 0 ? * MON#5 *)", "2026-01-01T00:00Z", 2)).toEqual(["2026-03-30", "2026-06-29"]);
  });

  it("the year may be left out, and ends the schedule where it is given", () => {
    expect(days("cron(0 0 29 2 ?)", "2026-01-01T00:00Z", 2)).toEqual(["2028-02-29", "2032-02-29"]);
    expect(days("cron(0 0 29 2 ? 2027)", "2026-01-01T00:00Z", 2)).toEqual([]);
  });
});

describe("daylight saving time, by AWS's own example", () => {
  const HALF_PAST_TWO = "cron(30 2 * * ? *)";

  it("skips a time that clocks skip in spring", () => {
    expect(runs(HALF_PAST_TWO, "2026-03-07T00:00Z", 3, "America/Los_Angeles")).toEqual([
      "2026-03-07T10:30Z",
      "2026-03-09T09:30Z",
      "2026-03-10T09:30Z",
    ]);
  });

  it("runs a time that clocks show twice in autumn once, before the shift", () => {
    const half = "cron(30 1 * * ? *)";
    expect(runs(half, "2026-10-31T12:00Z", 2, "America/Los_Angeles")).toEqual([
      "2026-11-01T08:30Z",
      "2026-11-02T09:30Z",
    ]);
    expect(runs(half, "2026-11-01T08:30Z", 1, "America/Los_Angeles")).toEqual(["2026-11-02T09:30Z"]);
  });

  it("leaves out a day that a zone did not have", () => {
    // Apia crossed the date line: 30 December 2011 did not happen there.
    expect(runs("cron(0 12 * 12 ? 2011)", "2011-12-28T12:00Z", 3, "Pacific/Apia")).toEqual([
      "2011-12-28T22:00Z",
      "2011-12-29T22:00Z",
      "2011-12-30T22:00Z",
    ]);
  });
});

describe("what Scheduler does not take", () => {
  it.each([
    ["every day", "no schedule expression"],
    ["rate(0 minutes)", "a whole number above 0"],
    ["rate(5 weeks)", "minutes, hours or days"],
    ["at(2026-02-30T00:00:00)", "no date and time"],
    ["at(2026-02-03)", "at(yyyy-mm-ddThh:mm:ss)"],
    ["cron()", "has no fields"],
    ["cron(0 0 * *)", "has 4 fields"],
    ["cron(0 0 * * * *)", "? in one of day-of-month and day-of-week"],
    ["cron(0 0 ? * ? *)", "not in both"],
    ["cron(60 0 * * ? *)", 'minutes cannot be "60": it takes 0 to 59'],
    ["cron(0 0 * FOO ? *)", 'month cannot be "FOO": it takes 1 to 12 or JAN to DEC'],
    ["cron(0 0 ? * 0 *)", "day-of-week cannot be"],
    ["cron(0 0 ? * 3#1,6#3 *)", "must be the only one"],
    ["cron(0 0 ? * 3#6 *)", "it takes 1 to 5"],
    ["cron(0 0 ? * 3W *)", "day-of-week cannot be"],
    ["cron(0/0 0 * * ? *)", "the step in minutes"],
    ["cron(30-10 0 * * ? *)", "ends before it begins"],
    ["cron(1-2-3 0 * * ? *)", "minutes cannot be"],
    ["cron(, 0 * * ? *)", "minutes cannot be"],
    ["cron(0 0 * * ? 1969)", "it takes 1970 to 2199"],
  ])("%s", (expression, reason) => {
    expect(() => parseSchedule(expression)).toThrow(reason);
  });

  it("time zones that are none", () => {
    for (const zone of ["Mars/Olympus", "+01:00"]) {
      expect(() => runs("cron(0 0 * * ? *)", "2026-01-01T00:00Z", 1, zone)).toThrow(`no time zone "${zone}"`);
    }
  });
});
