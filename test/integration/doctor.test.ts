import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Answer, type Call, type FakeAccount, fakeAccount } from "../support/fake-account.ts";
import { policyOfPage } from "../support/policy-of-page.ts";
import { runDoctor } from "../support/run-doctor.ts";

const ACCOUNT = "111122223333";
const ORGANIZATION = "o-a1b2c3d4e5";
const THEIR_STREAM = `arn:aws:firehose:eu-west-1:${ACCOUNT}:deliverystream/theirs`;

/** The configuration that raises every question. */
const CONFIG = {
  deploy: {
    profile: "organization",
    region: "eu-west-1",
    regions: ["us-east-1"],
    globalEvents: false,
    organization: { id: ORGANIZATION, units: ["ou-ab12-c3d4e5f6"] },
    ingest: { buffer: "provisioned", shards: 4 },
  },
};

const identity = {
  xml: `<Arn>arn:aws:sts::${ACCOUNT}:assumed-role/deployer/ann</Arn><Account>${ACCOUNT}</Account><UserId>u</UserId>`,
};

/** An account with something in the way, and lists of two pages. */
const ESTATE: Readonly<Record<string, (input: Call["input"], region: string) => Answer>> = {
  "sts:GetCallerIdentity": () => identity,
  "cloudformation:DescribeStacks": ({ StackName }, region) =>
    StackName === "CDKToolkit"
      ? { xml: stackXml("CDKToolkit", "BootstrapVersion", region === "eu-west-1" ? "33" : "5") }
      : { error: "ValidationError", message: `Stack with id ${StackName} does not exist` },
  "cloudformation:ListStacks": ({ NextToken }) => ({
    xml:
      NextToken === undefined
        ? `<StackSummaries>${summaryXml("Foundation", "CREATE_COMPLETE")}</StackSummaries><NextToken>2</NextToken>`
        : `<StackSummaries>${summaryXml("Ingest", "ROLLBACK_COMPLETE")}${summaryXml("Ingest", "DELETE_COMPLETE")}</StackSummaries>`,
  }),
  "logs:DescribeAccountPolicies": (_, region) => {
    const theirs = { policyName: "theirs", policyDocument: JSON.stringify({ DestinationArn: THEIR_STREAM }) };
    return { accountPolicies: region === "eu-west-1" ? [theirs] : [] };
  },
  "logs:DescribeLogGroups": ({ nextToken }) =>
    nextToken === undefined
      ? { logGroups: [{ logGroupName: "/a", logGroupClass: "STANDARD" }], nextToken: "2" }
      : { logGroups: [{ logGroupName: "/rare", logGroupClass: "INFREQUENT_ACCESS" }] },
  "logs:DescribeSubscriptionFilters": () => ({ subscriptionFilters: [] }),
  "logs:DescribeResourcePolicies": () => ({ resourcePolicies: [{ policyName: "route53" }] }),
  "logs:DescribeExportTasks": ({ statusCode }) => ({
    exportTasks: statusCode === "RUNNING" ? [{ logGroupName: "/a", destination: "theirs" }] : [],
  }),
  "servicequotas:GetServiceQuota": ({ ServiceCode }) =>
    ServiceCode === "lambda" ? { Quota: { Value: 10 } } : { error: "NoSuchResourceException" },
  "servicequotas:GetAWSDefaultServiceQuota": () => ({ Quota: { Value: 5000 } }),
  "kinesis:DescribeLimits": () => ({
    ShardLimit: 500,
    OpenShardCount: 3,
    OnDemandStreamCount: 0,
    OnDemandStreamCountLimit: 50,
  }),
  "firehose:ListDeliveryStreams": ({ ExclusiveStartDeliveryStreamName: after }) =>
    after === undefined
      ? { DeliveryStreamNames: ["a"], HasMoreDeliveryStreams: true }
      : { DeliveryStreamNames: ["b"], HasMoreDeliveryStreams: false },
  "health:DescribeEvents": () => ({ error: "SubscriptionRequiredException" }),
  "organizations:DescribeOrganization": () => ({
    Organization: { Id: ORGANIZATION, MasterAccountId: "999999999999" },
  }),
  "organizations:ListDelegatedAdministrators": ({ NextToken }) =>
    NextToken === undefined
      ? { DelegatedAdministrators: [], NextToken: "2" }
      : { DelegatedAdministrators: [{ Id: ACCOUNT }] },
  "organizations:ListAWSServiceAccessForOrganization": () => ({
    EnabledServicePrincipals: [{ ServicePrincipal: "member.org.stacksets.cloudformation.amazonaws.com" }],
  }),
};

function estate({ action, input, region }: Call): Answer | undefined {
  return ESTATE[action]?.(input, region);
}

function stackXml(name: string, key: string, value: string): string {
  const output = `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`;
  return `<Stacks><member><StackName>${name}</StackName><Outputs>${output}</Outputs></member></Stacks>`;
}

function summaryXml(name: string, status: string): string {
  return `<member><StackName>prod-belfry-${name}</StackName><StackStatus>${status}</StackStatus><TemplateDescription>Belfry: it</TemplateDescription></member>`;
}

