import { readIntake } from "@belfry/core/alerts/intake";
import type { RunReport } from "@belfry/core/canaries/report";
import { runEvent } from "@belfry/core/canaries/run-event";
import { Canaries } from "@belfry/core/config/canaries/schema";
import { ALARM_PREFIX, alarmEvent, busEvent } from "@belfry/local/canary/canary-events";
import { expect, test } from "vitest";

const ACCOUNT = "111122223333";
const NOW = Date.UTC(2026, 10, 22, 10);
const context = { now: NOW, accounts: {} };

const FAILED: RunReport = {
  canary: "shop",
  kind: "heartbeat",
  runId: "0b0c0000-0000-4000-8000-000000000001",
  region: "local",
  outcome: "failed",
  failure: { class: "assertion", message: "expected a lamp" },
  startedMs: NOW - 1000,
  endedMs: NOW,
  attempts: [],
  steps: [{ name: "home", status: "failed", startedMs: NOW - 1000, endedMs: NOW }],
  metrics: [],
  requests: { _2xx: 1, _3xx: 0, _4xx: 0, _5xx: 0, failed: 0 },
  artifacts: [{ name: "01-home-failed.png", contentType: "image/png", bytes: 1, step: "home" }],
  artifactPrefix: "canary/local/shop/2026/11/22/10/00-00-000/",
};

test("a run that failed is one that its alarm tells of, with its picture's path on this machine", () => {
  const place = { account: ACCOUNT, bucket: "file:///home/ada/.belfry/canaries", alarmName: `${ALARM_PREFIX}shop` };
  const event = busEvent(runEvent(FAILED, { ...place, severity: "critical" }), ACCOUNT);
  expect(readIntake(event, context)).toMatchObject({
    canaryRun: {
      account: ACCOUNT,
      region: "local",
      watched: "belfry-local-canary-shop",
      hasFailed: true,
      links: [
        {
          title: "Screenshot",
          url: "file:///home/ada/.belfry/canaries/canary/local/shop/2026/11/22/10/00-00-000/01-home-failed.png",
        },
      ],
    },
  });
});

test("the alarm's alert has what the run is found by, and is over when the alarm is", () => {
  const { shop: canary } = Canaries.parse({ shop: { kind: "heartbeat", urls: ["https://shop.example.com/"] } });
  if (canary === undefined) throw new Error("no canary");
  const alertOf = (state: "ALARM" | "OK") => {
    const intake = readIntake(
      alarmEvent({ name: "shop", canary, state, failedRuns: 2, atMs: NOW }, "Belfry", ACCOUNT),
      context,
    );
    return "alerts" in intake ? intake.alerts[0] : undefined;
  };
  expect(alertOf("ALARM")).toMatchObject({
    status: "firing",
    title: "belfry-local-canary-shop",
    labels: { account: ACCOUNT, region: "local", canaryname: "shop", metric: "SuccessPercent" },
    links: [],
  });
  expect(alertOf("OK")).toMatchObject({ status: "resolved", key: alertOf("ALARM")?.key });
});
