import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import type { ConfigInput } from "../../packages/core/src/config/schema.ts";
import { MINIMAL, ORGANIZATION, synthesize } from "./support/synth.ts";

const withIngest = (ingest: NonNullable<ConfigInput["deploy"]>["ingest"], more: ConfigInput = {}): ConfigInput => ({
  ...more,
  deploy: { region: "eu-west-1", ingest },
});

describe("without a stream", () => {
  const template = synthesize(MINIMAL).template("Ingest");

  it("lets CloudWatch Logs of this account invoke the function, and nobody else", () => {
    template.hasResourceProperties("AWS::Lambda::Permission", {
      Action: "lambda:InvokeFunction",
      Principal: "logs.amazonaws.com",
      SourceAccount: { Ref: "AWS::AccountId" },
    });
    template.resourceCountIs("AWS::Lambda::Permission", 1);
  });

  it("keeps in S3 what failed three times", () => {
    template.hasResourceProperties("AWS::Lambda::EventInvokeConfig", {
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
    });
  });

  it("subscribes all log groups of the account, save Belfry's own", () => {
    const policies = Object.values(template.findResources("AWS::Logs::AccountPolicy"));
    expect(policies).toHaveLength(1);
    const { PolicyName, SelectionCriteria } = (policies[0] as { Properties: Record<string, string> }).Properties;
    expect(PolicyName).toBe("belfry-eu-west-1");
    expect(SelectionCriteria).toContain('"/belfry/test/ingest-subscription"');
    expect(SelectionCriteria).toContain('"/belfry/test/firehose-archive"');
    expect(SelectionCriteria).toContain('"aws/spans"');
  });

  it("gives the function what it writes to by its environment", () => {
    template.hasResourceProperties("AWS::Lambda::Function", {
      Environment: {
        Variables: Match.objectLike({
          BELFRY_ARCHIVE_STREAM: "belfry-test-archive",
          BELFRY_QUARANTINE_BUCKET: Match.anyValue(),
        }),
      },
    });
  });
});

describe("with a stream", () => {
  const template = synthesize(withIngest({ buffer: "provisioned", shards: 3 })).template("Ingest");

  it("halves a failing batch, retries what failed, and keeps the rest in S3", () => {
    template.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
      StartingPosition: "TRIM_HORIZON",
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      MaximumRetryAttempts: 5,
      MaximumRecordAgeInSeconds: 21_600,
      DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
    });
  });

  it("keeps records longer than their greatest age, encrypted", () => {
    template.hasResource("AWS::Kinesis::Stream", {
      Properties: {
        Name: "belfry-test-logs",
        ShardCount: 3,
        RetentionPeriodHours: 48,
        StreamEncryption: { EncryptionType: "KMS", KeyId: "alias/aws/kinesis" },
      },
      DeletionPolicy: "RetainExceptOnCreate",
    });
  });

  it("spreads what log groups send over the shards", () => {
    const policies = Object.values(template.findResources("AWS::Logs::AccountPolicy"));
    expect(JSON.stringify(policies)).toContain('\\"Distribution\\":\\"Random\\"');
  });
});

describe("an organization's stream", () => {
  const template = synthesize(ORGANIZATION).template("Ingest");

  it("takes what it needs on demand, and is encrypted with the key of the foundation", () => {
    template.hasResourceProperties("AWS::Kinesis::Stream", {
      StreamModeDetails: { StreamMode: "ON_DEMAND" },
      StreamEncryption: { KeyId: { Ref: Match.stringLikeRegexp("SsmParameterValue") } },
    });
  });

  it("is written to by Destinations alone", () => {
    template.resourceCountIs("AWS::Logs::AccountPolicy", 0);
    template.resourceCountIs("AWS::Logs::SubscriptionFilter", 0);
  });
});

describe("objects of S3", () => {
  const template = synthesize(withIngest({ buckets: ["alb-logs-1"] })).template("Ingest");

  it("come by a queue that only the named buckets of this account send to", () => {
    template.hasResourceProperties("AWS::SQS::QueuePolicy", {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: "sqs:SendMessage",
            Principal: { Service: "s3.amazonaws.com" },
            Condition: {
              StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } },
              ArnLike: {
                "aws:SourceArn": [{ "Fn::Join": ["", ["arn:", { Ref: "AWS::Partition" }, ":s3:::alb-logs-1"]] }],
              },
            },
          }),
        ]),
      },
    });
  });

  it("go to a dead-letter queue after five receptions, with an alarm", () => {
    template.hasResourceProperties("AWS::SQS::Queue", { RedrivePolicy: Match.objectLike({ maxReceiveCount: 5 }) });
    template.hasResourceProperties("AWS::CloudWatch::Alarm", {
      AlarmName: "belfry-test-objects-dlq-not-empty",
      TreatMissingData: "notBreaching",
    });
  });

  it("are held back six times as long as the function may take", () => {
    template.hasResourceProperties("AWS::SQS::Queue", { VisibilityTimeout: 5400 });
    template.hasResourceProperties("AWS::Lambda::Function", { Timeout: 900 });
  });
});

describe("a user's own function", () => {
  const config = withIngest(
    { buffer: "provisioned", process: { logGroups: ["/app/orders"], fromStream: true } },
    { process: { entry: "src/orders.ts" } },
  );
  const template = synthesize(config).template("Ingest");

  it("is subscribed to its log groups and reads the stream", () => {
    template.hasResourceProperties("AWS::Lambda::Function", { FunctionName: "belfry-test-process-orders" });
    template.hasResourceProperties("AWS::Logs::SubscriptionFilter", {
      LogGroupName: "/app/orders",
      FilterName: "belfry-eu-west-1-process",
    });
    const mappings = Object.values(template.findResources("AWS::Lambda::EventSourceMapping"));
    expect(mappings).toHaveLength(2);
    // Its ARN is written out, so that nothing else says that the stream has to be there first.
    for (const { DependsOn } of mappings) expect(DependsOn).toContain("LogStream");
  });
});

it("refuses regions without a stream", () => {
  expect(() =>
    synthesize({ deploy: { region: "eu-west-1", regions: ["us-east-1"], ingest: { buffer: "none" } } }),
  ).toThrow("deploy.ingest.buffer: none, but");
});
