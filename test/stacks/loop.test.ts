import { App, CfnResource, Stack } from "aws-cdk-lib";
import type { Template } from "aws-cdk-lib/assertions";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { describe, expect, it } from "vitest";
import type { ConfigInput } from "../../packages/core/src/config/schema.ts";
import { guardOwnLogs, markLogSource, ownLogGroups } from "../../stacks/own-log-groups.ts";
import { MINIMAL, ORGANIZATION, synthesize } from "./support/synth.ts";

const REGION = "eu-west-1";
const OWN = "/belfry/test/planted";

/** A guarded stack with one log group of its own, and what a test plants in it. */
function planted(plant: (stack: Stack) => void): App {
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(app, "Planted", { env: { region: REGION } });
  new LogGroup(stack, "Own", { logGroupName: OWN });
  guardOwnLogs(stack);
  plant(stack);
  return app;
}

const plantResource = (type: string, properties: object) => (stack: Stack) =>
  void new CfnResource(stack, "Writer", { type, properties: { ...properties } });

const arnOf = (name: string) => ({
  "Fn::Join": [
    "",
    ["arn:", { Ref: "AWS::Partition" }, `:logs:${REGION}:`, { Ref: "AWS::AccountId" }, `:log-group:${name}:*`],
  ],
});

const PROFILES: readonly (readonly [string, ConfigInput])[] = [
  ["one account without a stream", MINIMAL],
  ["one account with a stream", { deploy: { ...MINIMAL.deploy, ingest: { buffer: "provisioned" } } }],
  ["an organization", ORGANIZATION],
  [
    "an organization with all that logs",
    {
      process: { entry: "../../examples/own-function/send-orders.ts" },
      deploy: {
        ...ORGANIZATION.deploy,
        search: { type: "domain" },
        archive: { format: "parquet", direct: { logGroups: ["/vpc/flows"] } },
        export: { enabled: true, logGroups: ["*"] },
        retention: { enabled: true },
        ingest: { buckets: ["alb-logs-1"], process: { fromStream: true } },
        events: { capture: true },
        logSources: { trail: "account" },
      },
      canaries: {
        shop: { kind: "heartbeat", urls: ["https://shop.example.com/"] },
        api: {
          kind: "heartbeat",
          browser: false,
          urls: ["https://api.example.com/"],
          regions: ["eu-west-1", "us-east-1"],
        },
        own: { kind: "script", entry: "./own.ts" },
        managed: {
          kind: "script",
          entry: "./managed.py",
          backend: { type: "synthetics", runtime: "syn-python-selenium-10.0" },
        },
      },
    },
  ],
];

