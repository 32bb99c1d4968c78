// The CDK deploys the stacks to an emulator of AWS, records come in by each road, and each is in the archive and in OpenSearch's own server, once.
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runBuild } from "../../scripts/synth/run-build.ts";
import { EmulatorClient } from "./support/emulator-client.ts";
import { findMinistack, Ministack } from "./support/ministack.ts";
import { unlessMissing } from "./support/missing-part.ts";
import { OpenSearchClient } from "./support/opensearch-client.ts";
import type { OpenSearchServer } from "./support/opensearch-offer.ts";
import { findOpenSearch } from "./support/opensearch-server.ts";
import { ACCOUNT, directConfig, REGION, streamConfig } from "./support/rehearsal-config.ts";
import { logLoad, marks, objectLoad, RECORDS, streamLoad } from "./support/rehearsal-load.ts";
import { type Outcome, runTool } from "./support/run-tool.ts";
import { NOT_EMULATED } from "./support/without-types.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const RUNS = resolve(ROOT, ".cache/e2e");
// The home region, the one that sends to it, and that of AWS Health's second copy.
const REGIONS = [REGION, "us-east-1", "us-west-2"];
const TESTS = "deployment with the CDK, and records through what was deployed";
const ARRIVAL_MS = 240_000;

const programs = await unlessMissing(async () => findMinistack(TESTS));
const offer = programs === undefined ? undefined : await unlessMissing(() => findOpenSearch(TESTS));

