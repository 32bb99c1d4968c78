import { describe, expect, it } from "vitest";
import { alertAt, GroupRun, MINUTE_MS } from "../../../../support/group-run.ts";

const over = { status: "resolved" } as const;
const silence = { kind: "silence", by: "s" } as const;

/** Fires, is silenced, ends while it is, and fires again later. */
function silencedEnd(mode: "belfry" | "alertmanager"): GroupRun {
  const run = new GroupRun({ mode });
  run.mutedBy = (_, nowMs) => (nowMs >= MINUTE_MS && nowMs < 30 * MINUTE_MS ? silence : undefined);
  run.take(0, alertAt(0));
  run.take(2 * MINUTE_MS, alertAt(2 * MINUTE_MS, over));
  run.take(40 * MINUTE_MS, alertAt(40 * MINUTE_MS));
  run.until(50 * MINUTE_MS);
  return run;
}

describe("an end that comes while nobody is to be told", () => {
  it("reaches channels that hold a state by Belfry's rules", () => {
    const run = silencedEnd("belfry");
    expect(run.lines("pager")).toEqual(["30 opened! a/", "330 resolved /a", "2430 opened! a/"]);
  });

  it("reaches no others, and the next beginning is told all the same", () => {
    expect(silencedEnd("belfry").lines("mail")).toEqual(["30 opened! a/", "2430 opened! a/"]);
  });

  it("is lost by Alertmanager's rules, and the next beginning with it", () => {
    const run = silencedEnd("alertmanager");
    expect(run.lines("pager")).toEqual(["30 opened! a/"]);
  });

  it("is told when it is inhibited or out of hours, too", () => {
    for (const kind of ["inhibition", "time-interval"] as const) {
      const run = new GroupRun();
      run.mutedBy = (_, nowMs) => (nowMs >= MINUTE_MS ? { kind, by: "x" } : undefined);
      run.take(0, alertAt(0));
      run.take(2 * MINUTE_MS, alertAt(2 * MINUTE_MS, over));
      run.until(10 * MINUTE_MS);
      expect(run.lines("pager"), kind).toEqual(["30 opened! a/", "330 resolved /a"]);
    }
  });

  it("is not told of what was never told", () => {
    const run = new GroupRun();
    run.mutedBy = () => silence;
    run.take(0, alertAt(0));
    run.take(2 * MINUTE_MS, alertAt(2 * MINUTE_MS, over));
    run.until(10 * MINUTE_MS);
    expect(run.told).toEqual([]);
  });
});

describe("what still fires", () => {
  const repeatIntervalMs = 7 * MINUTE_MS;

  it("is told again at its own time by Belfry's rules", () => {
    const run = new GroupRun({ repeatIntervalMs });
    run.take(0, alertAt(0));
    run.until(15 * MINUTE_MS);
    expect(run.lines()).toEqual(["30 opened! a/", "450 reminder! a/", "870 reminder! a/"]);
  });

  it("is told again at the group's next time by Alertmanager's", () => {
    const run = new GroupRun({ repeatIntervalMs, mode: "alertmanager" });
    run.take(0, alertAt(0));
    run.until(25 * MINUTE_MS);
    expect(run.lines()).toEqual(["30 opened! a/", "630 reminder! a/", "1230 reminder! a/"]);
  });

  it("is told again as soon as it is quiet no more", () => {
    const run = new GroupRun({ repeatIntervalMs });
    run.mutedBy = (_, nowMs) => (nowMs >= MINUTE_MS && nowMs < 12 * MINUTE_MS ? silence : undefined);
    run.take(0, alertAt(0));
    run.until(16 * MINUTE_MS);
    expect(run.lines()).toEqual(["30 opened! a/", "930 reminder! a/"]);
  });
});

describe("other words for the same alert", () => {
  it("are told by Belfry's rules only", () => {
    for (const mode of ["belfry", "alertmanager"] as const) {
      const run = new GroupRun({ mode });
      run.take(0, alertAt(0));
      run.take(MINUTE_MS, alertAt(MINUTE_MS, { description: "recovering" }));
      run.until(10 * MINUTE_MS);
      expect(run.lines().length, mode).toBe(mode === "belfry" ? 2 : 1);
    }
  });
});
