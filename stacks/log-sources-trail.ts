import type { Stack } from "aws-cdk-lib";
import { Duration } from "aws-cdk-lib";
import { CfnTrail } from "aws-cdk-lib/aws-cloudtrail";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import { dataBucket } from "./constructs/data-bucket.ts";
import { dataKey } from "./constructs/data-key.ts";
import { TRAIL, trailArn } from "./constructs/key-users.ts";
import { sourceLogGroup } from "./constructs/source-log-group.ts";
import type { StackContext } from "./stack-context.ts";

const CLOUDTRAIL = "cloudtrail.amazonaws.com";

/**
 * A trail of the management events of all regions, of this account or of its organization: to its own bucket, which CloudTrail wants, and to a log group that is taken
 * in. It has no data events, among which its own writing to the bucket would be. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-trail-recursive-logging.html
 */
export function addTrail(stack: Stack, context: StackContext): void {
  const { deployment, names, region } = context;
  const isOrganization = deployment.logSources.trail === "organization";
  const bucket = addBucket(stack, context);
  const logGroup = sourceLogGroup(stack, "TrailLogs", context, `/aws/cloudtrail/${names.of("sources")}`);
  const key = dataKey(stack, context);
  const role = new Role(stack, "TrailRole", {
    roleName: names.role(TRAIL, region),
    // Without a condition: of this role's use CloudTrail says neither aws:SourceArn nor aws:SourceAccount. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cw_role_policy.html
    assumedBy: new ServicePrincipal(CLOUDTRAIL),
    inlinePolicies: {
      logs: new PolicyDocument({
        statements: [
          new PolicyStatement({
            actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
            resources: [logGroup.logGroupArn],
          }),
        ],
      }),
    },
  });
  const trail = new CfnTrail(stack, "Trail", {
    trailName: names.of(TRAIL),
    isLogging: true,
    isMultiRegionTrail: true,
    includeGlobalServiceEvents: true,
    isOrganizationTrail: isOrganization,
    enableLogFileValidation: true,
    s3BucketName: bucket.bucketName,
    cloudWatchLogsLogGroupArn: logGroup.logGroupArn,
    cloudWatchLogsRoleArn: role.roleArn,
    ...(key === undefined ? {} : { kmsKeyId: key.keyArn }),
  });
  if (bucket.policy !== undefined) trail.node.addDependency(bucket.policy);
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html */
function addBucket(stack: Stack, context: StackContext): Bucket {
  const { archive, logSources, organization } = context.deployment;
  const bucket = dataBucket(stack, "TrailBucket", context, {
    what: TRAIL,
    lifecycle: [{ id: "trail", expiration: Duration.days(archive.expireAfterDays) }],
  });
  const principals = [new ServicePrincipal(CLOUDTRAIL)];
  const conditions = ofTrail(stack, context);
  const owners = [
    stack.account,
    ...(logSources.trail === "organization" && organization !== undefined ? [organization.id] : []),
  ];
  bucket.addToResourcePolicy(
    new PolicyStatement({ principals, actions: ["s3:GetBucketAcl"], resources: [bucket.bucketArn], conditions }),
  );
  bucket.addToResourcePolicy(
    new PolicyStatement({
      principals,
      actions: ["s3:PutObject"],
      resources: owners.map((owner) => bucket.arnForObjects(`AWSLogs/${owner}/*`)),
      conditions: {
        ...conditions,
        StringEquals: { ...conditions["StringEquals"], "s3:x-amz-acl": "bucket-owner-full-control" },
      },
    }),
  );
  return bucket;
}

/** On behalf of this trail. An organization's belongs to the management account, whose id is not known here, so the organization stands for it. */
function ofTrail(stack: Stack, context: StackContext): Record<string, Record<string, unknown>> {
  const { logSources, organization } = context.deployment;
  const isOrganization = logSources.trail === "organization" && organization !== undefined;
  return {
    StringEquals: isOrganization ? { "aws:SourceOrgID": organization.id } : { "aws:SourceAccount": stack.account },
    ArnLike: { "aws:SourceArn": trailArn(stack, context) },
  };
}
