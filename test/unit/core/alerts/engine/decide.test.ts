import { decideGroup } from "@belfry/core/alerts/engine/decide";
import { describe, expect, it } from "vitest";
import { alertAt, GroupRun, MINUTE_MS, SECOND_MS, settings } from "../../../../support/group-run.ts";

const over = { status: "resolved" } as const;
const around = { mutedBy: () => undefined, isHeld: false };

describe("times of a group", () => {
  it("waits for more alerts, then tells changes at whole intervals", () => {
    const run = new GroupRun();
    run.take(0, alertAt(0));
    run.take(10_000, alertAt(10_000, { key: "b" }));
    run.take(60_000, alertAt(60_000, { key: "c" }));
    run.take(20 * MINUTE_MS, alertAt(20 * MINUTE_MS, { key: "a", ...over }));
    run.until(50 * MINUTE_MS);
    expect(run.lines()).toEqual(["30 opened! a+b/", "330 updated! a+b+c/", "1230 updated b+c/a"]);
  });

  it("tells at once of what has been on for longer than it waits", () => {
    const run = new GroupRun();
    run.take(MINUTE_MS, alertAt(0));
    expect(run.lines()).toEqual(["60 opened! a/"]);
  });

  it("tells nobody of what begins and ends before it has waited", () => {
    const run = new GroupRun();
    run.take(0, alertAt(0));
    run.take(5000, alertAt(5000, over));
    run.until(10 * MINUTE_MS);
    expect(run.told).toEqual([]);
  });

  it("takes a thousand alerts in a second as one message", () => {
    const run = new GroupRun();
    for (let i = 0; i < 1000; i++) run.take(i, alertAt(i, { key: `a${i}` }));
    run.until(4 * MINUTE_MS);
    expect(run.told.map(({ channel, alerts }) => `${channel} ${alerts.length}`)).toEqual(["pager 1000", "mail 1000"]);
    expect(run.wakes).toBe(1);
  });

  it("ends what has no word for its end after its time", () => {
    const run = new GroupRun();
    run.take(0, alertAt(0, { expiresAfterMs: 20 * MINUTE_MS }));
    run.until(60 * MINUTE_MS);
    expect(run.lines()).toEqual(["30 opened! a/", "1230 resolved /a"]);
  });

  it("asks for no timer that is there already, and for none when nothing can happen", () => {
    const run = new GroupRun({ repeatIntervalMs: 1000 * MINUTE_MS });
    run.take(0, alertAt(0));
    run.take(1, alertAt(1));
    run.until(900 * MINUTE_MS);
    expect(run.wakes).toBe(1);
  });
});

describe("statements about one alert", () => {
  it("come in any order, and twice, without a difference", () => {
    const run = new GroupRun();
    run.take(0, alertAt(0, { version: 2, ...over }));
    run.take(1, alertAt(1, { version: 1 }));
    run.take(2, alertAt(2, { version: 2, ...over }));
    run.until(60 * MINUTE_MS);
    expect(run.told).toEqual([]);
  });

  it("do not open again what has ended when an old one comes late", () => {
    const run = new GroupRun();
    run.take(0, alertAt(0, { version: 1 }));
    run.take(40_000, alertAt(40_000, { version: 2, ...over }));
    run.take(20 * MINUTE_MS, alertAt(0, { version: 1 }), alertAt(0, { version: 2, ...over }));
    run.until(60 * MINUTE_MS);
    expect(run.lines()).toEqual(["30 opened! a/", "330 resolved /a"]);
  });

  it("are brought up to date without waking somebody, unless it got worse", () => {
    const run = new GroupRun();
    run.take(0, alertAt(0));
    run.take(MINUTE_MS, alertAt(MINUTE_MS, { description: "more is known" }));
    run.take(6 * MINUTE_MS, alertAt(6 * MINUTE_MS, { severity: "critical" }));
    run.take(7 * MINUTE_MS, alertAt(7 * MINUTE_MS, { severity: "critical" }));
    run.until(30 * MINUTE_MS);
    expect(run.lines()).toEqual(["30 opened! a/", "330 updated a/", "630 updated! a/"]);
  });

  it("that cannot tell begin and end nothing, or what the route says", () => {
    const linesWith = (unknown: "ignore" | "breaching" | "notBreaching") => {
      const run = new GroupRun({ unknown });
      run.take(0, alertAt(0, { key: "b", status: "unknown" }), alertAt(0));
      run.take(MINUTE_MS, alertAt(MINUTE_MS, { status: "unknown" }));
      run.until(20 * MINUTE_MS);
      return run.lines();
    };
    expect(linesWith("ignore")).toEqual(["30 opened! a/"]);
    expect(linesWith("breaching")).toEqual(["30 opened! a+b/"]);
    expect(linesWith("notBreaching")).toEqual(["30 opened! a/", "330 resolved /a"]);
  });
});

