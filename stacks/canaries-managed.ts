import type { Stack } from "aws-cdk-lib";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnCanary } from "aws-cdk-lib/aws-synthetics";
import { Construct } from "constructs";
import { managedCanaryLayout } from "../packages/core/src/config/canaries/managed-layout.ts";
import type { ScriptConfig } from "../packages/core/src/config/canaries/script.ts";
import { CANARIES_BUCKET, type Named, scriptBundle } from "./canaries-deployed.ts";
import { bucketKeyStatements } from "./canaries-runners.ts";
import { bucketArn } from "./constructs/bucket-arn.ts";
import type { StackContext } from "./stack-context.ts";

/** CloudWatch Synthetics retries a run so often at most, and not one that may take ten minutes. https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_RetryConfigInput.html */
const MAX_RETRIES = 2;
const MAX_RETRIED_SECONDS = 600;
/** Less is not enough for a browser to start. https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CanaryRunConfigInput.html */
const LEAST_SECONDS = 15;
/** So much of a canary's name is in those of its function and its log. https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_DeleteCanary.html */
const LOGGED_NAME = 21;
/** What the service itself keeps of a run; the files are in the bucket, whose lifecycle is their own. */
const KEPT_DAYS = 31;

/** A canary of CloudWatch Synthetics, of a script that the build has made an archive's folder of. */
export function addManagedCanary(stack: Stack, context: StackContext, [name, canary]: Named<ScriptConfig>): void {
  const { names, region } = context;
  const { backend, enabled, retries, schedule, timeoutSeconds } = canary;
  if (backend.type !== "synthetics") return;
  const scope = new Construct(stack, `Managed-${name}`);
  const { s3Location } = context.code(scriptBundle(name)).bind(scope);
  const role = managedRole(scope, stack, context, name);
  const bucket = names.bucket(CANARIES_BUCKET);
  new CfnCanary(scope, "Canary", {
    name: names.of(name),
    runtimeVersion: backend.runtime,
    code: {
      handler: managedCanaryLayout(backend.runtime).handler,
      ...(s3Location === undefined ? {} : { s3Bucket: s3Location.bucketName, s3Key: s3Location.objectKey }),
    },
    executionRoleArn: role.roleArn,
    artifactS3Location: `s3://${bucket}/canary/${region}/${names.of(name)}`,
    schedule: {
      expression: managedSchedule(schedule),
      retryConfig: { maxRetries: timeoutSeconds < MAX_RETRIED_SECONDS ? Math.min(MAX_RETRIES, retries.max) : 0 },
    },
    runConfig: {
      timeoutInSeconds: Math.max(LEAST_SECONDS, timeoutSeconds),
      memoryInMb: backend.memoryMb,
      activeTracing: backend.runtime.startsWith("syn-nodejs-"),
    },
    startCanaryAfterCreation: enabled,
    provisionedResourceCleanup: "AUTOMATIC",
    successRetentionPeriod: KEPT_DAYS,
    failureRetentionPeriod: KEPT_DAYS,
  });
}

/** No time between runs is once. https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CanaryScheduleInput.html */
function managedSchedule(schedule: string): string {
  return schedule === "once" ? "rate(0 minute)" : schedule;
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_CanaryPermissions.html */
function managedRole(scope: Construct, stack: Stack, context: StackContext, name: string): Role {
  const { names, region } = context;
  const bucket = bucketArn(stack, names.bucket(CANARIES_BUCKET));
  const logged = names.of(name).slice(0, LOGGED_NAME);
  const log = stack.formatArn({ service: "logs", resource: `log-group:/aws/lambda/cwsyn-${logged}-*` });
  return new Role(scope, "Role", {
    roleName: names.role(`managed-${name}`, region),
    assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
    inlinePolicies: {
      canary: new PolicyDocument({
        statements: [
          new PolicyStatement({
            actions: ["s3:PutObject"],
            resources: [`${bucket}/canary/${region}/${names.of(name)}/*`],
          }),
          new PolicyStatement({ actions: ["s3:GetBucketLocation"], resources: [bucket] }),
          new PolicyStatement({ actions: ["s3:ListAllMyBuckets", "xray:PutTraceSegments"], resources: ["*"] }),
          new PolicyStatement({
            actions: ["cloudwatch:PutMetricData"],
            resources: ["*"],
            conditions: { StringEquals: { "cloudwatch:namespace": "CloudWatchSynthetics" } },
          }),
          new PolicyStatement({
            actions: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
            resources: [log],
          }),
          ...bucketKeyStatements(stack, context, false),
        ],
      }),
    },
  });
}
