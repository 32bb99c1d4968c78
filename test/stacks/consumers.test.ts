import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import type { ConfigInput } from "../../packages/core/src/config/schema.ts";
import { MINIMAL, ORGANIZATION, synthesize } from "./support/synth.ts";

const CONSUMERS = { fanOut: ["analytics"], policy: true, accounts: ["222233334444"] };
const withConsumers = (base: ConfigInput, consumers: object = CONSUMERS): ConfigInput => ({
  deploy: { ...base.deploy, consumers },
});

describe("consumers of the stream", () => {
  const synthesized = synthesize(withConsumers(ORGANIZATION));
  const template = synthesized.template("Consumers");

  it("are none by default", () => {
    expect([...synthesize(ORGANIZATION).templates.keys()]).not.toContain("Consumers");
  });

  it("are registered by name", () => {
    template.hasResourceProperties("AWS::Kinesis::StreamConsumer", { ConsumerName: "analytics" });
  });

  it("have a policy that reads this stream, its key, and tables for their leases, and nothing else", () => {
    const [policy] = Object.values(template.findResources("AWS::IAM::ManagedPolicy"));
    const statements: { Sid?: string; Action: string | string[]; Resource: unknown; Condition?: unknown }[] =
      policy?.Properties.PolicyDocument.Statement;
    expect(policy?.Properties.ManagedPolicyName).toBe("belfry-test-stream-reader");
    expect(statements.map(({ Sid }) => Sid)).toEqual(["Read", "Subscribe", undefined, "Leases", "Metrics"]);
    for (const { Action, Resource, Condition } of statements) {
      expect([Action].flat().join()).not.toMatch(/\*|Put(Record|Resource)|Delete(Stream|Table)/);
      if (Resource === "*") expect(Condition).toEqual({ StringLike: { "cloudwatch:namespace": "belfry-test-kcl-*" } });
    }
  });

  it("of other accounts may read the stream, subscribe to consumers and decrypt", () => {
    template.resourceCountIs("AWS::Kinesis::ResourcePolicy", 2);
    template.hasResourceProperties("AWS::Kinesis::ResourcePolicy", {
      ResourceArn: { "Fn::GetAtt": ["Consumeranalytics", "ConsumerARN"] },
      ResourcePolicy: Match.objectLike({
        Statement: [Match.objectLike({ Action: ["kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard"] })],
      }),
    });
    synthesized.template("Foundation").hasResourceProperties("AWS::KMS::Key", {
      KeyPolicy: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({
            Sid: "StreamReaders",
            Action: "kms:Decrypt",
            Condition: { StringEquals: { "kms:ViaService": "kinesis.eu-west-1.amazonaws.com" } },
          }),
        ]),
      }),
    });
  });

  it("are refused where there is no stream, or none that other accounts can decrypt", () => {
    expect(() => synthesize(withConsumers(MINIMAL))).toThrow(/there is no stream/);
    const encrypted = { deploy: { ...ORGANIZATION.deploy, encryption: "aws" as const } };
    expect(() => synthesize(withConsumers(encrypted))).toThrow(/set deploy.encryption to customer/);
  });
});