describe("a suppression of CloudWatch's", () => {
  const mute = { by: "mute-rule", reason: "arn:aws:cloudwatch:::mute-rule/night", until: 10 * MINUTE_MS } as const;

  it("opens silently, asks again at its end, and pages for what is still on", () => {
    const run = new GroupRun();
    run.take(0, alertAt(0, { suppression: mute }));
    expect(run.rechecks).toEqual([{ at: 10 * MINUTE_MS, kind: "recheck", key: "group", alertKey: "a" }]);
    run.take(10 * MINUTE_MS, alertAt(0, { version: 0 }));
    run.until(20 * MINUTE_MS);
    expect(run.lines()).toEqual(["600 opened! a/"]);
  });

  it("pages on ALARM after ALARM when a suppressor's wait ends", () => {
    const run = new GroupRun();
    run.take(0, alertAt(0, { suppression: { by: "suppressor", reason: "WaitPeriod" } }));
    run.take(2 * MINUTE_MS, alertAt(2 * MINUTE_MS, { startsAt: 0 }));
    run.until(20 * MINUTE_MS);
    expect(run.lines()).toEqual(["120 opened! a/"]);
    expect(run.rechecks.map(({ at }) => at)).toEqual([15 * MINUTE_MS]);
  });

  it("tells nobody of what ended meanwhile", () => {
    const run = new GroupRun();
    run.take(0, alertAt(0, { suppression: mute }));
    run.take(9 * MINUTE_MS, alertAt(9 * MINUTE_MS, over));
    run.until(60 * MINUTE_MS);
    expect(run.told).toEqual([]);
  });

  it("pages even when nobody answers whether it is still on", () => {
    const run = new GroupRun();
    run.take(0, alertAt(0, { suppression: mute }));
    run.until(60 * MINUTE_MS);
    expect(run.lines()[0]).toBe("660 opened! a/");
  });
});

describe("flapping", () => {
  const flapping = { changes: 3, withinMs: 30 * MINUTE_MS };

  it("is told once, and then what it is when it has calmed down", () => {
    const run = new GroupRun({ flapping, repeatIntervalMs: 1000 * MINUTE_MS });
    for (let i = 0; i < 10; i++) {
      const at = i * 6 * MINUTE_MS;
      run.take(at, alertAt(at, i % 2 === 0 ? {} : over));
    }
    run.until(200 * MINUTE_MS);
    const kinds = run.lines("mail").map((line) => line.split(" ")[1]);
    expect(kinds).toEqual(["opened!", "resolved", "opened!", "flapping!", "resolved"]);
  });

  it("is not what a replay makes", () => {
    const run = new GroupRun({ flapping });
    run.take(0, alertAt(0));
    for (let i = 1; i < 8; i++) run.take(i, alertAt(i, { replayed: true, ...(i % 2 ? over : {}) }));
    run.until(60 * MINUTE_MS);
    expect(run.told).toEqual([]);
  });
});

