import { type CanaryRun, keepCanaryRun, readCanaryRun, withCanaryRuns } from "@belfry/core/alerts/canary-runs";
import { readIntake } from "@belfry/core/alerts/intake";
import type { RunReport } from "@belfry/core/canaries/report";
import { runEvent } from "@belfry/core/canaries/run-event";
import type { Alert } from "@belfry/core/event/alert";
import { expect, it } from "vitest";
import { alertOf, eventOf } from "../../../support/alert-events.ts";
import { memoryTable } from "../../../support/memory-table.ts";

const NOON = Date.UTC(2026, 10, 22, 12);
const ALARM = "belfry-test-canary-shop";
const { signal } = new AbortController();

function report(over: Partial<RunReport> = {}): RunReport {
  return {
    canary: "shop",
    kind: "heartbeat",
    runId: "r-1",
    region: "eu-west-1",
    outcome: "failed",
    failure: { class: "assertion", message: "expected a status of 200-299, got 503" },
    startedMs: NOON - 2000,
    endedMs: NOON,
    attempts: [],
    steps: [{ name: "home", status: "failed", startedMs: NOON - 2000, endedMs: NOON }],
    metrics: [],
    requests: { _2xx: 0, _3xx: 0, _4xx: 0, _5xx: 1, failed: 0 },
    artifacts: [{ name: "01-home-failed.png", contentType: "image/png", bytes: 9, step: "home" }],
    artifactPrefix: "canary/eu-west-1/shop/2026/11/22/11/59-58-000/",
    ...over,
  };
}

/** A run as its event comes from the bus, which may be in another region. */
function ran(over: Partial<RunReport> = {}, alarmed: { readonly alarmName?: string } = { alarmName: ALARM }): object {
  const place = { account: "111122223333", bucket: "files", severity: "critical" as const };
  const { detail, detailType, source } = runEvent(report(over), { ...place, ...alarmed });
  return eventOf(source, detailType, detail as Record<string, unknown>, { region: "us-east-1" });
}

function runOf(event: object): CanaryRun {
  const run = readCanaryRun(event, NOON);
  if (run === undefined) throw new Error("no run of a canary with an alarm");
  return run;
}

function alarm(value: string, atMs = NOON + 60_000): Alert {
  const time = new Date(atMs).toISOString();
  const resources = [`arn:aws:cloudwatch:eu-west-1:111122223333:alarm:${ALARM}`];
  const detail = { alarmName: ALARM, state: { value, timestamp: time, reason: "Threshold Crossed" } };
  return alertOf(eventOf("aws.cloudwatch", "CloudWatch Alarm State Change", detail, { time, resources }));
}

async function told(alert: Alert, ...runs: readonly object[]): Promise<Alert> {
  const table = memoryTable();
  for (const run of runs) await keepCanaryRun(runOf(run), table, signal);
  const [completed] = await withCanaryRuns([alert], table, signal);
  return completed as Alert;
}

it("gives the alarm's alert the reason, the picture and the severity of the run that failed last", async () => {
  const alert = await told(alarm("ALARM"), ran());
  expect(alert).toMatchObject({
    key: expect.stringContaining(`:alarm:${ALARM}`),
    status: "firing",
    severity: "critical",
    labels: { severity: "critical" },
  });
  expect(alert.description).toContain("expected a status of 200-299, got 503");
  expect(alert.description).toContain("Failure class: assertion\nStep: home");
  expect(alert.description).toContain("Threshold Crossed");
  expect(alert.links[0]).toMatchObject({
    title: "Screenshot",
    url: expect.stringContaining("s3/object/files?prefix="),
  });
  expect(decodeURIComponent(alert.links[0]?.url ?? "")).toContain("59-58-000/01-home-failed.png");
});

it("keeps the last of several runs, whatever order they come in", async () => {
  const later = ran({ endedMs: NOON + 1000, failure: { class: "dns", message: "no such host" } });
  for (const runs of [
    [ran(), later],
    [later, ran()],
  ]) {
    expect((await told(alarm("ALARM"), ...runs)).description).toContain("no such host");
  }
});

it("forgets no reason by a run that passes, and says none when the alarm is over", async () => {
  const passed = ran({
    outcome: "passed",
    endedMs: NOON + 1000,
    failure: undefined,
    steps: [],
    artifacts: [],
  } as object);
  expect((await told(alarm("ALARM"), ran(), passed)).description).toContain("got 503");
  expect((await told(alarm("OK"), ran())).description).not.toContain("got 503");
});

it("leaves other alarms, and an alarm without data, as they are", async () => {
  const unknown = alarm("INSUFFICIENT_DATA");
  expect(await told(unknown, ran())).toEqual(unknown);
  const other = { ...alarm("ALARM"), labels: { account: "1", region: "r", alarmname: "orders-5xx" } };
  expect(await told(other, ran())).toEqual(other);
});

it("takes runs of Belfry's canaries in CloudWatch Synthetics by the canary that their alarm's metric names", async () => {
  const managed = (name: string) =>
    eventOf("aws.synthetics", "Synthetics Canary TestRun Failure", {
      "canary-name": name,
      "canary-id": "c-1",
      "test-run-status": "FAILED",
      "state-reason": '"No answer"',
      "canary-run-timeline": { started: NOON / 1000 - 2, completed: NOON / 1000 },
    });
  const alert = { ...alarm("ALARM"), labels: { ...alarm("ALARM").labels, canaryname: "belfry-test-shop" } };
  expect((await told(alert, managed("belfry-test-shop"))).description).toContain("No answer");
  expect(readCanaryRun(managed("somebody-elses"), NOON)).toBeUndefined();
});

it("is no alert by itself where an alarm tells, and one where none does", () => {
  const context = { now: NOON, accounts: {} };
  expect(readIntake(ran(), context)).toHaveProperty("canaryRun");
  const [alert] = (readIntake(ran({}, {}), context) as { alerts: readonly Alert[] }).alerts;
  expect(alert).toMatchObject({
    status: "firing",
    severity: "critical",
    title: "Canary shop: run failed",
    labels: { region: "eu-west-1", canary: "shop", failure_class: "assertion", step: "home" },
  });
});