describe.skipIf(offer === undefined)("the stacks, on ministack, with OpenSearch's own server", () => {
  let folder: string;
  let aws: Ministack;
  let server: OpenSearchServer;
  let home: EmulatorClient;
  let search: OpenSearchClient;
  let deployed: Outcome;
  let orders: string;

  beforeAll(async () => {
    mkdirSync(RUNS, { recursive: true });
    folder = mkdtempSync(resolve(RUNS, "rehearsal-"));
    [aws, server] = await Promise.all([Ministack.start(programs ?? ""), offer?.start() as Promise<OpenSearchServer>]);
    home = new EmulatorClient(aws.url, REGION);
    search = new OpenSearchClient(server.url);
    for (const [stage, config] of [
      ["stream", streamConfig(server.url)],
      ["direct", directConfig(server.url)],
    ] as const) {
      writeFileSync(configOf(stage), JSON.stringify(config));
      runBuild(configOf(stage), distOf(stage));
    }
    const environments = REGIONS.map((region) => `aws://${ACCOUNT}/${region}`);
    // In a folder without cdk.json, whose entry it would run.
    const options = { cwd: folder, env: aws.environment };
    const bootstrap = await runTool("cdk", ["bootstrap", ...environments, "--no-notices"], options);
    expect(bootstrap, bootstrap.output).toMatchObject({ exitCode: 0 });
    ({ QueueUrl: orders } = await home.call<{ QueueUrl: string }>("sqs", "CreateQueue", {
      QueueName: "rehearsal-orders",
    }));
    deployed = await deploy("stream", "--all");
    // The user's own, there before Belfry subscribes to it.
    await home.call("logs", "CreateLogGroup", { logGroupName: "/rehearsal/direct" });
    await deploy("direct", "direct-belfry-Ingest", "direct-belfry-Search");
  });

  afterAll(async () => {
    await Promise.all([aws?.stop(), server?.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  function configOf(stage: string): string {
    return resolve(folder, `${stage}.json`);
  }

  // Source maps have paths relative to their folder, so bundles are the same bytes only where `npm run deploy:cdk` makes them too.
  function distOf(stage: string): string {
    return stage === "stream" ? resolve(ROOT, "dist") : resolve(folder, stage);
  }

  function entryOf(stage: string): string[] {
    return ["--app", "node test/e2e/support/rehearsal-app.ts", "--output", resolve(folder, `${stage}.out`)];
  }

  async function cdk(stage: string, ...args: string[]): Promise<Outcome> {
    const env = {
      ...aws.environment,
      AWS_REGION: REGION,
      BELFRY_CONFIG: configOf(stage),
      BELFRY_STAGE: stage,
      BELFRY_DIST: distOf(stage),
    };
    const outcome = await runTool("cdk", [...args, ...entryOf(stage), "--no-notices"], { cwd: ROOT, env });
    expect(outcome, `cdk ${args.join(" ")}:\n${outcome.output}`).toMatchObject({ exitCode: 0 });
    return outcome;
  }

  const deploy = (stage: string, ...stacks: string[]): Promise<Outcome> =>
    cdk(stage, "deploy", ...stacks, "--require-approval", "never", "--concurrency", "4");

  test("every stack was made, less what the emulator does not know", () => {
    expect(leftOut(deployed.output)).toEqual(NOT_EMULATED);
  });

  test("the deployed function sets OpenSearch up", async () => {
    await home.invoke("belfry-stream-search-setup", {});
    const { status } = await search.call("GET", "/_index_template/belfry-app.json");
    expect(status).toBe(200);
  });

  test(`${RECORDS} records by each road are in OpenSearch and in the archive, each once, under one id`, async () => {
    const nowMs = Date.now();
    const load = streamLoad(REGION, nowMs);
    await Promise.all([sendToStream(load.payloads), putObjects(), writeLogs(nowMs)]);
    await expect
      .poll(() => search.count(), { timeout: ARRIVAL_MS, interval: 2000 })
      .toBeGreaterThanOrEqual(3 * RECORDS);

    const found = await search.allIds();
    expect(found).toHaveLength(3 * RECORDS);
    const archived = new Map<string, string>();
    for (const stage of ["stream", "direct"]) {
      for (const document of await home.jsonLines(`belfry-${stage}-archive-${ACCOUNT}-${REGION}`, "logs/")) {
        const { belfry, app } = document as { belfry: { id: string }; app: { mark: string } };
        archived.set(belfry.id, app.mark);
      }
    }
    expect(new Set(found)).toEqual(new Set(archived.keys()));
    expect([...archived.values()].sort()).toEqual([...marks("stream"), ...marks("object"), ...marks("direct")].sort());
    expect([...load.ids].every(([mark, id]) => archived.get(id) === mark)).toBe(true);
  });

  // The emulator's EventBridge does not deliver to Firehose, so what stores the events in the archive's bucket is tested by its template alone.
  test("an event on the bus gets to the target of a rule of the user's own", async () => {
    const Entries = [
      { EventBusName: "belfry-stream-events", Source: "shop.orders", DetailType: "Order Taken", Detail: '{"order":7}' },
    ];
    expect(await home.call("events", "PutEvents", { Entries })).toMatchObject({ FailedEntryCount: 0 });
    const received = async (): Promise<unknown[]> => {
      const { Messages = [] } = await home.call<{ Messages?: { Body: string }[] }>("sqs", "ReceiveMessage", {
        QueueUrl: orders,
      });
      return Messages.map(({ Body }) => JSON.parse(Body));
    };
    await expect
      .poll(received, { timeout: ARRIVAL_MS, interval: 1000 })
      .toEqual([expect.objectContaining({ source: "shop.orders", detail: { order: 7 } })]);
  });

  test("a second deployment, by `npm run deploy:cdk`, changes nothing", async () => {
    const args = ["deploy", "cdk", "--stage", "stream", "--config", configOf("stream"), "--require-approval", "never"];
    const options = { cwd: ROOT, env: { ...aws.environment, AWS_REGION: REGION } };
    const outcome = await runTool("node", ["scripts/deploy.ts", ...args, ...entryOf("stream")], options);
    const { output } = outcome;
    expect(outcome, output).toMatchObject({ exitCode: 0 });
    expect(output).toContain(`deploy of stage stream in account ${ACCOUNT} with cdk`);
    const stacks = [...output.matchAll(/^\s*✅ +(\S+)(.*)$/gm)];
    expect(stacks.length).toBeGreaterThan(5);
    expect(stacks.filter(([, , what]) => !what.includes("no changes"))).toEqual([]);
  });

  test("an account's name, one line of the configuration, is a difference of what reads it alone", async () => {
    const config = { ...streamConfig(server.url), accounts: { "444455556666": { name: "shop" } } };
    writeFileSync(configOf("stream"), JSON.stringify(config));
    runBuild(configOf("stream"), distOf("stream"));
    const { output } = await cdk("stream", "diff", "--all", "--method", "template");
    const changed = [...output.matchAll(/^\[([-~+])\] (\S+) (\S+)/gm)].map(
      ([, sign, type, place]) => `${sign} ${type} ${place}`,
    );
    expect(changed.sort()).toEqual([
      "~ AWS::CloudWatch::Dashboard SourcesDashboard",
      ...["AlarmAction", "AlertIntake", "AlertRespond", "AlertSend", "AlertTimer", "HealthBackFill"].map(
        (name) => `~ AWS::Lambda::Function ${name}/Function`,
      ),
      "~ AWS::Lambda::Function IngestKinesis/Function",
      "~ AWS::Lambda::Function IngestS3Object/Function",
    ]);
  });

  test("a removal leaves what the removal policies keep, and nothing else", async () => {
    const kept = retainedNames(resolve(folder, "stream.out"));
    await cdk("stream", "destroy", "--all", "--force");
    const ours = (names: readonly string[]): string[] =>
      names.filter((name) => name.startsWith("belfry-stream-")).sort();
    const { StreamNames } = await home.call<{ StreamNames: string[] }>("kinesis", "ListStreams", {});
    const { TableNames } = await home.call<{ TableNames: string[] }>("dynamodb", "ListTables", {});
    const { QueueUrls } = await home.call<{ QueueUrls: string[] }>("sqs", "ListQueues", {});
    const { logGroups } = await home.call<{ logGroups: { logGroupName: string }[] }>("logs", "DescribeLogGroups", {});
    expect({
      "AWS::Kinesis::Stream": ours(StreamNames),
      "AWS::DynamoDB::Table": ours(TableNames),
      "AWS::SQS::Queue": ours(QueueUrls.map((url) => url.slice(url.lastIndexOf("/") + 1))),
      "AWS::S3::Bucket": ours(await home.buckets()),
    }).toEqual({
      ...kept,
      "AWS::S3::Bucket": ["archive", "failures"].map((what) => `belfry-stream-${what}-${ACCOUNT}-${REGION}`),
    });
    expect(ours(await home.functions())).toEqual([]);
    expect(logGroups.filter(({ logGroupName }) => logGroupName.startsWith("/belfry/stream/"))).toEqual([]);
  });

  async function sendToStream(payloads: readonly Buffer[]): Promise<void> {
    for (const payload of payloads) {
      const Records = [{ Data: payload.toString("base64"), PartitionKey: "1" }];
      expect(await home.call("kinesis", "PutRecords", { StreamName: "belfry-stream-logs", Records })).toMatchObject({
        FailedRecordCount: 0,
      });
    }
  }

  async function putObjects(): Promise<void> {
    await home.putBucket("rehearsal-objects");
    await home.notifyQueue("rehearsal-objects", `arn:aws:sqs:${REGION}:${ACCOUNT}:belfry-stream-objects`);
    for (const [key, body] of objectLoad()) await home.putObject("rehearsal-objects", key, body);
  }

  async function writeLogs(nowMs: number): Promise<void> {
    const place = { logGroupName: "/rehearsal/direct", logStreamName: "host-1" };
    await home.call("logs", "CreateLogStream", place);
    for (const logEvents of logLoad(nowMs)) await home.call("logs", "PutLogEvents", { ...place, logEvents });
  }
});

/** What the entry says it has left out. */
function leftOut(output: string): string[] {
  return /^left out: (.*)$/m.exec(output)?.[1].split(", ") ?? [];
}

/** Names of what the templates of the home region keep when a stack is removed, by type; without buckets, whose names are made of references, and the key, which has none. */
function retainedNames(outdir: string): Record<string, string[]> {
  const names: Record<string, string[]> = {};
  for (const file of globSync("*.template.json", { cwd: outdir })) {
    const { Resources } = JSON.parse(readFileSync(resolve(outdir, file), "utf8")) as {
      Resources: Record<string, { Type: string; DeletionPolicy?: string; Properties?: Record<string, unknown> }>;
    };
    if (/us-(east-1|west-2)/.test(file)) continue;
    for (const { Type, DeletionPolicy, Properties = {} } of Object.values(Resources)) {
      if (!DeletionPolicy?.startsWith("Retain") || Type === "AWS::S3::Bucket" || Type === "AWS::KMS::Key") continue;
      names[Type] = [
        ...(names[Type] ?? []),
        String(Properties.Name ?? Properties.TableName ?? Properties.QueueName),
      ].sort();
    }
  }
  return names;
}
