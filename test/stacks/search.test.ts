import { Match, type Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import type { ConfigInput } from "../../packages/core/src/config/schema.ts";
import { MINIMAL, ORGANIZATION, synthesize } from "./support/synth.ts";

type Deploy = NonNullable<ConfigInput["deploy"]>;

const withSearch = (search: Deploy["search"], more: Deploy = {}): ConfigInput => ({
  deploy: { region: "eu-west-1", ...more, search },
});

/** The text of a policy in a template, with its tokens by their names. */
function policyOf(template: Template, type: string, id: string): unknown {
  const found = Object.entries(template.findResources(type)).filter(([logicalId]) => logicalId.startsWith(id));
  expect(found).toHaveLength(1);
  const { Policy } = (found[0][1] as { Properties: { Policy: unknown } }).Properties;
  const parts = typeof Policy === "string" ? [Policy] : (Policy as { "Fn::Join": [string, unknown[]] })["Fn::Join"][1];
  return JSON.parse(parts.map((part) => (typeof part === "string" ? part : Object.values(part as object)[0])).join(""));
}

/** What a function or a stream may do, by the id of its role. */
function statementsOf(template: Template, roleName: string): { Action: string | string[]; Resource: unknown }[] {
  const roles = Object.values(template.findResources("AWS::IAM::Role", { Properties: { RoleName: roleName } }));
  expect(roles).toHaveLength(1);
  const { Policies } = (roles[0] as { Properties: { Policies: { PolicyDocument: { Statement: [] } }[] } }).Properties;
  return Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

const actionsOf = (template: Template, role: string): string[] =>
  statementsOf(template, role)
    .flatMap(({ Action }) => Action)
    .filter((action) => /^(?:es|aoss):/.test(action))
    .toSorted();

const SET_UP = "belfry-test-search-setup-eu-west-1";

it("makes no stack where nothing is to be searched", () => {
  expect([...synthesize(MINIMAL).templates.keys()]).not.toContain("Search");
});

describe("a serverless collection", () => {
  const template = synthesize(
    withSearch({ type: "serverless", maxOcu: 4, readers: ["arn:aws:iam::111122223333:role/people"] }),
  ).template("Search");

  it("is of the type that takes ids, in a group that bounds its costs and may sleep", () => {
    template.hasResourceProperties("AWS::OpenSearchServerless::CollectionGroup", {
      Name: "belfry-test-logs",
      Generation: "NEXTGEN",
      StandbyReplicas: "ENABLED",
      CapacityLimits: {
        MinIndexingCapacityInOcu: 0,
        MinSearchCapacityInOcu: 0,
        MaxIndexingCapacityInOcu: 4,
        MaxSearchCapacityInOcu: 4,
      },
    });
    template.hasResource("AWS::OpenSearchServerless::Collection", {
      Properties: {
        Name: "belfry-test-logs",
        Type: "SEARCH",
        CollectionGroupName: "belfry-test-logs",
        DeletionProtection: "ENABLED",
      },
      DeletionPolicy: "Retain",
      DependsOn: Match.arrayWith(["CollectionGroup", "EncryptionPolicy", "NetworkPolicy"]),
    });
    template.resourceCountIs("AWS::OpenSearchServerless::LifecyclePolicy", 0);
  });

  it("lets in the set-up, the writers and the readers, each to what it does", () => {
    expect(policyOf(template, "AWS::OpenSearchServerless::AccessPolicy", "DataPolicy")).toEqual([
      {
        Description: expect.any(String),
        Principal: [expect.stringContaining("role/belfry-test-search-setup-eu-west-1")],
        Rules: [
          {
            ResourceType: "collection",
            Resource: ["collection/belfry-test-logs"],
            Permission: ["aoss:CreateCollectionItems", "aoss:DescribeCollectionItems", "aoss:UpdateCollectionItems"],
          },
          {
            ResourceType: "index",
            Resource: ["index/belfry-test-logs/belfry-*"],
            Permission: ["aoss:DeleteIndex", "aoss:DescribeIndex"],
          },
        ],
      },
      {
        Description: expect.any(String),
        Principal: [expect.stringContaining("role/belfry-test-ingest-subscription-eu-west-1")],
        Rules: [
          {
            ResourceType: "index",
            Resource: ["index/belfry-test-logs/belfry-*"],
            Permission: ["aoss:CreateIndex", "aoss:DescribeIndex", "aoss:UpdateIndex", "aoss:WriteDocument"],
          },
        ],
      },
      {
        Description: expect.any(String),
        Principal: ["arn:aws:iam::111122223333:role/people"],
        Rules: [
          expect.objectContaining({ Permission: ["aoss:DescribeCollectionItems"] }),
          expect.objectContaining({ Permission: ["aoss:DescribeIndex", "aoss:ReadDocument"] }),
        ],
      },
    ]);
    expect(actionsOf(template, SET_UP)).toEqual(["aoss:APIAccessAll"]);
  });

  it("is set up by CloudFormation, which does not wait for an hour, and every day", () => {
    template.hasResource("Custom::BelfrySearchSetup", {
      Properties: {
        ServiceToken: { "Fn::GetAtt": [Match.stringLikeRegexp("SearchSetup"), "Arn"] },
        ServiceTimeout: "660",
        Code: Match.anyValue(),
        Retention: "{}",
      },
      DependsOn: Match.arrayWith(["DataPolicy"]),
    });
    template.hasResourceProperties("AWS::Lambda::Function", {
      FunctionName: "belfry-test-search-setup",
      Timeout: 600,
      Environment: {
        Variables: {
          BELFRY_SEARCH_SERVICE: "aoss",
          OPENSEARCH_URL: { "Fn::GetAtt": ["Collection", "CollectionEndpoint"] },
        },
      },
    });
    template.resourceCountIs("AWS::Scheduler::Schedule", 1);
  });

  it("is found by parameters with fixed names", () => {
    for (const [name, attribute] of [
      ["search-endpoint", "CollectionEndpoint"],
      ["search-arn", "Arn"],
    ]) {
      template.hasResourceProperties("AWS::SSM::Parameter", {
        Name: `/belfry/test/${name}`,
        Value: { "Fn::GetAtt": ["Collection", attribute] },
      });
    }
  });

  it("is encrypted with AWS's key or the customer's, and its Dashboards can be kept to VPCs", () => {
    expect(policyOf(template, "AWS::OpenSearchServerless::SecurityPolicy", "EncryptionPolicy")).toMatchObject({
      AWSOwnedKey: true,
    });
    const vpcEndpoints = ["vpce-0a1b2c3d4e5f67890"];
    const closed = synthesize(withSearch({ type: "serverless", vpcEndpoints }, { encryption: "customer" })).template(
      "Search",
    );
    expect(policyOf(closed, "AWS::OpenSearchServerless::SecurityPolicy", "EncryptionPolicy")).toMatchObject({
      AWSOwnedKey: false,
      KmsARN: expect.stringContaining("SsmParameterValue"),
    });
    expect(policyOf(closed, "AWS::OpenSearchServerless::SecurityPolicy", "NetworkPolicy")).toEqual([
      { Rules: [expect.objectContaining({ ResourceType: "collection" })], AllowFromPublic: true },
      {
        Rules: [expect.objectContaining({ ResourceType: "dashboard" })],
        AllowFromPublic: false,
        SourceVPCEs: vpcEndpoints,
      },
    ]);
  });
});

it("is an organization's choice by itself, written to by the function that reads the stream", () => {
  const template = synthesize(ORGANIZATION).template("Search");
  const policy = JSON.stringify(policyOf(template, "AWS::OpenSearchServerless::AccessPolicy", "DataPolicy"));
  expect(policy).toContain("role/belfry-test-ingest-kinesis-eu-west-1");
  expect(policy).not.toContain("ingest-subscription");
});

describe("a domain", () => {
  const readers = ["arn:aws:iam::111122223333:role/people"];
  const template = synthesize(
    withSearch(
      { type: "domain", readers, instanceCount: 3, zones: 3, dedicatedMasters: {} },
      { encryption: "customer" },
    ),
  ).template("Search");

  it("is encrypted everywhere and has no master but the function that sets it up", () => {
    template.hasResource("AWS::OpenSearchService::Domain", {
      Properties: {
        DomainName: "belfry-test-logs",
        AdvancedSecurityOptions: {
          Enabled: true,
          InternalUserDatabaseEnabled: false,
          MasterUserOptions: {
            MasterUserARN: { "Fn::Join": ["", Match.arrayWith([Match.stringLikeRegexp(`role/${SET_UP}`)])] },
          },
        },
        EncryptionAtRestOptions: { Enabled: true, KmsKeyId: { Ref: Match.stringLikeRegexp("SsmParameterValue") } },
        NodeToNodeEncryptionOptions: { Enabled: true },
        DomainEndpointOptions: { EnforceHTTPS: true, TLSSecurityPolicy: "Policy-Min-TLS-1-2-PFS-2023-10" },
        EBSOptions: { EBSEnabled: true, VolumeType: "gp3", VolumeSize: 100 },
        ClusterConfig: Match.objectLike({
          InstanceCount: 3,
          ZoneAwarenessEnabled: true,
          ZoneAwarenessConfig: { AvailabilityZoneCount: 3 },
          DedicatedMasterEnabled: true,
          DedicatedMasterCount: 3,
        }),
        OffPeakWindowOptions: { Enabled: true, OffPeakWindow: { WindowStartTime: { Hours: 22, Minutes: 0 } } },
      },
      DeletionPolicy: "RetainExceptOnCreate",
      DependsOn: Match.arrayWith([Match.stringLikeRegexp("SearchSetupRole")]),
    });
  });

  it("writes its logs to groups of Belfry's own, by a policy for this domain alone", () => {
    for (const what of ["opensearch-application", "opensearch-search-slow", "opensearch-index-slow"]) {
      template.hasResourceProperties("AWS::Logs::LogGroup", { LogGroupName: `/belfry/test/${what}` });
    }
    const policies = Object.values(template.findResources("AWS::Logs::ResourcePolicy"));
    expect(policies).toHaveLength(1);
    const text = JSON.stringify(policies);
    expect(text).toContain("aws:SourceArn");
    expect(text).toContain(":domain/belfry-test-logs");
  });

  it("is set up with what the function may put there, and nothing else", () => {
    expect(actionsOf(template, SET_UP)).toEqual(["es:ESHttpGet", "es:ESHttpPut"]);
    const resources = JSON.stringify(statementsOf(template, SET_UP));
    for (const path of ["/_index_template/*", "/_plugins/_ism/policies/*", "/_plugins/_security/api/*"]) {
      expect(resources).toContain(`domain/belfry-test-logs${path}`);
    }
    template.hasResourceProperties("AWS::Lambda::Function", {
      Environment: {
        Variables: Match.objectLike({
          BELFRY_SEARCH_SERVICE: "es",
          BELFRY_READER_ROLE: readers[0],
          BELFRY_WRITER_ROLE: {
            "Fn::Join": ["", Match.arrayWith([Match.stringLikeRegexp("belfry-test-ingest-subscription-eu-west-1")])],
          },
        }),
      },
    });
    template.resourceCountIs("AWS::Scheduler::Schedule", 0);
  });

  it("goes with its stack where everything does", () => {
    const gone = synthesize(withSearch({ type: "domain" }, { removal: "destroy" })).template("Search");
    gone.hasResource("AWS::OpenSearchService::Domain", { DeletionPolicy: "Delete" });
  });
});

describe("a cluster that is there already", () => {
  const arn = "arn:aws:es:eu-west-1:111122223333:domain/ours";
  const template = synthesize(withSearch({ type: "url", endpoint: "https://search.example.com", arn })).template(
    "Search",
  );

  it("is set up every day, and does not hold up the deployment before it lets the function in", () => {
    template.resourceCountIs("Custom::BelfrySearchSetup", 0);
    template.resourceCountIs("AWS::Scheduler::Schedule", 1);
    expect(JSON.stringify(statementsOf(template, SET_UP))).toContain(`${arn}/_index_template/*`);
  });

  it("is asked without permissions when requests are not signed", () => {
    const open = synthesize(withSearch({ type: "url", endpoint: "https://search.example.com", service: "none" }));
    expect(actionsOf(open.template("Search"), SET_UP)).toEqual([]);
  });
});

describe("Firehose to OpenSearch", () => {
  it.each([
    ["serverless", "AmazonOpenSearchServerlessDestinationConfiguration", { CollectionEndpoint: Match.anyValue() }],
    ["domain", "AmazonopensearchserviceDestinationConfiguration", { IndexRotationPeriod: "OneDay" }],
  ] as const)("goes into a %s, and keeps in S3 what that refuses", (type, destination, own) => {
    const template = synthesize(withSearch({ type, firehose: true })).template("Search");
    template.hasResourceProperties("AWS::KinesisFirehose::DeliveryStream", {
      DeliveryStreamName: "belfry-test-search",
      [destination]: {
        ...own,
        IndexName: "belfry-firehose",
        S3BackupMode: "FailedDocumentsOnly",
        RetryOptions: { DurationInSeconds: 3600 },
        S3Configuration: Match.objectLike({ Prefix: "firehose/" }),
        CloudWatchLoggingOptions: { Enabled: true, LogGroupName: "/belfry/test/firehose-search" },
      },
    });
    expect(JSON.stringify(template.toJSON())).toContain("role/belfry-test-firehose-search-eu-west-1");
    const allowed = actionsOf(template, "belfry-test-firehose-search-eu-west-1");
    expect(allowed).toEqual(
      type === "serverless"
        ? ["aoss:APIAccessAll"]
        : [
            "es:DescribeDomain",
            "es:DescribeDomainConfig",
            "es:DescribeDomains",
            "es:ESHttpGet",
            "es:ESHttpPost",
            "es:ESHttpPut",
          ],
    );
  });

  it("is none where it is not asked for", () => {
    synthesize(withSearch({ type: "serverless" }))
      .template("Search")
      .resourceCountIs("AWS::KinesisFirehose::DeliveryStream", 0);
  });
});