describe.each(PROFILES)("%s", (_, config) => {
  const { stacks, templates } = synthesize(config);
  const inRegion = (region: string) =>
    [...templates].filter(([name]) => stacks.get(name)?.region === region).map(([, template]) => template);

  /** The names that a region's subscription of the whole account leaves out; undefined where there is no such subscription. */
  const excludedIn = (region: string): string[] | undefined => {
    const policies = inRegion(region).flatMap((one) => Object.values(one.findResources("AWS::Logs::AccountPolicy")));
    expect(policies.length).toBeLessThanOrEqual(1);
    const criteria: string | undefined = policies[0]?.Properties.SelectionCriteria;
    return criteria === undefined ? undefined : JSON.parse(criteria.replace("LogGroupName NOT IN ", ""));
  };

  /** The log groups that the resources of a region write their own logs to, by their names. */
  const writtenIn = (region: string): string[] =>
    inRegion(region).flatMap((template) => {
      const groups = template.findResources("AWS::Logs::LogGroup");
      return ownGroupsOf(template).map((name): string => groups[name]?.Properties.LogGroupName ?? name);
    });

  it("subscribes to nothing that it writes itself", () => {
    const regions = [...new Set([...stacks.values()].map(({ region }) => region))];
    for (const region of regions) {
      const excluded = excludedIn(region);
      if (excluded !== undefined) expect(excluded).toEqual(expect.arrayContaining(["aws/spans", ...writtenIn(region)]));
    }
    expect(regions.some((region) => excludedIn(region) !== undefined)).toBe(true);
    const written = regions.flatMap(writtenIn);
    expect(written.length).toBeGreaterThan(2);
    for (const name of written) expect(name).toMatch(/^\/belfry\/test\//);
  });
});

/** What functions, delivery streams and state machines of a template log to, read from the template alone: names, or ids of log groups. */
function ownGroupsOf(template: Template): string[] {
  const found = [
    "Lambda::Function",
    "KinesisFirehose::DeliveryStream",
    "StepFunctions::StateMachine",
    "OpenSearchService::Domain",
  ]
    .flatMap((type) => Object.values(template.findResources(`AWS::${type}`)))
    .map(({ Type, Properties }) => ({ isFunction: Type === "AWS::Lambda::Function", Properties }));
  return found.flatMap(({ isFunction, Properties }) => {
    const text = JSON.stringify((isFunction ? Properties.LoggingConfig : Properties) ?? {});
    const references = [
      ...text.matchAll(/"LogGroup(?:Name)?":(?:"([^"]+)"|\{"Ref":"([^"]+)"\})/g),
      ...text.matchAll(/LogGroupArn":(?:"[^"]*:log-group:([^":]+)|\{"Fn::GetAtt":\["([^"]+)")/g),
    ].map(([, name, id]) => String(name ?? id));
    return references.length === 0 && isFunction ? ["nothing"] : references;
  });
}

describe("a stack that could feed Belfry its own log", () => {
  it.each<[string, string, object]>([
    ["a function without a log group", "AWS::Lambda::Function", {}],
    [
      "a function with another log group",
      "AWS::Lambda::Function",
      { LoggingConfig: { LogGroup: "/aws/lambda/other" } },
    ],
    [
      "a delivery stream with another log group",
      "AWS::KinesisFirehose::DeliveryStream",
      { ExtendedS3DestinationConfiguration: { CloudWatchLoggingOptions: { Enabled: true, LogGroupName: "/other" } } },
    ],
    [
      "a delivery stream's backup with another log group",
      "AWS::KinesisFirehose::DeliveryStream",
      {
        AmazonopensearchserviceDestinationConfiguration: {
          S3Configuration: { CloudWatchLoggingOptions: { Enabled: true } },
        },
      },
    ],
    [
      "a state machine with another log group",
      "AWS::StepFunctions::StateMachine",
      {
        LoggingConfiguration: {
          Level: "ALL",
          Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: arnOf("/other") } }],
        },
      },
    ],
    [
      "a pipe with another log group",
      "AWS::Pipes::Pipe",
      { LogConfiguration: { Level: "ERROR", CloudwatchLogsLogDestination: { LogGroupArn: arnOf("/other") } } },
    ],
    [
      "an event bus that logs to another group",
      "AWS::Logs::DeliveryDestination",
      { Name: "bus", DestinationResourceArn: arnOf("/aws/vendedlogs/events/bus") },
    ],
    [
      "a search domain with another log group",
      "AWS::OpenSearchService::Domain",
      { LogPublishingOptions: { ES_APPLICATION_LOGS: { CloudWatchLogsLogGroupArn: arnOf("/other") } } },
    ],
    [
      "an ingestion pipeline with another log group",
      "AWS::OSIS::Pipeline",
      { LogPublishingOptions: { IsLoggingEnabled: true, CloudWatchLogDestination: { LogGroup: "/other" } } },
    ],
    [
      "an API stage with another log group",
      "AWS::ApiGateway::Stage",
      { AccessLogSetting: { DestinationArn: arnOf("/other") } },
    ],
    ["an API stage with execution logs", "AWS::ApiGateway::Stage", { MethodSettings: [{ LoggingLevel: "INFO" }] }],
    [
      "an HTTP API with another log group",
      "AWS::ApiGatewayV2::Stage",
      { AccessLogSettings: { DestinationArn: arnOf("/other") } },
    ],
    ["a canary with another name", "AWS::Synthetics::Canary", { Name: "shop" }],
    ["a subscription on its own log", "AWS::Logs::SubscriptionFilter", { LogGroupName: OWN, FilterPattern: "" }],
  ])("cannot be synthesized: %s", (_, type, properties) => {
    expect(() => planted(plantResource(type, properties)).synth()).toThrow(/Planted\/Writer/);
  });

  it("cannot be synthesized when a log group has no fixed name", () => {
    expect(() => planted((stack) => new LogGroup(stack, "Nameless")).synth()).toThrow(/needs a fixed name/);
  });

  it("cannot be synthesized when what is taken in is written by its own function", () => {
    const app = planted((stack) => {
      const source = new LogGroup(stack, "Source", { logGroupName: "/aws/vpc/flow-logs/test" });
      markLogSource(source);
      plantResource("AWS::Lambda::Function", { LoggingConfig: { LogGroup: source.logGroupName } })(stack);
    });
    expect(() => app.synth()).toThrow(/\/aws\/vpc\/flow-logs\/test/);
  });
});

