import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { MINIMAL, ORGANIZATION, synthesize } from "./support/synth.ts";

describe("the foundation of one account", () => {
  const template = synthesize(MINIMAL).template("Foundation");

  it("keeps data when the stack is removed, but not when it could not be made", () => {
    for (const type of ["AWS::S3::Bucket", "AWS::DynamoDB::Table"]) {
      for (const resource of Object.values(template.findResources(type))) {
        expect(resource).toMatchObject({ DeletionPolicy: "RetainExceptOnCreate", UpdateReplacePolicy: "Retain" });
      }
    }
  });

  it("has no key of its own", () => {
    template.resourceCountIs("AWS::KMS::Key", 0);
    template.hasResourceProperties("AWS::S3::Bucket", {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
      },
    });
  });

  it("sends alarms by e-mail", () => {
    template.hasResourceProperties("AWS::SNS::Subscription", { Protocol: "email", Endpoint: "ops@example.com" });
    template.hasResourceProperties("AWS::SNS::TopicPolicy", {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Sid: "Alarms",
            Principal: { Service: "cloudwatch.amazonaws.com" },
            Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
          }),
        ]),
      },
    });
  });

  it("lets export tasks of this account's log groups write below exports/", () => {
    template.hasResourceProperties("AWS::S3::BucketPolicy", {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: "s3:PutObject",
            Principal: { Service: "logs.eu-west-1.amazonaws.com" },
            Condition: Match.objectLike({
              StringEquals: {
                "aws:SourceAccount": { Ref: "AWS::AccountId" },
                "s3:x-amz-acl": "bucket-owner-full-control",
              },
            }),
          }),
        ]),
      },
    });
  });
});

describe("the foundation of an organization", () => {
  const template = synthesize(ORGANIZATION).template("Foundation");

  it("encrypts all data with one key of its own, which rotates and is published by its ARN", () => {
    template.resourceCountIs("AWS::KMS::Key", 1);
    template.hasResourceProperties("AWS::KMS::Key", {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({ Sid: "Alarms", Principal: { Service: "cloudwatch.amazonaws.com" } }),
        ]),
      },
    });
    template.hasResource("AWS::KMS::Key", {
      Properties: { EnableKeyRotation: true },
      DeletionPolicy: "RetainExceptOnCreate",
    });
    template.hasResourceProperties("AWS::SSM::Parameter", { Name: "/belfry/test/key-arn" });
    template.hasResourceProperties("AWS::DynamoDB::Table", { SSESpecification: { SSEEnabled: true, SSEType: "KMS" } });
    for (const { Properties } of Object.values(template.findResources("AWS::S3::Bucket"))) {
      expect(JSON.stringify(Properties)).toContain("aws:kms");
    }
  });
});
