import { Duration, type Stack } from "aws-cdk-lib";
import { Effect, PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { type Bucket, StorageClass } from "aws-cdk-lib/aws-s3";
import { CfnScheduleGroup } from "aws-cdk-lib/aws-scheduler";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { addAlarmTopic } from "./constructs/alarm-topic.ts";
import { dataBucket } from "./constructs/data-bucket.ts";
import { KEY_PARAMETER } from "./constructs/data-key.ts";
import { keyUsers } from "./constructs/key-users.ts";
import { removalPolicy } from "./constructs/removal-policy.ts";
import { SCHEDULE_GROUP } from "./constructs/schedule.ts";
import { stateTable } from "./constructs/state-table.ts";
import type { StackContext } from "./stack-context.ts";

/** What the key's alias is called. */
export const KEY_NAME = "data";
/** The bucket of the archive: `logs/…` by Firehose, `exports/…` by CloudWatch Logs' export tasks. */
export const ARCHIVE_BUCKET = "archive";
/** The bucket of what could not be delivered: `quarantine/…` by the functions, `batches/…` by Lambda's event source mapping. */
export const FAILURES_BUCKET = "failures";
/** The table of leases and checkpoints, by `pk` and `sk`. */
export const STATE_TABLE = "state";

/** What all other stacks stand on: the key, the archive's and the failures' bucket, the table of states, and the topic that alarms act on. */
export function foundation(stack: Stack, context: StackContext): void {
  if (context.deployment.encryption === "customer") addKey(stack, context);
  addArchiveBucket(stack, context);
  addFailuresBucket(stack, context);
  stateTable(stack, "StateTable", context, STATE_TABLE);
  addAlarmTopic(stack, context);
  new CfnScheduleGroup(stack, "ScheduleGroup", { name: context.names.of(SCHEDULE_GROUP) });
}

function addKey(stack: Stack, context: StackContext): void {
  const { names } = context;
  const key = new Key(stack, "DataKey", {
    alias: `alias/${names.of(KEY_NAME)}`,
    description: `All data of ${names.of("*")} at rest`,
    enableKeyRotation: true,
    removalPolicy: removalPolicy(context),
  });
  for (const statement of [...keyPolicy(stack), ...keyUsers(stack, context)]) key.addToResourcePolicy(statement);
  new StringParameter(stack, "KeyArn", { parameterName: names.parameter(KEY_PARAMETER), stringValue: key.keyArn });
}

/** What AWS's services need of the key on Belfry's behalf; its own roles are allowed by their own policies. */
function keyPolicy(stack: Stack): PolicyStatement[] {
  const allow = (sid: string, services: string[], actions: string[], conditions: Record<string, object>) =>
    new PolicyStatement({
      sid,
      effect: Effect.ALLOW,
      principals: services.map((service) => new ServicePrincipal(service)),
      actions,
      resources: ["*"],
      conditions,
    });
  const logGroups = stack.formatArn({ service: "logs", resource: "log-group:*" });
  return [
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    allow(
      "LogGroups",
      [`logs.${stack.region}.amazonaws.com`],
      ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:DescribeKey"],
      { ArnLike: { "kms:EncryptionContext:aws:logs:arn": logGroups } },
    ),
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3ExportTasks.html
    allow("LogExports", [`logs.${stack.region}.amazonaws.com`], ["kms:GenerateDataKey", "kms:Decrypt"], {
      StringEquals: { "aws:SourceAccount": stack.account },
      ArnLike: { "aws:SourceArn": logGroups },
    }),
    // https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    allow("Alarms", ["cloudwatch.amazonaws.com"], ["kms:GenerateDataKey", "kms:Decrypt"], {
      StringEquals: { "aws:SourceAccount": stack.account },
    }),
  ];
}

function addArchiveBucket(stack: Stack, context: StackContext): void {
  const { expireAfterDays, infrequentAfterDays } = context.deployment.archive;
  const bucket = dataBucket(stack, "ArchiveBucket", context, {
    what: ARCHIVE_BUCKET,
    lifecycle: [
      {
        id: "archive",
        expiration: Duration.days(expireAfterDays),
        ...(infrequentAfterDays === undefined
          ? {}
          : {
              transitions: [
                {
                  storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL,
                  transitionAfter: Duration.days(infrequentAfterDays),
                },
              ],
            }),
      },
    ],
  });
  allowLogExports(stack, bucket);
}

/** CloudWatch Logs writes the export tasks of this account's log groups. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3ExportTasks.html */
function allowLogExports(stack: Stack, bucket: Bucket): void {
  const principals = [new ServicePrincipal(`logs.${stack.region}.amazonaws.com`)];
  const conditions = {
    StringEquals: { "aws:SourceAccount": stack.account },
    ArnLike: { "aws:SourceArn": stack.formatArn({ service: "logs", resource: "log-group:*" }) },
  };
  bucket.addToResourcePolicy(
    new PolicyStatement({ principals, actions: ["s3:GetBucketAcl"], resources: [bucket.bucketArn], conditions }),
  );
  bucket.addToResourcePolicy(
    new PolicyStatement({
      principals,
      actions: ["s3:PutObject"],
      resources: [bucket.arnForObjects("exports/*")],
      conditions: {
        ...conditions,
        StringEquals: { ...conditions.StringEquals, "s3:x-amz-acl": "bucket-owner-full-control" },
      },
    }),
  );
}

function addFailuresBucket(stack: Stack, context: StackContext): void {
  const { quarantineDays } = context.deployment.archive;
  dataBucket(stack, "FailuresBucket", context, {
    what: FAILURES_BUCKET,
    lifecycle: [{ id: "failures", expiration: Duration.days(quarantineDays) }],
  });
}