describe("a stack whose writers have log groups of their own", () => {
  it.each<[string, string, object]>([
    ["by name", "AWS::Lambda::Function", { LoggingConfig: { LogGroup: OWN } }],
    [
      "by ARN",
      "AWS::Pipes::Pipe",
      { LogConfiguration: { Level: "INFO", CloudwatchLogsLogDestination: { LogGroupArn: arnOf(OWN) } } },
    ],
    ["not at all", "AWS::StepFunctions::StateMachine", { LoggingConfiguration: { Level: "OFF" } }],
    ["by the canary's name", "AWS::Synthetics::Canary", { Name: "belfry-test-shop" }],
  ])("is synthesized: %s", (_, type, properties) => {
    expect(() => planted(plantResource(type, properties)).synth()).not.toThrow();
  });

  it("is synthesized when a log group is referred to as a resource", () => {
    const app = planted((stack) => {
      const group = stack.node.findChild("Own") as LogGroup;
      plantResource("AWS::Lambda::Function", { LoggingConfig: { LogGroup: group.logGroupName } })(stack);
    });
    expect(() => app.synth()).not.toThrow();
  });

  it("is synthesized when vended logs go to a bucket", () => {
    const app = planted((stack) => {
      const { bucketArn } = new Bucket(stack, "Bucket");
      plantResource("AWS::Logs::DeliveryDestination", { DestinationResourceArn: bucketArn })(stack);
    });
    expect(() => app.synth()).not.toThrow();
  });
});

describe("the list of own log groups", () => {
  it("has those of all stacks of the region, built sooner or later, and no sources", () => {
    const app = new App({ analyticsReporting: false });
    const [first, second] = ["First", "Second"].map((id) => new Stack(app, id, { env: { region: REGION } }));
    const elsewhere = new Stack(app, "Elsewhere", { env: { region: "us-east-1" } });
    new LogGroup(second as Stack, "Logs", { logGroupName: "/belfry/test/b" });
    new LogGroup(first as Stack, "Logs", { logGroupName: "/belfry/test/a" });
    new LogGroup(elsewhere, "Logs", { logGroupName: "/belfry/test/c" });
    markLogSource(new LogGroup(first as Stack, "Source", { logGroupName: "/aws/vpc/flow-logs/test" }));
    expect([...ownLogGroups(app, REGION)].sort()).toEqual(["/belfry/test/a", "/belfry/test/b"]);
    expect(ownLogGroups(app, "us-east-1")).toEqual(["/belfry/test/c"]);
  });
});