describe("replayed statements", () => {
  it("change the state and tell nobody", () => {
    const run = new GroupRun();
    run.take(0, alertAt(0, { replayed: true }));
    expect(run.state?.alerts.a.status).toBe("firing");
    run.take(MINUTE_MS, alertAt(MINUTE_MS, { key: "a", replayed: true, ...over }));
    run.until(120 * MINUTE_MS);
    expect(run.lines()).toEqual([]);
  });

  it("end what was told, which wakes nobody", () => {
    const run = new GroupRun();
    run.take(0, alertAt(0));
    run.take(SECOND_MS, alertAt(SECOND_MS, { key: "b" }));
    run.take(2 * MINUTE_MS, alertAt(2 * MINUTE_MS, { replayed: true, ...over }));
    // The same end once more, while it waits to be told.
    run.take(3 * MINUTE_MS, alertAt(3 * MINUTE_MS, { replayed: true, ...over }));
    run.take(60 * MINUTE_MS, alertAt(60 * MINUTE_MS, { key: "b", replayed: true, ...over }));
    run.until(120 * MINUTE_MS);
    expect(run.lines()).toEqual(["30 opened! a+b/", "330 updated b/a", "3630 resolved /b"]);
  });

  it("leave open what they begin anew before its end was told", () => {
    const run = new GroupRun();
    run.take(0, alertAt(0));
    run.take(2 * MINUTE_MS, alertAt(2 * MINUTE_MS, over));
    run.take(3 * MINUTE_MS, alertAt(3 * MINUTE_MS, { replayed: true }));
    run.until(60 * MINUTE_MS);
    expect(run.lines()).toEqual(["30 opened! a/"]);
    run.take(61 * MINUTE_MS, alertAt(61 * MINUTE_MS, over));
    run.until(120 * MINUTE_MS);
    expect(run.lines().at(-1)).toContain("resolved /a");
  });

  it("do not quieten what is on", () => {
    const run = new GroupRun();
    run.take(0, alertAt(0));
    run.take(1, alertAt(1, { replayed: true }));
    run.until(MINUTE_MS);
    expect(run.lines()).toEqual(["30 opened! a/"]);
  });

  it("give way to a statement that is not one", () => {
    const run = new GroupRun();
    run.take(0, alertAt(0, { version: 5, replayed: true }));
    run.take(SECOND_MS, alertAt(0, { version: 5 }));
    run.until(MINUTE_MS);
    expect(run.lines()).toEqual(["31 opened! a/"]);
  });
});

describe("an incident that somebody has taken", () => {
  it("is kept up to date, and wakes nobody", () => {
    const run = new GroupRun();
    run.take(0, alertAt(0));
    run.until(MINUTE_MS);
    run.isHeld = true;
    run.take(2 * MINUTE_MS, alertAt(2 * MINUTE_MS, { key: "b" }));
    run.until(200 * MINUTE_MS);
    expect(run.lines()).toEqual(["30 opened! a/", "330 updated a+b/"]);
    run.isHeld = false;
    run.wake(201 * MINUTE_MS);
    expect(run.lines().at(-1)).toBe(`${201 * 60} reminder! a+b/`);
  });
});

describe("the state", () => {
  it("is plain JSON, and gone when all is over and long past", () => {
    const input = { kind: "alerts", alerts: [alertAt(0), alertAt(0, { key: "__proto__" })] } as const;
    const { state } = decideGroup(undefined, { key: "g", labels: {} }, input, 0, settings, around);
    expect(JSON.parse(JSON.stringify(state))).toStrictEqual(state);
    const run = new GroupRun();
    run.take(0, alertAt(0));
    run.take(MINUTE_MS, alertAt(MINUTE_MS, over));
    run.until(30 * MINUTE_MS);
    expect(run.state?.forgetAt).toBeGreaterThan(0);
    run.wake(26 * 60 * MINUTE_MS);
    expect(run.state).toBeUndefined();
  });
});
