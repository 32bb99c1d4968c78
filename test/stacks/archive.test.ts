import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { hourPartition } from "../../packages/core/src/sinks/partition.ts";
import { MINIMAL, ORGANIZATION, synthesize } from "./support/synth.ts";

interface DeliveryStream {
  readonly Properties: {
    readonly ExtendedS3DestinationConfiguration: {
      readonly Prefix: string;
      readonly CompressionFormat: string;
      readonly DataFormatConversionConfiguration?: { readonly SchemaConfiguration: unknown };
    };
  };
}

describe("the archive", () => {
  const template = synthesize(MINIMAL).template("Archive");
  const [stream] = Object.values(template.findResources("AWS::KinesisFirehose::DeliveryStream")) as DeliveryStream[];

  it("has the partitions that the table computes, and those of the local archive", () => {
    const [table] = Object.values(template.findResources("AWS::Glue::Table"));
    const { TableInput: input } = (table as { Properties: { TableInput: { Parameters: Record<string, unknown> } } })
      .Properties;
    const parameters = input.Parameters;
    const location = JSON.stringify(parameters["storage.location.template"]);
    const time = Date.UTC(2026, 10, 22, 3);
    const written = stream.Properties.ExtendedS3DestinationConfiguration.Prefix.replace(
      "!{timestamp:yyyy-MM-dd}",
      "2026-11-22",
    ).replace("!{timestamp:HH}", "03");
    expect(written).toBe(`logs/${hourPartition(time)}`);
    expect(location.replace("${dt}", "2026-11-22").replace("${hour}", "03")).toContain(`/${written}`);
  });

  it("writes compressed lines, its errors beside them, and why to a log group of its own", () => {
    template.hasResourceProperties("AWS::KinesisFirehose::DeliveryStream", {
      DeliveryStreamName: "belfry-test-archive",
      ExtendedS3DestinationConfiguration: {
        CompressionFormat: "GZIP",
        ErrorOutputPrefix: Match.stringLikeRegexp("^errors/archive/!\\{firehose:error-output-type}/"),
        CloudWatchLoggingOptions: {
          Enabled: true,
          LogGroupName: "/belfry/test/firehose-archive",
          LogStreamName: "delivery",
        },
      },
    });
    template.hasResourceProperties("AWS::Logs::LogGroup", {
      LogGroupName: "/belfry/test/firehose-archive",
      RetentionInDays: 30,
    });
  });

  it("is delivered by a role that Firehose takes on for this stream alone", () => {
    template.hasResourceProperties("AWS::IAM::Role", {
      AssumeRolePolicyDocument: {
        Statement: [
          Match.objectLike({
            Principal: { Service: "firehose.amazonaws.com" },
            Condition: {
              StringEqualsIfExists: {
                "sts:ExternalId": { Ref: "AWS::AccountId" },
                "aws:SourceAccount": { Ref: "AWS::AccountId" },
              },
              ArnLikeIfExists: { "aws:SourceArn": Match.anyValue() },
            },
          }),
        ],
      },
    });
  });

  it("can be queried up to a bound", () => {
    template.hasResourceProperties("AWS::Athena::WorkGroup", {
      WorkGroupConfiguration: { EnforceWorkGroupConfiguration: true, BytesScannedCutoffPerQuery: 107_374_182_400 },
    });
    template.hasResourceProperties("AWS::Athena::NamedQuery", {
      QueryString: Match.stringLikeRegexp("PARTITION BY belfry.id"),
    });
  });
});

describe("in Parquet", () => {
  const template = synthesize({ deploy: { region: "eu-west-1", archive: { format: "parquet" } } }).template("Archive");

  it("is converted by the table's columns", () => {
    template.hasResourceProperties("AWS::KinesisFirehose::DeliveryStream", {
      ExtendedS3DestinationConfiguration: {
        CompressionFormat: "UNCOMPRESSED",
        DataFormatConversionConfiguration: {
          SchemaConfiguration: Match.objectLike({ DatabaseName: "belfry_test", TableName: "logs" }),
        },
      },
    });
  });
});

describe("a stream that log groups write to themselves", () => {
  const archive = { direct: { logGroups: ["/vpc/flows"] } };
  const template = synthesize({ deploy: { region: "eu-west-1", archive } }).template("Archive");

  it("is transformed by a function", () => {
    template.hasResourceProperties("AWS::KinesisFirehose::DeliveryStream", {
      DeliveryStreamName: "belfry-test-direct",
      ExtendedS3DestinationConfiguration: {
        ProcessingConfiguration: { Enabled: true, Processors: [Match.objectLike({ Type: "Lambda" })] },
      },
    });
    template.hasResourceProperties("AWS::Logs::SubscriptionFilter", { LogGroupName: "/vpc/flows" });
  });
});

it("encrypts what passes through with an organization's own key", () => {
  synthesize(ORGANIZATION)
    .template("Archive")
    .hasResourceProperties("AWS::KinesisFirehose::DeliveryStream", {
      DeliveryStreamEncryptionConfigurationInput: { KeyType: "CUSTOMER_MANAGED_CMK" },
    });
});