let folder: string;
let config: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "belfry-doctor-"));
  config = path.join(folder, "belfry.config.json");
  await writeFile(config, JSON.stringify(CONFIG));
});
afterAll(() => rm(folder, { recursive: true }));

let aws: FakeAccount | undefined;
afterEach(() => aws?.close());

async function examine(answer: (call: Call) => Answer | undefined, ...args: string[]) {
  aws = await fakeAccount(answer);
  return runDoctor(aws.url, ["--stage", "prod", "--config", config, ...args]);
}

describe("belfry doctor", () => {
  it("says what is in the way, in each region, and ends with 1", async () => {
    const { code, findings, err } = await examine(estate);
    expect({ code, err }).toEqual({ code: 1, err: "" });
    const said = (wanted: string) =>
      findings.filter(({ status }) => status === wanted).map(({ id, region = "-", what }) => `${id} ${region} ${what}`);
    expect(said("problem")).toEqual([
      "cdk-bootstrap us-east-1 CDKToolkit is of version 5, the CDK needs 6",
      "stacks eu-west-1 prod-belfry-Ingest is in state ROLLBACK_COMPLETE",
      "stacks us-east-1 prod-belfry-Ingest is in state ROLLBACK_COMPLETE",
      `account-policy eu-west-1 the account-level subscription policy theirs sends to ${THEIR_STREAM}`,
    ]);
    expect(said("warning")).toEqual([
      "log-group-class eu-west-1 1 of 2 log groups take no subscription: /rare (INFREQUENT_ACCESS)",
      "log-group-class us-east-1 1 of 2 log groups take no subscription: /rare (INFREQUENT_ACCESS)",
      "export-task eu-west-1 an export task runs: /a to theirs",
      "export-task us-east-1 an export task runs: /a to theirs",
      "lambda-concurrency eu-west-1 10 concurrent executions, shared by all functions; Belfry takes up to 18",
      "health-organization - AWS Health's organizational view is off: members' events come by the collector's rules",
    ]);
    expect(said("unknown")).toEqual([]);
    expect(said("ok")).toContain("stacksets - a delegated administrator for StackSets");
    expect(said("ok")).toContain("delivery-streams eu-west-1 2 of 5000 delivery streams are used; Belfry needs 1");
  });

  it("calls just what the policy of its page allows", async () => {
    await examine(estate);
    const called = new Set(aws?.calls.map(({ action }) => action));
    expect([...called].sort()).toEqual(await policyOfPage("docs/doctor.md"));
  });

  it("names the missing action of every check that is not allowed, and ends with 0", async () => {
    const denied = ({ action }: Call) =>
      action === "sts:GetCallerIdentity"
        ? identity
        : { error: action.startsWith("cloud") ? "AccessDenied" : "AccessDeniedException" };
    const { code, findings, err } = await examine(denied);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const unknown = findings.filter(({ status }) => status === "unknown");
    const named = unknown.map(({ what }) => /[a-z]+:[A-Z]\w+/.exec(what)?.[0]);
    const first = new Set(
      aws?.calls.map(({ action }) => action).filter((action) => action !== "sts:GetCallerIdentity"),
    );
    expect([...new Set(named)].sort()).toEqual([...first].sort());
    expect(unknown.length).toBeGreaterThan(20);
  });

  it("does not look into a region that is not enabled", async () => {
    const closed = (call: Call) =>
      call.region === "us-east-1" && call.action.startsWith("sts:") ? { error: "InvalidClientTokenId" } : estate(call);
    const { findings } = await examine(closed);
    expect(findings.filter(({ region }) => region === "us-east-1")).toMatchObject([
      { id: "region", status: "problem", what: "the region is not enabled in this account (InvalidClientTokenId)" },
    ]);
  });

  it("survives services that an emulator lacks", async () => {
    const { code, findings } = await examine(({ action }) => (action.startsWith("sts:") ? identity : undefined));
    expect(code).toBe(0);
    expect(findings.some(({ status }) => status === "unknown")).toBe(true);
  });

  it("says plainly that there are no credentials, and ends with 2", async () => {
    aws = await fakeAccount(estate);
    const { code, err } = await runDoctor(aws.url, ["--config", config], {});
    expect(code).toBe(2);
    expect(err).toMatch(
      /^belfry: there are no AWS credentials: set AWS_PROFILE, or run aws sso login; .*docs\/doctor\.md/,
    );
    expect(aws.calls).toEqual([]);
  });

  it("says that AWS refuses the credentials, and ends with 2", async () => {
    const { code, err } = await examine(() => ({ error: "ExpiredToken" }));
    expect(code).toBe(2);
    expect(err).toMatch(/^belfry: AWS refuses the credentials in eu-west-1: they may have expired/);
  });

  it("says that AWS does not answer, and ends with 3", async () => {
    const { code, err } = await runDoctor("http://127.0.0.1:1", ["--config", config]);
    expect(code).toBe(3);
    expect(err).toMatch(/^belfry: AWS does not answer in eu-west-1: ECONNREFUSED/);
  });
});
