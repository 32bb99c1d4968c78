import { type AlarmState, RunAlarm } from "@belfry/local/canary/run-alarm";
import fc from "fast-check";
import { expect, test } from "vitest";

const alarm = (failedRuns: number, ofRuns: number) => new RunAlarm({ failedRuns, ofRuns, severity: "critical" });

function statesOf(of: RunAlarm, runs: string): (AlarmState | undefined)[] {
  return [...runs].map((run) => of.take(run === "?" ? undefined : run === "f"));
}

test("two failures in a row put it on, one run that passes takes it off", () => {
  expect(statesOf(alarm(2, 2), "pfpffp")).toEqual(["OK", undefined, undefined, undefined, "ALARM", "OK"]);
});

test("two of three: a run that passes in between does not take it off", () => {
  expect(statesOf(alarm(2, 3), "fpffpp")).toEqual([undefined, "OK", "ALARM", undefined, undefined, "OK"]);
});

test("a first run that passes says so, since an earlier process may have left the alarm on; one that fails is too early to say", () => {
  expect(statesOf(alarm(2, 2), "p")).toEqual(["OK"]);
  expect(statesOf(alarm(2, 2), "f")).toEqual([undefined]);
  expect(statesOf(alarm(1, 1), "f")).toEqual(["ALARM"]);
});

test("a run that failed by a fault of its own changes nothing", () => {
  expect(statesOf(alarm(2, 2), "f??fp")).toEqual([undefined, undefined, undefined, "ALARM", "OK"]);
});

test("it is on exactly when so many of the last runs failed, and says only what is new", () => {
  const size = fc.integer({ min: 1, max: 6 });
  fc.assert(
    fc.property(size, size, fc.array(fc.boolean(), { maxLength: 40 }), (a, b, runs) => {
      const [failedRuns, ofRuns] = [Math.min(a, b), Math.max(a, b)];
      const tested = alarm(failedRuns, ofRuns);
      let state: AlarmState | undefined;
      runs.forEach((hasFailed, i) => {
        const said = tested.take(hasFailed);
        expect(said).not.toBe(said === undefined ? null : state);
        state = said ?? state;
        const failed = runs.slice(Math.max(0, i + 1 - ofRuns), i + 1).filter(Boolean).length;
        expect(state ?? "OK").toBe(failed >= failedRuns ? "ALARM" : "OK");
      });
    }),
  );
});
