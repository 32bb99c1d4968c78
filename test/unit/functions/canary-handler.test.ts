import { BROWSERLESS_KINDS } from "@belfry/core/canaries/kinds/browserless-kinds";
import { parseConfig } from "@belfry/core/config/load";
import { emfMetrics } from "@belfry/core/platform/emf";
import type { EventToPut } from "@belfry/core/platform/events-client";
import { createLogger } from "@belfry/core/platform/logger";
import { noTracer } from "@belfry/core/platform/tracer";
import { canaryHandler } from "@belfry/functions/canary-handler";
import type { CanaryRuntime } from "@belfry/functions/canary-runtime";
import type { Context } from "aws-lambda";
import { expect, it } from "vitest";

const lines: string[] = [];
const events: EventToPut[] = [];
const stored: string[] = [];

function runtimeOf(putEvent = async (event: EventToPut) => void events.push(event)): CanaryRuntime {
  lines.length = events.length = stored.length = 0;
  // Nobody is asked: a host that is not allowed is refused before.
  const shop = { kind: "heartbeat", browser: false, urls: ["http://shop.example.com/"], allow: { hosts: ["other"] } };
  const config = parseConfig({ canaries: { shop } } as never, "test");
  const world = { clock: { now: () => 1_795_348_800_000 }, random: () => 0.5, sleep: async () => undefined };
  return {
    ...world,
    config,
    env: {},
    logger: createLogger({ level: "off" }),
    tracer: noTracer,
    metrics: emfMetrics({ namespace: "Belfry/test", maxDimensionValues: 100, write: (line) => lines.push(line) }),
    bucket: "files",
    alarmPrefix: "belfry-test-canary-",
    eventPutter: () => putEvent,
    runner: {
      ...world,
      kinds: BROWSERLESS_KINDS,
      sleep: (ms, signal) =>
        new Promise((done) => (ms > 100 ? signal?.addEventListener("abort", () => done()) : done())),
      store: { put: async (key) => void stored.push(key) },
      readSecret: async () => "",
      readText: async () => "",
      region: "eu-west-1",
    },
  };
}

const context = {
  awsRequestId: "1",
  invokedFunctionArn: "arn:aws:lambda:eu-west-1:111122223333:function:belfry-test-canary-run",
  getRemainingTimeInMillis: () => 30_000,
} as Context;

it("runs one canary, and tells of it by files, metrics and an event", async () => {
  const answer = await canaryHandler("canary-run", runtimeOf())({ canary: "shop" }, context);
  expect(answer).toMatchObject({ canary: "shop", outcome: "failed", failure: { class: "canary" } });
  expect(stored.map((key) => key.split("/").at(-1))).toEqual(
    expect.arrayContaining(["report.json", "SyntheticsReport-FAILED.json"]),
  );
  expect(
    lines.map((line) => JSON.parse(line)).find(({ CanaryName, StepName }) => CanaryName === "shop" && !StepName),
  ).toMatchObject({ Failed: 1 });
  expect(events).toMatchObject([
    { source: "belfry.canary", detail: { "account-id": "111122223333", "alarm-name": "belfry-test-canary-shop" } },
  ]);
});

it("answers though the bus does not take the event: the metric is told all the same", async () => {
  const runtime = runtimeOf(async () => Promise.reject(new Error("no bus")));
  expect(await canaryHandler("canary-run", runtime)({ canary: "shop" }, context)).toMatchObject({ outcome: "failed" });
  expect(lines).not.toEqual([]);
});

it("refuses a canary that there is not", async () => {
  const run = canaryHandler("canary-run", runtimeOf())({ canary: "shoop" }, context);
  await expect(run).rejects.toThrow("there is no canary shoop, only shop");
});
