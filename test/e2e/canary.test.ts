// The CDK deploys canaries and alerting to an emulator of AWS: a canary without a browser runs there, its metric and its event arrive, and while its target is down one page
// comes, with the reason.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runBuild } from "../../scripts/synth/run-build.ts";
import { alertingConfig, HOOK_SECRET } from "./support/alerting-config.ts";
import { EmulatorClient } from "./support/emulator-client.ts";
import { findMinistack, Ministack } from "./support/ministack.ts";
import { unlessMissing } from "./support/missing-part.ts";
import { ACCOUNT, REGION } from "./support/rehearsal-config.ts";
import { runTool } from "./support/run-tool.ts";
import { WebhookServer } from "./support/webhook-server.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const RUNS = resolve(ROOT, ".cache/e2e");
const STAGE = "canary";
const SECRET = "a secret of the rehearsal";
const ALARM = `belfry-${STAGE}-canary-shop`;
const RUNNER = `belfry-${STAGE}-canary-run`;
const BUCKET = `belfry-${STAGE}-canaries-${ACCOUNT}-${REGION}`;
const ARRIVAL_MS = 20_000;

interface Schedule {
  readonly ScheduleExpression: string;
  readonly State: string;
  readonly Target: { readonly Arn: string; readonly Input: string };
}

const programs = await unlessMissing(async () =>
  findMinistack("canaries on an emulator, from a schedule to a webhook"),
);

describe.skipIf(programs === undefined)("canaries, on ministack", () => {
  let folder: string;
  let aws: Ministack;
  let home: EmulatorClient;
  let hook: WebhookServer;
  let isUp = true;
  const shop = http.createServer((_, response) => response.writeHead(isUp ? 200 : 503).end("Add to basket"));

  beforeAll(async () => {
    mkdirSync(RUNS, { recursive: true });
    folder = mkdtempSync(resolve(RUNS, "canary-"));
    await new Promise<void>((listening) => shop.listen(0, "127.0.0.1", listening));
    [aws, hook] = await Promise.all([Ministack.start(programs ?? ""), WebhookServer.start(SECRET)]);
    home = new EmulatorClient(aws.url, REGION);
    await home.call("ssm", "PutParameter", { Name: HOOK_SECRET, Value: SECRET, Type: "SecureString" });
    const [config, dist] = [resolve(folder, "belfry.json"), resolve(folder, "dist")];
    const url = `http://127.0.0.1:${(shop.address() as AddressInfo).port}/`;
    const canaries = {
      shop: { kind: "heartbeat", browser: false, urls: [url], schedule: "rate(1 minute)", retries: { max: 0 } },
    };
    writeFileSync(config, JSON.stringify({ ...alertingConfig(hook.url), canaries }));
    runBuild(config, dist);
    await cdk(folder, {}, "bootstrap", `aws://${ACCOUNT}/${REGION}`);
    const env = { AWS_REGION: REGION, BELFRY_CONFIG: config, BELFRY_STAGE: STAGE, BELFRY_DIST: dist };
    const entry = ["--app", "node test/e2e/support/rehearsal-app.ts", "--output", resolve(folder, "out")];
    const unasked = ["--require-approval", "never", "--concurrency", "4"];
    await cdk(ROOT, env, "deploy", `${STAGE}-belfry-Canaries`, ...unasked, ...entry);
  });

  afterAll(async () => {
    await Promise.all([aws?.stop(), hook?.stop()]);
    shop.closeAllConnections();
    shop.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function cdk(cwd: string, env: Readonly<Record<string, string>>, ...args: string[]): Promise<void> {
    const outcome = await runTool("cdk", [...args, "--no-notices"], { cwd, env: { ...aws.environment, ...env } });
    expect(outcome, outcome.output).toMatchObject({ exitCode: 0 });
  }

  /** The emulator keeps schedules and runs none: this is what EventBridge Scheduler does when it is time. */
  async function runAsScheduled(): Promise<{ outcome: string; artifactPrefix: string }> {
    const { ScheduleExpression, State, Target } = await home.schedule<Schedule>(`belfry-${STAGE}-schedules`, ALARM);
    expect([ScheduleExpression, State]).toEqual(["rate(1 minute)", "ENABLED"]);
    expect(Target.Arn.split(":").at(-1)).toBe(RUNNER);
    return home.invoke(RUNNER, JSON.parse(Target.Input));
  }

  const statuses = () => hook.received.filter(({ groupKey }) => groupKey.includes(ALARM)).map(({ status }) => status);
  const told = () => expect.poll(statuses, { timeout: ARRIVAL_MS, interval: 500 });

  /** What alerting knows of the canary's last failed run. */
  async function knownRuns(): Promise<string> {
    return JSON.stringify(await home.call("dynamodb", "Scan", { TableName: `belfry-${STAGE}-alerts` }));
  }

  test("a canary runs, and its files are in the bucket", async () => {
    const { outcome, artifactPrefix } = await runAsScheduled();
    expect(outcome).toBe("passed");
    const keys = await home.keys(BUCKET, artifactPrefix);
    expect(keys.map((key) => key.slice(artifactPrefix.length))).toEqual(
      expect.arrayContaining(["SyntheticsReport-PASSED.json", "report.json"]),
    );
  });

  test("its metric is in the function's log, where CloudWatch takes it from", async () => {
    const line = await embeddedMetric();
    expect(line).toMatchObject({ CanaryName: "shop", SuccessPercent: 100 });
  });

  test("while its target is down, its alarm pages once, and says why", async () => {
    isUp = false;
    const { outcome } = await runAsScheduled();
    expect(outcome).toBe("failed");
    await expect.poll(knownRuns, { timeout: ARRIVAL_MS, interval: 500 }).toContain("expected a status of");
    expect(hook.received).toEqual([]);
    // The emulator evaluates no metric that came by a log.
    await home.setAlarmState(ALARM, "ALARM");
    await told().toEqual(["open"]);
    const [page] = hook.received;
    expect(JSON.stringify(page)).toContain("expected a status of 200-299, got 503");
    expect(JSON.stringify(page)).toContain("Failure class: assertion");
    expect(JSON.stringify(page)).toContain(encodeURIComponent(`canary/${REGION}/shop/`));
    await runAsScheduled();
    await home.setAlarmState(ALARM, "ALARM");
  });

  test("when it is well again, the page is resolved, and there was one", async () => {
    isUp = true;
    expect(await runAsScheduled()).toMatchObject({ outcome: "passed" });
    await home.setAlarmState(ALARM, "OK");
    await told().toEqual(["open", "resolved"]);
  });

  /** The lines of the function's log group that are metrics of the canary. */
  async function embeddedMetric(): Promise<Record<string, unknown> | undefined> {
    const logGroupName = `/belfry/${STAGE}/canary-run`;
    const { events } = await home.call<{ events: { message: string }[] }>("logs", "FilterLogEvents", { logGroupName });
    const lines = events.flatMap(({ message }) => message.split("\n")).filter((text) => text.includes('"_aws"'));
    const metrics = lines.map((text) => JSON.parse(text.slice(text.indexOf("{"))) as Record<string, unknown>);
    return metrics.find(({ CanaryName, StepName }) => CanaryName === "shop" && StepName === undefined);
  }
});
