// The CDK deploys the alerting stack to an emulator of AWS: what goes wrong by each way is told once at a webhook, is told when it is over, and a replay pages nobody.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runBuild } from "../../scripts/synth/run-build.ts";
import { eventFixtures } from "../stacks/support/event-fixtures.ts";
import { alertingConfig, HOOK_SECRET } from "./support/alerting-config.ts";
import { EmulatorClient } from "./support/emulator-client.ts";
import { findMinistack, Ministack } from "./support/ministack.ts";
import { unlessMissing } from "./support/missing-part.ts";
import { ACCOUNT, REGION } from "./support/rehearsal-config.ts";
import { runTool } from "./support/run-tool.ts";
import { WebhookServer } from "./support/webhook-server.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const RUNS = resolve(ROOT, ".cache/e2e");
const STAGE = "oncall";
const SECRET = "a secret of the rehearsal";
/** An alarm that the stack of the Belfry bus makes. */
const ALARM = `belfry-${STAGE}-events-dlq-not-empty`;
const BUS = `belfry-${STAGE}-events`;
const BUS_ARN = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/${BUS}`;
const ARCHIVE = "rehearsal";
const RECORDED = eventFixtures()
  .filter(({ name }) => name === "cloudwatch/metric-alarm" || name === "health/issue")
  .map(({ event }) => event);
const ARRIVAL_MS = 15_000;
/** By then a page would have come, had there been one. */
const QUIET_MS = 8_000;

const programs = await unlessMissing(async () => findMinistack("alerting on an emulator, from an alarm to a webhook"));

describe.skipIf(programs === undefined)("alerting, on ministack", () => {
  let folder: string;
  let aws: Ministack;
  let home: EmulatorClient;
  let hook: WebhookServer;

  beforeAll(async () => {
    mkdirSync(RUNS, { recursive: true });
    folder = mkdtempSync(resolve(RUNS, "alerting-"));
    [aws, hook] = await Promise.all([Ministack.start(programs ?? ""), WebhookServer.start(SECRET)]);
    home = new EmulatorClient(aws.url, REGION);
    await home.call("ssm", "PutParameter", { Name: HOOK_SECRET, Value: SECRET, Type: "SecureString" });
    const [config, dist] = [resolve(folder, "belfry.json"), resolve(folder, "dist")];
    writeFileSync(config, JSON.stringify(alertingConfig(hook.url)));
    runBuild(config, dist);
    await cdk(folder, {}, "bootstrap", `aws://${ACCOUNT}/${REGION}`);
    const env = { AWS_REGION: REGION, BELFRY_CONFIG: config, BELFRY_STAGE: STAGE, BELFRY_DIST: dist };
    const entry = ["--app", "node test/e2e/support/rehearsal-app.ts", "--output", resolve(folder, "out")];
    const unasked = ["--require-approval", "never", "--concurrency", "4"];
    await cdk(ROOT, env, "deploy", `${STAGE}-belfry-Alerting`, ...unasked, ...entry);
  });

  afterAll(async () => {
    await Promise.all([aws?.stop(), hook?.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  async function cdk(cwd: string, env: Readonly<Record<string, string>>, ...args: string[]): Promise<void> {
    const outcome = await runTool("cdk", [...args, "--no-notices"], { cwd, env: { ...aws.environment, ...env } });
    expect(outcome, outcome.output).toMatchObject({ exitCode: 0 });
  }

  /** What EventBridge gives to the target of a rule. */
  async function asByRule(event: object): Promise<void> {
    const { QueueUrl } = await home.call<{ QueueUrl: string }>("sqs", "GetQueueUrl", {
      QueueName: `belfry-${STAGE}-alerts`,
    });
    await home.call("sqs", "SendMessage", { QueueUrl, MessageBody: JSON.stringify(event) });
  }

  async function putOnBus(canary: string, status: string): Promise<void> {
    const what = { Source: "belfry.canary", DetailType: "Belfry Canary Run", Resources: [canary] };
    const event = { ...what, EventBusName: BUS, Detail: JSON.stringify({ status }) };
    expect(await home.call("events", "PutEvents", { Entries: [event] })).toMatchObject({ FailedEntryCount: 0 });
  }

  /** What was told of a thing, by a word of its group's labels. */
  const statusesOf = (word: string): string[] =>
    hook.received.filter(({ groupKey }) => groupKey.includes(`"${word}"`)).map(({ status }) => status);
  const told = (word: string) => expect.poll(() => statusesOf(word), { timeout: ARRIVAL_MS, interval: 500 });

  test("an alarm of CloudWatch is told by way of its topic", async () => {
    await home.setAlarmState(ALARM, "ALARM");
    await told(ALARM).toEqual(["open"]);
  });

  test("and its end", async () => {
    await home.setAlarmState(ALARM, "OK");
    await told(ALARM).toEqual(["open", "resolved"]);
  });

  test("an alarm and an event of AWS Health that rules bring, each twice, are told once each", async () => {
    for (const event of [...RECORDED, ...RECORDED]) await asByRule(event);
    await told("web-cpu").toEqual(["open"]);
    await told("aws.health").toEqual(["open"]);
  });

  test("an event on the Belfry bus is told, and its link answers who clicks it", async () => {
    await home.call("events", "CreateArchive", { ArchiveName: ARCHIVE, EventSourceArn: BUS_ARN });
    await putOnBus("checkout", "FAILED");
    await told("checkout").toEqual(["open"]);
    const [notification] = hook.received.filter(({ groupKey }) => groupKey.includes('"checkout"'));
    const link = new URL(notification?.actions.find(({ action }) => action === "acknowledge")?.url ?? "");
    expect(await home.atHost(link)).toContain("Acknowledge this incident?");
    expect(await home.atHost(link, link.searchParams)).toContain("Done");
    await told("checkout").toEqual(["open", "acknowledged"]);
  });

  test("a replay brings the state up to date, and nobody is told", async () => {
    const rule = { Name: `belfry-${STAGE}-alerting`, EventBusName: BUS };
    await home.call("events", "DisableRule", rule);
    // Nobody hears of it but the archive.
    await putOnBus("search", "FAILED");
    await home.call("events", "EnableRule", rule);
    const before = hook.received.length;

    const [EventStartTime, EventEndTime] = [-1, 1].map((hours) => Math.floor(Date.now() / 1000) + hours * 3600);
    const EventSourceArn = BUS_ARN.replace(/event-bus.*/, `archive/${ARCHIVE}`);
    const when = { EventStartTime, EventEndTime, EventSourceArn, Destination: { Arn: BUS_ARN } };
    await home.call("events", "StartReplay", { ReplayName: "after-an-outage", ...when });
    for (const event of RECORDED) await asByRule({ ...event, "replay-name": "after-an-outage" });

    await expect.poll(knownAlerts, { timeout: ARRIVAL_MS, interval: 500 }).toContain("search");
    await sleep(QUIET_MS);
    expect(hook.received.slice(before)).toEqual([]);
  });

  test("what happens then is told as ever", async () => {
    await putOnBus("checkout", "PASSED");
    await told("checkout").toEqual(["open", "acknowledged", "resolved"]);
  });

  /** What there is in the table, as text. */
  async function knownAlerts(): Promise<string> {
    return JSON.stringify(await home.call("dynamodb", "Scan", { TableName: `belfry-${STAGE}-alerts` }));
  }
});
