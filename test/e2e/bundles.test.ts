// Every bundle that `npm run build` makes starts in AWS's own runtime client and answers a real event; its services are stand-ins on loopback.
import { spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import type { FirehoseTransformationResult } from "aws-lambda";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  envelope,
  firehoseEvent,
  kinesisEvent,
  s3Event,
  sequenceNumber,
  sqsEvent,
  subscriptionEvent,
  zipped,
} from "../support/events.ts";
import { LoopbackServices } from "./support/loopback-services.ts";
import { LambdaFunction } from "./support/runtime-api.ts";
import { installRuntimeClient, RUNTIME_CLIENT_VERSION } from "./support/runtime-client.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const BUNDLES = resolve(ROOT, ".cache/bundles");
const CONFIG = "examples/own-function/belfry.config.ts";

const MESSAGES = [
  '{"level":"error","message":"no stock","order":"A1"}',
  "2026-11-22T12:00:00Z WARN slow answer",
  "plain text",
];
const ALARM = {
  version: "0",
  id: "8f1c1111-0000-4000-8000-000000000001",
  "detail-type": "CloudWatch Alarm State Change",
  source: "aws.cloudwatch",
  account: "111122223333",
  time: "2026-11-22T12:00:00Z",
  region: "eu-west-1",
  resources: ["arn:aws:cloudwatch:eu-west-1:111122223333:alarm:orders-5xx"],
  detail: { alarmName: "orders-5xx", state: { value: "ALARM", timestamp: "2026-11-22T12:00:00.000+0000" } },
};

const PAYLOAD = zipped(envelope(MESSAGES, { logGroup: "/app/orders" }));

let runtimeClient: string;
let sizes: string;
let services: LoopbackServices;
let running: LambdaFunction | undefined;
const coldStarts: string[] = [];

