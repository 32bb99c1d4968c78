import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Match, type Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import type { ConfigInput } from "../../packages/core/src/config/schema.ts";
import { API_GATEWAY_FORMAT, FLOW_LOG_FORMAT } from "../../stacks/log-formats.ts";
import { parsed } from "../support/parse.ts";
import { MINIMAL, ORGANIZATION, synthesize } from "./support/synth.ts";

const VPC = "vpc-0123456789abcdef0";
const withSources = (logSources: object, base: ConfigInput = ORGANIZATION): ConfigInput => ({
  deploy: { ...base.deploy, logSources },
});
const templateOf = (logSources: object, region = "eu-west-1", base?: ConfigInput) =>
  synthesize(withSources(logSources, base)).template(`LogSources-${region}`);

/** The names of log groups that a region's subscription leaves out. */
function excludedIn(template: Template): string[] {
  const [policy] = Object.values(template.findResources("AWS::Logs::AccountPolicy"));
  return JSON.parse(String(policy?.Properties.SelectionCriteria).replace("LogGroupName NOT IN ", ""));
}

describe("log sources", () => {
  it("are none by default", () => {
    expect([...synthesize(ORGANIZATION).templates.keys()].filter((name) => /^LogSources/.test(name))).toEqual([]);
  });

  it("are refused in a region from which nothing is taken in", () => {
    expect(() => synthesize(withSources({ flowLogs: { vpcs: { "ap-south-1": [VPC] } } }))).toThrow(
      /ap-south-1.*add it to deploy.regions/,
    );
    const hostedZones = [{ id: "Z0123456789", name: "example.com" }];
    expect(() => synthesize(withSources({ hostedZones }, MINIMAL))).toThrow(/us-east-1/);
  });

  it("are taken in: their log groups are not among those that the subscription leaves out", () => {
    const synthesized = synthesize(withSources({ flowLogs: { vpcs: { "eu-west-1": [VPC] } }, trail: "account" }));
    const groups = Object.values(synthesized.template("LogSources-eu-west-1").findResources("AWS::Logs::LogGroup"));
    const excluded = excludedIn(synthesized.template("Edge-eu-west-1"));
    expect(groups).toHaveLength(2);
    for (const { Properties } of groups) expect(excluded).not.toContain(Properties.LogGroupName);
  });
});

describe("VPC flow logs", () => {
  it("go to a log group by a role for flow logs of this account, all fields in AWS's order", () => {
    const template = templateOf({ flowLogs: { vpcs: { "us-east-1": [VPC] }, traffic: "REJECT" } }, "us-east-1");
    template.hasResourceProperties("AWS::EC2::FlowLog", {
      ResourceId: VPC,
      ResourceType: "VPC",
      TrafficType: "REJECT",
      LogDestinationType: "cloud-watch-logs",
      LogFormat: FLOW_LOG_FORMAT,
      MaxAggregationInterval: 600,
    });
    template.hasResourceProperties("AWS::IAM::Role", {
      AssumeRolePolicyDocument: Match.objectLike({
        Statement: [
          Match.objectLike({
            Principal: { Service: "vpc-flow-logs.amazonaws.com" },
            Condition: Match.objectLike({ StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } }),
          }),
        ],
      }),
    });
  });

  it("go to a bucket where one is named", () => {
    const template = templateOf({ flowLogs: { vpcs: { "eu-west-1": [VPC] }, bucket: "flows" } });
    template.hasResourceProperties("AWS::EC2::FlowLog", {
      LogDestinationType: "s3",
      LogDestination: { "Fn::Join": ["", ["arn:", { Ref: "AWS::Partition" }, ":s3:::flows"]] },
    });
    template.resourceCountIs("AWS::IAM::Role", 0);
  });

  it("are parsed without a rule of the configuration", () => {
    const values: Record<string, string> = {
      version: "5",
      "account-id": "123456789012",
      "interface-id": "eni-0123456789abcdef0",
      srcaddr: "10.0.0.1",
      dstaddr: "203.0.113.5",
      srcport: "44321",
      dstport: "443",
      protocol: "6",
      packets: "10",
      bytes: "840",
      start: "1795316400",
      end: "1795316460",
      action: "ACCEPT",
      "log-status": "OK",
      "vpc-id": VPC,
      "tcp-flags": "3",
      type: "IPv4",
      "pkt-srcaddr": "10.0.0.1",
      "pkt-dstaddr": "203.0.113.5",
      "flow-direction": "egress",
      "traffic-path": "8",
    };
    const line = FLOW_LOG_FORMAT.replaceAll(/\$\{([^}]+)\}/g, (_, field: string) => values[field] ?? "-");
    expect(parsed(line, { resource: { logGroup: "/aws/vpc/flow-logs/belfry-test-sources" } })).toMatchObject({
      event: { dataset: "aws.vpcflow" },
      source: { ip: "10.0.0.1" },
      destination: { port: 443 },
      network: { direction: "egress" },
    });
  });
});

