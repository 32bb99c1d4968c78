import type { Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { bucketArn } from "./constructs/bucket-arn.ts";
import { keyStatements } from "./constructs/data-key.ts";
import { LambdaFunction } from "./constructs/lambda-function.ts";
import { addSchedule } from "./constructs/schedule.ts";
import { addTaskLoop } from "./constructs/task-loop.ts";
import { ARCHIVE_BUCKET, FAILURES_BUCKET, STATE_TABLE } from "./foundation.ts";
import { LOG_STREAM } from "./ingest-stream.ts";
import type { StackContext } from "./stack-context.ts";

/** Work that is done now and then: the replay, the export of log groups, and the enforcement of retention. */
export function upkeep(stack: Stack, context: StackContext): void {
  const { deployment } = context;
  if (deployment.ingest.buffer !== "none") addReplay(stack, context);
  if (deployment.export.enabled) addExport(stack, context);
  if (deployment.retention.enabled) addRetention(stack, context);
}

/** Tasks are small: most of their time they wait. */
const TASK_MEMORY_MIB = 512;
/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const LONGEST_SECONDS = 900;
const DAY_SECONDS = 86_400;

/** Started by hand, or by `aws stepfunctions start-execution`: see docs/replay.md. */
function addReplay(stack: Stack, context: StackContext): void {
  const { names } = context;
  const archive = bucketArn(stack, names.bucket(ARCHIVE_BUCKET));
  const failures = bucketArn(stack, names.bucket(FAILURES_BUCKET));
  const replay = new LambdaFunction(stack, "ArchiveReplay", context, {
    name: "archive-replay",
    description: "Puts records of the quarantine or the archive, and batches that failed, into the stream again",
    memoryMiB: context.deployment.ingest.memoryMiB,
    timeoutSeconds: LONGEST_SECONDS,
    environment: {
      BELFRY_ARCHIVE_BUCKET: names.bucket(ARCHIVE_BUCKET),
      BELFRY_QUARANTINE_BUCKET: names.bucket(FAILURES_BUCKET),
      BELFRY_STREAM: names.of(LOG_STREAM),
    },
    statements: [
      new PolicyStatement({ actions: ["s3:ListBucket"], resources: [archive, failures] }),
      new PolicyStatement({
        actions: ["s3:GetObject"],
        resources: [`${archive}/logs/*`, `${archive}/direct/*`, `${failures}/quarantine/*`, `${failures}/aws/lambda/*`],
      }),
      new PolicyStatement({
        actions: ["kinesis:PutRecords"],
        resources: [names.arn("kinesis", "stream", LOG_STREAM, stack)],
      }),
      ...keyStatements(stack, context, ["kms:Decrypt", "kms:GenerateDataKey"]),
    ],
  });
  addTaskLoop(stack, "Replay", context, {
    name: "replay",
    functionArn: replay.function.functionArn,
    payload: "{% $sift($states.input, function($value, $key) { $key != 'done' }) %}",
    output: "{% $merge([$states.input, $states.result.Payload]) %}",
    timeoutSeconds: 7 * DAY_SECONDS,
  });
}

/** Every hour, one task after the other, until all windows that have come of age are exported; a run that finds another at work ends. */
function addExport(stack: Stack, context: StackContext): void {
  const { names, deployment } = context;
  const bucket = deployment.export.bucket ?? names.bucket(ARCHIVE_BUCKET);
  const logGroups = stack.formatArn({ service: "logs", resource: "log-group:*" });
  const step = new LambdaFunction(stack, "ArchiveExport", context, {
    name: "archive-export",
    description: "Exports log groups to S3, one task at a time",
    memoryMiB: TASK_MEMORY_MIB,
    timeoutSeconds: LONGEST_SECONDS,
    environment: { BELFRY_STATE_TABLE: names.of(STATE_TABLE), BELFRY_EXPORT_BUCKET: bucket },
    statements: [
      new PolicyStatement({ actions: ["logs:CreateExportTask"], resources: [logGroups] }),
      new PolicyStatement({ actions: ["logs:DescribeExportTasks", "logs:DescribeLogGroups"], resources: ["*"] }),
      new PolicyStatement({
        actions: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"],
        resources: [names.arn("dynamodb", "table", STATE_TABLE, stack)],
      }),
      new PolicyStatement({
        actions: ["s3:PutObject"],
        resources: [`${bucketArn(stack, bucket)}/${deployment.export.prefix}*`],
      }),
      ...keyStatements(stack, context, ["kms:Decrypt", "kms:GenerateDataKey"]),
    ],
  });
  const machine = addTaskLoop(stack, "Export", context, {
    name: "export",
    functionArn: step.function.functionArn,
    payload: { run: "{% $states.context.Execution.Id %}" },
    output: "{% $states.result.Payload %}",
    timeoutSeconds: 7 * DAY_SECONDS,
  });
  addSchedule(stack, "ExportSchedule", context, {
    name: "export",
    description: "Exports what has come of age",
    expression: "rate(1 hour)",
    targetArn: machine.attrArn,
    action: "states:StartExecution",
    input: {},
  });
}

/** Every day, over all log groups of the region. */
function addRetention(stack: Stack, context: StackContext): void {
  const { kmsKey } = context.deployment.retention;
  const logGroups = stack.formatArn({ service: "logs", resource: "log-group:*" });
  const retention = new LambdaFunction(stack, "LogsRetention", context, {
    name: "logs-retention",
    description: "Gives log groups the retention and the key that they lack",
    memoryMiB: TASK_MEMORY_MIB,
    timeoutSeconds: LONGEST_SECONDS,
    statements: [
      new PolicyStatement({ actions: ["logs:DescribeLogGroups"], resources: ["*"] }),
      new PolicyStatement({
        actions: ["logs:PutRetentionPolicy", ...(kmsKey === undefined ? [] : ["logs:AssociateKmsKey"])],
        resources: [logGroups],
      }),
    ],
  });
  addSchedule(stack, "RetentionSchedule", context, {
    name: "retention",
    description: "Looks through all log groups",
    expression: "cron(15 3 * * ? *)",
    targetArn: retention.function.functionArn,
    action: "lambda:InvokeFunction",
    input: {},
  });
}
