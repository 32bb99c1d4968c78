import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import type { ConfigInput } from "../../packages/core/src/config/schema.ts";
import { MINIMAL, ORGANIZATION, synthesize } from "./support/synth.ts";

const organization = synthesize(ORGANIZATION);
const DEPLOY = ORGANIZATION.deploy;

const edgesOf = (config: ConfigInput) => [...synthesize(config).templates.keys()].filter((name) => /^Edge/.test(name));

describe("regions", () => {
  it("have an edge each, and those into which AWS puts global events and copies of AWS Health's", () => {
    expect(edgesOf(ORGANIZATION)).toEqual(["Edge-eu-west-1", "Edge-us-east-1", "Edge-us-west-2"]);
    expect(edgesOf(MINIMAL)).toEqual(["Edge-us-east-1", "Edge-us-west-2"]);
    expect(edgesOf({ deploy: { region: "us-west-2" } })).toEqual(["Edge-us-east-1"]);
  });

  it("have no edge for global events when the configuration wants none", () => {
    expect(edgesOf({ deploy: { ...DEPLOY, globalEvents: false } })).toEqual(["Edge-eu-west-1", "Edge-us-east-1"]);
    expect(edgesOf({ deploy: { ...MINIMAL.deploy, globalEvents: false } })).toEqual([]);
  });
});

describe("an edge", () => {
  it.each(["eu-west-1", "us-east-1"])("has a Destination for the stream in the home region: %s", (region) => {
    const template = organization.template(`Edge-${region}`);
    template.hasResourceProperties("AWS::Logs::Destination", {
      DestinationName: "belfry-test-logs",
      TargetArn: {
        "Fn::Join": ["", Match.arrayWith([":kinesis:eu-west-1:", ":stream/belfry-test-logs"])],
      },
    });
    template.resourceCountIs("AWS::Oam::Sink", 1);
    template.hasResourceProperties("AWS::SSM::Parameter", { Name: "/belfry/test/sink-arn" });
  });

  it("subscribes the central account's own log groups, in the home region to the stream itself, elsewhere to the Destination", () => {
    for (const [region, target] of [
      ["eu-west-1", ":stream/belfry-test-logs"],
      ["us-east-1", ":destination:belfry-test-logs"],
    ] as const) {
      organization.template(`Edge-${region}`).hasResourceProperties("AWS::Logs::AccountPolicy", {
        PolicyName: `belfry-${region}`,
        PolicyType: "SUBSCRIPTION_FILTER_POLICY",
        PolicyDocument: { "Fn::Join": ["", Match.arrayWith([Match.stringLikeRegexp(target)])] },
      });
    }
  });

  it("subscribes single log groups in the home region alone", () => {
    const ingest = { subscribe: "log-groups" as const, logGroups: ["/app/orders"] };
    const { template } = synthesize({ deploy: { ...DEPLOY, ingest } });
    template("Edge-eu-west-1").hasResourceProperties("AWS::Logs::SubscriptionFilter", {
      FilterName: "belfry-eu-west-1",
      LogGroupName: "/app/orders",
    });
    template("Edge-us-east-1").resourceCountIs("AWS::Logs::SubscriptionFilter", 0);
    template("Edge-us-east-1").resourceCountIs("AWS::Logs::AccountPolicy", 0);
  });

  it("may use the stream's key by its alias where its ARN is not known", () => {
    organization.template("Edge-us-east-1").hasResourceProperties("AWS::IAM::Role", {
      RoleName: "belfry-test-destination-us-east-1",
      Policies: [
        {
          PolicyDocument: Match.objectLike({
            Statement: Match.arrayWith([
              Match.objectLike({
                Action: "kms:GenerateDataKey",
                Condition: {
                  "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/belfry-test-data" },
                  StringEquals: { "kms:ViaService": "kinesis.eu-west-1.amazonaws.com" },
                },
              }),
            ]),
          }),
        },
      ],
    });
  });

  it("has no permission for a key where AWS's own key encrypts", () => {
    const { template } = synthesize({ deploy: { ...DEPLOY, encryption: "aws" } });
    for (const region of ["eu-west-1", "us-east-1"]) {
      expect(JSON.stringify(template(`Edge-${region}`))).not.toContain("kms:");
    }
  });

  it("has no sink when nothing is shared, or there is nobody to share it with", () => {
    synthesize({ deploy: { ...DEPLOY, sharedMetrics: false } })
      .template("Edge-eu-west-1")
      .resourceCountIs("AWS::Oam::Sink", 0);
    synthesize({ deploy: { region: "eu-west-1", regions: ["us-east-1"] } })
      .template("Edge-us-east-1")
      .resourceCountIs("AWS::Oam::Sink", 0);
  });
});

describe("events of a further region", () => {
  it.each(["us-east-1", "us-west-2"])("come to the bus in the home region, and what does not is kept: %s", (region) => {
    const template = organization.template(`Edge-${region}`);
    const rules = Object.values(template.findResources("AWS::Events::Rule"));
    expect(rules.length).toBeGreaterThan(0);
    for (const { Properties } of rules) {
      const [target] = Properties.Targets;
      expect(JSON.stringify(target.Arn)).toContain(":events:eu-west-1:");
      expect(target.RoleArn).toBeDefined();
      expect(target.DeadLetterConfig.Arn).toBeDefined();
    }
  });

  it("in which nothing runs are AWS Health's alone", () => {
    const template = organization.template("Edge-us-west-2");
    const rules = Object.values(template.findResources("AWS::Events::Rule"));
    expect(rules.map(({ Properties }) => Properties.Name)).toEqual(["belfry-test-health-event"]);
    template.resourceCountIs("AWS::Logs::Destination", 0);
  });

  it("that cannot be delivered are told by an alarm there, which reaches topics of its own region alone, and so by alerting", () => {
    const template = organization.template("Edge-us-west-2");
    template.hasResourceProperties("AWS::SNS::Topic", { TopicName: "belfry-test-alarms" });
    template.hasResourceProperties("AWS::SNS::Subscription", { Protocol: "sqs" });
    for (const { Properties } of Object.values(template.findResources("AWS::CloudWatch::Alarm"))) {
      expect(JSON.stringify(Properties.AlarmActions)).toContain(":sns:us-west-2:");
    }
  });

  it("that cannot be delivered are told by e-mail as they come where alerting is off", () => {
    const config = { deploy: { ...ORGANIZATION.deploy, alerting: { enabled: false } } };
    const template = synthesize(config).template("Edge-us-west-2");
    template.resourceCountIs("AWS::SNS::Subscription", 1);
    template.hasResourceProperties("AWS::SNS::Subscription", { Endpoint: "ops@example.com", Protocol: "email" });
  });

  it("in the home region are left to the stack of the bus", () => {
    organization.template("Edge-eu-west-1").resourceCountIs("AWS::Events::Rule", 0);
    organization.template("Edge-eu-west-1").resourceCountIs("AWS::SNS::Topic", 0);
  });
});
