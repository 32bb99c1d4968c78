import type { RunReport } from "@belfry/core/canaries/report";
import { runEvent } from "@belfry/core/canaries/run-event";
import { type MetricValue, runMetrics } from "@belfry/core/canaries/run-metrics";
import { describe, expect, it } from "vitest";

const PASSED: RunReport = {
  canary: "shop",
  kind: "heartbeat",
  runId: "r-1",
  region: "us-east-1",
  outcome: "passed",
  startedMs: 1_795_348_800_000,
  endedMs: 1_795_348_801_500,
  attempts: [],
  steps: [
    { name: "home", status: "passed", startedMs: 1_795_348_800_000, endedMs: 1_795_348_800_400 },
    { name: "basket", status: "skipped", startedMs: 0, endedMs: 0 },
  ],
  metrics: [
    { name: "TimeToFirstByte", unit: "Milliseconds", value: 30, step: "home" },
    { name: "Orders", unit: "Count", value: 3 },
    { name: "SuccessPercent", unit: "Percent", value: 100 },
  ],
  requests: { _2xx: 4, _3xx: 1, _4xx: 2, _5xx: 0, failed: 1 },
  artifacts: [],
  artifactPrefix: "canary/us-east-1/shop/2026/11/22/12/00-00-000/",
};
const failed = (failure: RunReport["failure"]): RunReport =>
  ({
    ...PASSED,
    outcome: "failed",
    failure,
    steps: [{ ...PASSED.steps[0], status: "failed", failure }],
    artifacts: [
      { name: "01-home-starting.png", contentType: "image/png", bytes: 1, step: "home" },
      { name: "01-home-failed.png", contentType: "image/png", bytes: 1, step: "home" },
      { name: "results.har", contentType: "application/json", bytes: 1 },
    ],
  }) as RunReport;

const valuesOf = (metrics: readonly MetricValue[], ...of: string[]) =>
  Object.fromEntries(
    metrics
      .filter(({ dimensions }) => Object.keys(dimensions).join() === of.join())
      .map(({ name, value }) => [name, value]),
  );

describe("metrics of a run", () => {
  const metrics = runMetrics(PASSED);

  it("are CloudWatch Synthetics' own, by canary and over all", () => {
    const own = {
      SuccessPercent: 100,
      Duration: 1500,
      Failed: 0,
      PassedAfterRetry: 0,
      "2xx": 4,
      "4xx": 2,
      "5xx": 0,
      "Failed requests": 1,
    };
    expect(valuesOf(metrics)).toEqual(own);
    expect(valuesOf(metrics, "CanaryName")).toEqual({ ...own, Orders: 3 });
  });

  it("are by step, for steps that were begun", () => {
    expect(valuesOf(metrics, "CanaryName", "StepName")).toEqual({
      SuccessPercent: 100,
      Duration: 400,
      TimeToFirstByte: 30,
    });
  });

  it.each(["browser", "canary"] as const)(
    "say nothing of the target when the watcher itself fails: %s",
    (failureClass) => {
      const own = runMetrics(failed({ class: failureClass, message: "no browser" }));
      expect(own.some(({ name }) => name === "SuccessPercent")).toBe(false);
      expect(valuesOf(own, "CanaryName")).toMatchObject({ Failed: 1 });
    },
  );

  it("count a run that fails, and one that passed at a second attempt", () => {
    expect(valuesOf(runMetrics(failed({ class: "dns", message: "no such host" })))).toMatchObject({
      SuccessPercent: 0,
      Failed: 0,
    });
    expect(valuesOf(runMetrics({ ...PASSED, outcome: "passed-after-retry" }))).toMatchObject({
      SuccessPercent: 100,
      PassedAfterRetry: 1,
    });
  });

  it("of a script are bounded", () => {
    const many = Array.from({ length: 500 }, (_, i) => ({ name: `m${i}`, unit: "Count" as const, value: i }));
    const steps = Array.from({ length: 500 }, (_, i) => ({
      name: `s${i}`,
      status: "passed" as const,
      startedMs: 0,
      endedMs: 1,
    }));
    expect(runMetrics({ ...PASSED, metrics: many, steps }).length).toBeLessThanOrEqual(8 + 8 + 2 * 100 + 50);
  });
});

describe("the event of a run", () => {
  const place = {
    account: "111122223333",
    bucket: "files",
    severity: "critical" as const,
    alarmName: "belfry-test-canary-shop",
  };

  it("has the members of CloudWatch Synthetics' events", () => {
    const { source, detailType, detail } = runEvent(PASSED, place);
    expect([source, detailType]).toEqual(["belfry.canary", "Synthetics Canary TestRun Successful"]);
    expect(detail).toMatchObject({
      "account-id": "111122223333",
      "canary-id": expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/),
      "canary-name": "shop",
      "canary-run-id": "r-1",
      "artifact-location": "files/canary/us-east-1/shop/2026/11/22/12/00-00-000",
      "test-run-status": "PASSED",
      "state-reason": "null",
      "canary-run-timeline": { started: 1_795_348_800, completed: 1_795_348_801.5 },
      "alarm-name": "belfry-test-canary-shop",
    });
    expect(detail).not.toHaveProperty("screenshot");
  });

  it("says of a run that failed why, in which step, and how it looked", () => {
    const { detail, detailType } = runEvent(failed({ class: "assertion", message: "got 503" }), place);
    expect(detailType).toBe("Synthetics Canary TestRun Failure");
    expect(detail).toMatchObject({
      "state-reason": "got 503",
      "failure-class": "assertion",
      "failed-step": "home",
      screenshot: `${PASSED.artifactPrefix}01-home-failed.png`,
      severity: "critical",
    });
  });

  it("is a warning when the watcher itself fails, and short enough for a bus", () => {
    const { detail } = runEvent(failed({ class: "browser", message: "x".repeat(300_000) }), place);
    expect(detail.severity).toBe("warning");
    expect(JSON.stringify(detail).length).toBeLessThan(10_000);
  });
});