describe("DNS queries", () => {
  it("of VPCs go to a log group that the delivery of logs may write to", () => {
    const template = templateOf({ resolverQueries: { vpcs: { "eu-west-1": [VPC] } } });
    template.hasResourceProperties("AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation", { ResourceId: VPC });
    template.hasResourceProperties("AWS::Logs::ResourcePolicy", {
      PolicyDocument: { "Fn::Join": ["", Match.arrayWith([Match.stringLikeRegexp("delivery.logs.amazonaws.com")])] },
    });
  });

  it("of public hosted zones go to log groups in us-east-1, and the command that switches them on is an output", () => {
    const hostedZones = [{ id: "Z0123456789", name: "example.com" }];
    const template = templateOf({ hostedZones }, "us-east-1");
    template.hasResourceProperties("AWS::Logs::LogGroup", { LogGroupName: "/aws/route53/example.com" });
    expect(JSON.stringify(template.findOutputs("*"))).toContain(
      "create-query-logging-config --hosted-zone-id Z0123456789",
    );
    expect(JSON.stringify(template)).toContain("route53.amazonaws.com");
  });
});

describe("a trail", () => {
  it("has the management events of all regions, and none of its own writing", () => {
    const template = templateOf({ trail: "account" });
    template.hasResourceProperties("AWS::CloudTrail::Trail", {
      TrailName: "belfry-test-trail",
      IsLogging: true,
      IsMultiRegionTrail: true,
      IsOrganizationTrail: false,
      EnableLogFileValidation: true,
      EventSelectors: Match.absent(),
      AdvancedEventSelectors: Match.absent(),
    });
    template.hasResourceProperties("AWS::Logs::LogGroup", { LogGroupName: "/aws/cloudtrail/belfry-test-sources" });
  });

  it.each([
    ["account", { "aws:SourceAccount": { Ref: "AWS::AccountId" } }, "AWSLogs/"],
    ["organization", { "aws:SourceOrgID": "o-a1b2c3d4e5" }, "AWSLogs/o-a1b2c3d4e5/*"],
  ])("of the %s is written by CloudTrail on its behalf alone", (trail, condition, path) => {
    const synthesized = synthesize(withSources({ trail }));
    const template = synthesized.template("LogSources-eu-west-1");
    template.hasResourceProperties("AWS::S3::BucketPolicy", {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({ Action: "s3:GetBucketAcl", Condition: Match.objectLike({ StringEquals: condition }) }),
        ]),
      }),
    });
    expect(JSON.stringify(template)).toContain(path);
    expect(JSON.stringify(synthesized.template("Foundation"))).toContain("cloudtrail.amazonaws.com");
  });

  it.each(["account", "organization"])(
    "of the %s has a role without a condition, which CloudTrail could not fulfil",
    (trail) => {
      const [role] = Object.values(
        templateOf({ trail }).findResources("AWS::IAM::Role", {
          Properties: { RoleName: "belfry-test-trail-eu-west-1" },
        }),
      );
      expect(role?.Properties.AssumeRolePolicyDocument.Statement).toEqual([
        { Effect: "Allow", Principal: { Service: "cloudtrail.amazonaws.com" }, Action: "sts:AssumeRole" },
      ]);
    },
  );
});

describe("API Gateway", () => {
  it("has a role for its logs in every region that is taken in", () => {
    const synthesized = synthesize(withSources({ apiGateway: true }));
    for (const region of ["eu-west-1", "us-east-1"]) {
      const template = synthesized.template(`LogSources-${region}`);
      template.resourceCountIs("AWS::ApiGateway::Account", 1);
      template.hasResourceProperties("AWS::IAM::Role", {
        AssumeRolePolicyDocument: {
          Statement: [
            { Effect: "Allow", Principal: { Service: "apigateway.amazonaws.com" }, Action: "sts:AssumeRole" },
          ],
        },
      });
    }
  });

  it("writes access logs that are parsed as JSON", () => {
    const line = API_GATEWAY_FORMAT.replaceAll(/\$context\.[\w.]+/g, "7");
    expect(parsed(line)).toMatchObject({ event: { dataset: "app.json" }, app: { status: "7", sourceIp: "7" } });
  });
});

it("the formats stand in the documentation as they are", () => {
  const page = readFileSync(resolve(import.meta.dirname, "../../docs/log-sources.md"), "utf8");
  expect(page).toContain(FLOW_LOG_FORMAT);
  expect(page).toContain(API_GATEWAY_FORMAT);
});