beforeAll(() => {
  runtimeClient = installRuntimeClient();
  const build = spawnSync(process.execPath, ["scripts/build.ts", "--config", CONFIG, "--out", BUNDLES], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect(build.stderr).toBe("");
  sizes = build.stdout;
});

beforeEach(async () => {
  services = await LoopbackServices.start();
});

afterEach(async () => {
  await running?.stop();
  running = undefined;
  await services.stop();
});

afterAll(() => {
  process.stdout.write(
    `\n${sizes}\ncold start in aws-lambda-ric ${RUNTIME_CLIENT_VERSION}, Node ${process.version}, with the first answer:\n`,
  );
  process.stdout.write(`${coldStarts.join("\n")}\n`);
});

/** Starts the bundle and gives it one event; where a daemon's address is given, X-Ray has chosen to trace it. */
async function answerOf(name: string, event: unknown, daemon?: string): Promise<unknown> {
  running = await LambdaFunction.start({
    runtimeClient,
    sampled: daemon !== undefined,
    bundle: resolve(BUNDLES, name),
    name,
    environment: {
      AWS_ENDPOINT_URL: services.url,
      AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
      AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
      OPENSEARCH_URL: services.url,
      BELFRY_ARCHIVE_STREAM: "belfry-archive",
      BELFRY_QUARANTINE_BUCKET: "belfry-quarantine",
      BELFRY_ALERTS_TABLE: "belfry-alerts",
      BELFRY_TIMERS_QUEUE_URL: `${services.url}/111122223333/timers`,
      BELFRY_OUTBOX_QUEUE_URL: `${services.url}/111122223333/outbox`,
      BELFRY_CORRECTIONS_QUEUE_URL: `${services.url}/111122223333/corrections`,
      BELFRY_LINK_SECRET: "env:LINK_SECRET",
      LINK_SECRET: "secret",
      ORDERS_URL: `${services.url}/orders`,
      ...(daemon !== undefined && { AWS_XRAY_DAEMON_ADDRESS: daemon }),
    },
  });
  const invoked = performance.now();
  const answer = await running.invoke(event);
  const firstMs = performance.now() - invoked;
  coldStarts.push(
    `${name.padEnd(22)}${running.coldStartMs.toFixed(0).padStart(6)} ms  +${firstMs.toFixed(0).padStart(4)} ms`,
  );
  if ("error" in answer) throw new Error(`${name}: ${JSON.stringify(answer.error)}\n${running.output}`);
  return answer.value;
}

function expectDelivered(messages: readonly string[]): void {
  const archived = services.streams.get("belfry-archive") ?? [];
  expect(archived).toHaveLength(messages.length);
  expect([...services.indexed.values()]).toEqual(archived);
  expect(archived.map(({ service }) => service)).toEqual(
    messages.map(() => ({ name: "orders", environment: "production" })),
  );
}

describe("every bundle answers a real event in AWS's runtime client", () => {
  const tested = [
    "alarm-action",
    "alert-correct",
    "alert-intake",
    "alert-respond",
    "alert-send",
    "alert-timer",
    "archive-export",
    "archive-replay",
    "health-back-fill",
    "ingest-kinesis",
    "ingest-s3-object",
    "ingest-subscription",
    "logs-retention",
    "process-send-orders",
    "search-setup",
    "transform-firehose",
  ];

  test("there is a test of each", () => {
    expect(readdirSync(BUNDLES).sort()).toEqual(tested);
  });

  test("ingest-kinesis delivers a stream's records and asks for none again", async () => {
    expect(await answerOf("ingest-kinesis", kinesisEvent([PAYLOAD]))).toEqual({ batchItemFailures: [] });
    expectDelivered(MESSAGES);
  });

  test("ingest-kinesis traces what X-Ray has sampled, by the SDK in a chunk of its own", async () => {
    const daemon = createSocket("udp4");
    const received: string[] = [];
    daemon.on("message", (datagram) => received.push(datagram.toString().split("\n")[1] ?? ""));
    await new Promise<void>((bound) => daemon.bind(0, "127.0.0.1", bound));
    const answer = await answerOf("ingest-kinesis", kinesisEvent([PAYLOAD]), `127.0.0.1:${daemon.address().port}`);
    expect(answer).toEqual({ batchItemFailures: [] });
    await expect.poll(() => received.map((segment) => JSON.parse(segment).name)).toContain("ingest-kinesis");
    daemon.close();
  });

  test("ingest-subscription delivers the payload of a subscription", async () => {
    expect(await answerOf("ingest-subscription", subscriptionEvent(PAYLOAD))).toBeNull();
    expectDelivered(MESSAGES);
  });

  test("ingest-s3-object reads the object that a queued notification names", async () => {
    const lines = ['{"level":"info","message":"first"}', '{"level":"info","message":"second"}'];
    services.objects.set("logs/app/2026/11/22.ndjson.gz", gzipSync(`${lines.join("\n")}\n`));
    const event = sqsEvent([JSON.stringify(s3Event([{ bucket: "logs", key: "app/2026/11/22.ndjson.gz" }]))]);
    expect(await answerOf("ingest-s3-object", event)).toEqual({ batchItemFailures: [] });
    expect(services.streams.get("belfry-archive")).toHaveLength(lines.length);
  });

  test("transform-firehose answers each record with its documents", async () => {
    const answer = (await answerOf("transform-firehose", firehoseEvent([PAYLOAD]))) as FirehoseTransformationResult;
    expect(answer.records.map(({ recordId, result }) => ({ recordId, result }))).toEqual([
      { recordId: sequenceNumber(0), result: "Ok" },
    ]);
    const documents = Buffer.from(answer.records[0].data ?? "", "base64")
      .toString()
      .trim()
      .split("\n");
    expect(documents.map((document) => JSON.parse(document).service.name)).toEqual(MESSAGES.map(() => "orders"));
  });

  test("search-setup sets a cluster up", async () => {
    expect(await answerOf("search-setup", {})).toMatchObject({
      templates: expect.arrayContaining(["belfry"]),
      notes: [],
    });
  });

  test("logs-retention looks at the log groups that there are", async () => {
    services.answers.set("Logs_20140328.DescribeLogGroups", { logGroups: [] });
    expect(await answerOf("logs-retention", {})).toMatchObject({ failedCount: 0 });
  });

  // What they do is tested with the calls that they make, in `npm test`.
  test("archive-export and archive-replay start, and say what they lack", async () => {
    await expect(answerOf("archive-export", {})).rejects.toThrow("BELFRY_EXPORT_BUCKET is not set");
    await running?.stop();
    await expect(answerOf("archive-replay", {})).rejects.toThrow("archive-replay cannot take this event");
  });

  describe("those of alerting", () => {
    const due = (kind: string, key: string) => sqsEvent([JSON.stringify({ kind, key, at: 0 })]);
    const sentTo = () =>
      services.called.filter(([target]) => target === "AmazonSQS.SendMessageBatch").map(([, { QueueUrl }]) => QueueUrl);

    beforeEach(() => {
      for (const operation of ["GetItem", "PutItem", "DeleteItem", "TransactWriteItems"]) {
        services.answers.set(`DynamoDB_20120810.${operation}`, {});
      }
      services.answers.set("DynamoDB_20120810.Query", { Items: [], Count: 0 });
      services.answers.set("AmazonSQS.SendMessageBatch", {});
      services.answers.set("AWSHealth_20160804.DescribeEvents", { events: [] });
    });

    test("alert-intake stores an alarm, and sends when to look at it", async () => {
      expect(await answerOf("alert-intake", sqsEvent([JSON.stringify(ALARM)]))).toEqual({ batchItemFailures: [] });
      expect(sentTo()).toContain(`${services.url}/111122223333/timers`);
    });

    test("alarm-action stores an alarm", async () => {
      const { resources, detail } = ALARM;
      const action = { source: "aws.cloudwatch", alarmArn: resources[0], time: ALARM.time, alarmData: detail };
      expect(await answerOf("alarm-action", action)).toBeNull();
      expect(sentTo()).toContain(`${services.url}/111122223333/timers`);
    });

    test.each([
      ["alert-timer", due("group", "g"), { batchItemFailures: [] }],
      ["alert-timer", { sweep: true }, null],
      ["alert-send", due("outbox", "inbox"), { batchItemFailures: [] }],
      ["alert-correct", due("correction", "c"), { batchItemFailures: [] }],
      ["health-back-fill", {}, { events: 0 }],
    ])("%s looks, and finds nothing", async (name, event, answer) => {
      expect(await answerOf(name, event)).toEqual(answer);
    });

    test("alert-respond refuses what Belfry has not signed", async () => {
      const request = {
        version: "2.0",
        rawQueryString: "token=a.b",
        headers: {},
        requestContext: { http: { method: "GET" } },
      };
      expect(await answerOf("alert-respond", request)).toMatchObject({ statusCode: 403 });
    });
  });

  test("process-send-orders hands the user's own function the documents", async () => {
    expect(await answerOf("process-send-orders", kinesisEvent([PAYLOAD]))).toEqual({ batchItemFailures: [] });
    const orders = services.posted.get("/orders")?.flat() as { id: string; document: Record<string, unknown> }[];
    expect(orders.map(({ document }) => document.service)).toHaveLength(MESSAGES.length);
  });

  test("process-send-orders names the record for which the user's own function asked to try again", async () => {
    services.postStatus = 503;
    const answer = await answerOf("process-send-orders", kinesisEvent([PAYLOAD]));
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumber(0) }] });
  });
});
