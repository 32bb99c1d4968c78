import { parseConfig } from "@belfry/core/config/load";
import { expect, it } from "vitest";

type Deploy = Record<string, unknown>;
const QUEUE = "arn:aws:sqs:eu-west-1:111122223333:orders";
const VPC = "vpc-0123456789abcdef0";
const rule = (targets: string[]) => ({ name: "orders", pattern: { source: ["shop"] }, targets });

/** What is wrong, a line each, without `deploy.` before the place. */
function problemsOf(deploy: Deploy, others: object = {}): string[] {
  try {
    parseConfig({ ...others, deploy: { region: "eu-west-1", ...deploy } }, "test");
  } catch (error) {
    return (error as Error).message.split("\n  deploy.").slice(1);
  }
  return [];
}

it.each<[string, Deploy, string]>([
  [
    "regions without a stream",
    { regions: ["us-east-1"], ingest: { buffer: "none" } },
    "ingest.buffer: none, but other accounts or regions can only send to a stream: take provisioned or on-demand",
  ],
  ["a region twice", { regions: ["us-east-1", "us-east-1"] }, "regions[1]: us-east-1 stands here twice"],
  [
    "consumers of no stream",
    { consumers: { fanOut: ["analytics"] } },
    "consumers: there is no stream that they could read: set deploy.ingest.buffer to provisioned or on-demand",
  ],
  [
    "consumers that cannot decrypt",
    { ingest: { buffer: "on-demand" }, consumers: { accounts: ["222233334444"] } },
    "consumers.accounts: they cannot decrypt a stream that AWS's own key encrypts: set deploy.encryption to customer",
  ],
  [
    "records that may be older than what the stream keeps",
    { ingest: { buffer: "on-demand", streamRetentionHours: 24, maxRecordAgeSeconds: 100_000 } },
    "ingest.maxRecordAgeSeconds: 100000 is more than the stream keeps: streamRetentionHours is 24, which is 86400 seconds",
  ],
  [
    "a subscription to named log groups that names none",
    { ingest: { subscribe: "log-groups" } },
    "ingest.logGroups: names no log group to subscribe; to subscribe none, set subscribe to none",
  ],
  [
    "named log groups that nothing subscribes",
    { ingest: { logGroups: ["/app"] } },
    "ingest.logGroups: is not looked at while subscribe is account: set that to log-groups",
  ],
  [
    "log groups for a function that is not there",
    { ingest: { process: { logGroups: ["/app"] } } },
    "ingest.process: there is no function for it: name its module in process.entry",
  ],
  [
    "a move of objects that are deleted by then",
    { archive: { infrequentAfterDays: 90, expireAfterDays: 90 } },
    "archive.infrequentAfterDays: 90 is not before expireAfterDays, 90: S3 refuses to move what it deletes",
  ],
  [
    "an alarm that would always be on",
    { archive: { bufferSeconds: 900 }, observe: { alarms: { freshnessSeconds: 900 } } },
    "observe.alarms.freshnessSeconds: 900 is not above archive.bufferSeconds, 900, for which Firehose holds records anyway",
  ],
  [
    "a filter pattern that CloudWatch Logs refuses",
    { archive: { direct: { filterPattern: "[a, b" } } },
    "archive.direct.filterPattern: filter pattern is not valid: expected , or ] (column 6)",
  ],
  [
    "sources in a region that is not taken in",
    { logSources: { flowLogs: { vpcs: { "eu-central-1": [VPC] } } } },
    "logSources.flowLogs.vpcs.eu-central-1: nothing is taken in from eu-central-1: add it to deploy.regions",
  ],
  [
    "queries of hosted zones without their region",
    { logSources: { hostedZones: [{ id: "Z0123456789ABCDEFGHIJ", name: "example.com" }] } },
    "logSources.hostedZones: nothing is taken in from us-east-1: add it to deploy.regions",
  ],
  [
    "a target in another region",
    { region: "us-east-1", events: { rules: [rule([QUEUE])] } },
    "events.rules[0].targets[0]: a rule reaches targets of its own region alone: us-east-1, not eu-west-1",
  ],
  [
    "members without anything to send to",
    { organization: { id: "o-a1b2c3d4e5", units: ["r-ab12"] } },
    "organization.units: members have nothing to send to: take the profile `organization`, or name further regions",
  ],
  [
    "an export of nothing",
    { export: { enabled: true } },
    "export.logGroups: the export is on and has no log group: name some, * for all",
  ],
  [
    "a shipped rule that there is not, with the nearest",
    { events: { shipped: { "rds-failre": true } } },
    'events.shipped.rds-failre: unknown key; did you mean "rds-failure"?',
  ],
  ["an account as a number", { account: 111122223333 }, "account: an account id stands in quotes, got 111122223333"],
  [
    "the event log of Windows without Windows",
    { agent: { eventLogs: [{ channel: "System", logGroup: "/hosts" }] } },
    "agent.eventLogs: the agent is not on for windows",
  ],
])("names %s", (_, deploy, problem) => {
  expect(problemsOf(deploy)).toEqual([problem]);
});

it("names days that CloudWatch Logs does not take", () => {
  expect(problemsOf({ logRetentionDays: 31 })).toEqual([
    expect.stringMatching(/^logRetentionDays: expected one of 1, 3, 5, .* 3653, got 31$/),
  ]);
});

it("names a function that is to read a stream which is not there", () => {
  const problem = "ingest.process.fromStream: there is no stream: set deploy.ingest.buffer to provisioned or on-demand";
  expect(problemsOf({ ingest: { process: { fromStream: true } } }, { process: { entry: "./own.ts" } })).toEqual([
    problem,
  ]);
});

it("takes the parts that fit", () => {
  const deploy = {
    encryption: "customer",
    ingest: { buffer: "on-demand", subscribe: "log-groups", logGroups: ["/app"] },
    consumers: { accounts: ["222233334444"] },
    events: { rules: [rule([QUEUE])] },
    archive: { infrequentAfterDays: 30 },
    logSources: { flowLogs: { vpcs: { "eu-west-1": [VPC] } } },
  };
  expect(problemsOf(deploy)).toEqual([]);
});
