import { RemovalPolicy, type Stack } from "aws-cdk-lib";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnDeliveryStream } from "aws-cdk-lib/aws-kinesisfirehose";
import { LogStream } from "aws-cdk-lib/aws-logs";
import { ARCHIVE_TABLE, databaseName, tableStatement } from "./archive-table.ts";
import { bucketArn } from "./constructs/bucket-arn.ts";
import { dataKey, keyStatements } from "./constructs/data-key.ts";
import { ownLogGroup } from "./constructs/own-log-group.ts";
import { ARCHIVE_BUCKET } from "./foundation.ts";
import type { StackContext } from "./stack-context.ts";

export interface DeliveryStreamProps {
  /** Its name without application and stage. */
  readonly name: string;
  /** What its objects' keys begin with, before `dt=…/hour=…/`. */
  readonly prefix: string;
  readonly parquet?: boolean;
  readonly processors?: readonly CfnDeliveryStream.ProcessorProperty[];
  /** What its role may do besides. */
  readonly statements?: readonly PolicyStatement[];
}

/** The time of arrival in UTC, as Hive partitions. https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html */
const PARTITION = "dt=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/";

/** A delivery stream into the archive's bucket, `<prefix>dt=…/hour=…/`; what it cannot deliver goes to `errors/`, and why to its log group. */
export function addDeliveryStream(
  stack: Stack,
  id: string,
  context: StackContext,
  props: DeliveryStreamProps,
): CfnDeliveryStream {
  const { archive: settings, encryption } = context.deployment;
  const { name, prefix, processors = [] } = props;
  const logGroup = ownLogGroup(stack, `${id}Logs`, context, `firehose-${name}`);
  const logStream = new LogStream(stack, `${id}LogStream`, {
    logGroup,
    logStreamName: "delivery",
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = deliveryRole(stack, `${id}Role`, context, props, logGroup.logGroupArn);
  const key = dataKey(stack, context);
  const stream = new CfnDeliveryStream(stack, id, {
    deliveryStreamName: context.names.of(name),
    deliveryStreamType: "DirectPut",
    deliveryStreamEncryptionConfigurationInput:
      encryption === "customer" && key !== undefined
        ? { keyType: "CUSTOMER_MANAGED_CMK", keyArn: key.keyArn }
        : { keyType: "AWS_OWNED_CMK" },
    extendedS3DestinationConfiguration: {
      bucketArn: bucketArn(stack, context.names.bucket(ARCHIVE_BUCKET)),
      roleArn: role.roleArn,
      prefix: `${prefix}${PARTITION}`,
      errorOutputPrefix: `errors/${name}/!{firehose:error-output-type}/${PARTITION}`,
      bufferingHints: { sizeInMBs: settings.bufferMiB, intervalInSeconds: settings.bufferSeconds },
      ...(props.parquet
        ? { compressionFormat: "UNCOMPRESSED", dataFormatConversionConfiguration: conversion(context, role) }
        : { compressionFormat: "GZIP", fileExtension: ".ndjson.gz" }),
      cloudWatchLoggingOptions: {
        enabled: true,
        logGroupName: context.names.logGroup(`firehose-${name}`),
        logStreamName: "delivery",
      },
      processingConfiguration: { enabled: processors.length > 0, processors: [...processors] },
    },
  });
  stream.node.addDependency(logStream, role);
  return stream;
}

/** JSON to Parquet by the table's columns. https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion.html */
function conversion(context: StackContext, role: Role): CfnDeliveryStream.DataFormatConversionConfigurationProperty {
  return {
    enabled: true,
    inputFormatConfiguration: {
      deserializer: { openXJsonSerDe: { columnToJsonKeyMappings: { timestamp: "@timestamp" } } },
    },
    outputFormatConfiguration: { serializer: { parquetSerDe: { compression: "SNAPPY" } } },
    schemaConfiguration: {
      databaseName: databaseName(context),
      tableName: ARCHIVE_TABLE,
      region: context.region,
      roleArn: role.roleArn,
      versionId: "LATEST",
    },
  };
}

/** https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-s3 */
function deliveryRole(
  stack: Stack,
  id: string,
  context: StackContext,
  { name, parquet = false, statements = [] }: DeliveryStreamProps,
  logGroupArn: string,
): Role {
  const bucket = bucketArn(stack, context.names.bucket(ARCHIVE_BUCKET));
  const streams = stack.formatArn({
    service: "firehose",
    resource: "deliverystream",
    resourceName: context.names.of(name),
  });
  return new Role(stack, id, {
    roleName: context.names.role(`firehose-${name}`, context.region),
    assumedBy: new ServicePrincipal("firehose.amazonaws.com", {
      conditions: onlyFor(stack, streams),
    }),
    inlinePolicies: {
      delivery: new PolicyDocument({
        statements: [
          new PolicyStatement({
            actions: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
            resources: [bucket],
          }),
          new PolicyStatement({
            actions: ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
            resources: [`${bucket}/*`],
          }),
          new PolicyStatement({ actions: ["logs:PutLogEvents"], resources: [logGroupArn] }),
          ...keyStatements(stack, context, ["kms:Decrypt", "kms:GenerateDataKey"]),
          ...(parquet ? [tableStatement(stack, context)] : []),
          ...statements,
        ],
      }),
    },
  });
}

/**
 * A trust policy's conditions for one delivery stream of this account. AWS's own example names the account as `sts:ExternalId`, and says nowhere which other keys Firehose sends:
 * each is looked at where it is there. https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#firehose-assume-role
 */
export function onlyFor({ account }: Stack, streamArn: string): Record<string, Record<string, string>> {
  return {
    StringEqualsIfExists: { "sts:ExternalId": account, "aws:SourceAccount": account },
    ArnLikeIfExists: { "aws:SourceArn": streamArn },
  };
}
