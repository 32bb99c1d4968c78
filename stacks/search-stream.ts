import { RemovalPolicy, type Stack } from "aws-cdk-lib";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnDeliveryStream } from "aws-cdk-lib/aws-kinesisfirehose";
import { LogStream } from "aws-cdk-lib/aws-logs";
import { onlyFor } from "./archive-stream.ts";
import { bucketArn } from "./constructs/bucket-arn.ts";
import { dataKey, keyStatements } from "./constructs/data-key.ts";
import { ownLogGroup } from "./constructs/own-log-group.ts";
import { FAILURES_BUCKET } from "./foundation.ts";
import { SEARCH_STREAM, STREAM_ROLE } from "./search-roles.ts";
import type { SearchCluster } from "./search-setup.ts";
import type { StackContext } from "./stack-context.ts";

/** The index, for a domain with the day of arrival behind it. */
const INDEX = "belfry-firehose";
const LOG_STREAM = "delivery";
/** Where Firehose keeps what the cluster refuses. */
const PREFIX = "firehose/";

const BUFFERING = { sizeInMBs: 5, intervalInSeconds: 60 };
const RETRY = { durationInSeconds: 3600 };

/** A delivery stream into the cluster, one document a record; what is refused for good goes to the failures' bucket. https://docs.aws.amazon.com/firehose/latest/dev/create-destination.html */
export function addSearchStream(stack: Stack, context: StackContext, cluster: SearchCluster): void {
  const { encryption } = context.deployment;
  const logGroup = ownLogGroup(stack, "SearchStreamLogs", context, STREAM_ROLE);
  const logStream = new LogStream(stack, "SearchStreamLogStream", {
    logGroup,
    logStreamName: LOG_STREAM,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = streamRole(stack, context, cluster, logGroup.logGroupArn);
  const key = dataKey(stack, context);
  const logging = {
    enabled: true,
    logGroupName: context.names.logGroup(STREAM_ROLE),
    logStreamName: LOG_STREAM,
  };
  const destination = {
    roleArn: role.roleArn,
    indexName: INDEX,
    bufferingHints: BUFFERING,
    retryOptions: RETRY,
    s3BackupMode: "FailedDocumentsOnly",
    s3Configuration: {
      bucketArn: bucketArn(stack, context.names.bucket(FAILURES_BUCKET)),
      roleArn: role.roleArn,
      prefix: PREFIX,
      errorOutputPrefix: `${PREFIX}!{firehose:error-output-type}/`,
      compressionFormat: "GZIP",
      cloudWatchLoggingOptions: logging,
    },
    cloudWatchLoggingOptions: logging,
  };
  const stream = new CfnDeliveryStream(stack, "SearchStream", {
    deliveryStreamName: context.names.of(SEARCH_STREAM),
    deliveryStreamType: "DirectPut",
    deliveryStreamEncryptionConfigurationInput:
      encryption === "customer" && key !== undefined
        ? { keyType: "CUSTOMER_MANAGED_CMK", keyArn: key.keyArn }
        : { keyType: "AWS_OWNED_CMK" },
    ...(cluster.service === "aoss"
      ? { amazonOpenSearchServerlessDestinationConfiguration: { ...destination, collectionEndpoint: cluster.endpoint } }
      : {
          amazonopensearchserviceDestinationConfiguration: {
            ...destination,
            domainArn: cluster.arn,
            indexRotationPeriod: "OneDay",
          },
        }),
  });
  stream.node.addDependency(role, logStream, ...cluster.dependencies);
}

/** https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html */
function streamRole(stack: Stack, context: StackContext, cluster: SearchCluster, logGroupArn: string): Role {
  const streams = stack.formatArn({
    service: "firehose",
    resource: "deliverystream",
    resourceName: context.names.of(SEARCH_STREAM),
  });
  const bucket = bucketArn(stack, context.names.bucket(FAILURES_BUCKET));
  return new Role(stack, "SearchStreamRole", {
    roleName: context.names.role(STREAM_ROLE, context.region),
    assumedBy: new ServicePrincipal("firehose.amazonaws.com", {
      conditions: onlyFor(stack, streams),
    }),
    inlinePolicies: {
      delivery: new PolicyDocument({
        statements: [
          ...clusterStatements(cluster),
          new PolicyStatement({
            actions: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
            resources: [bucket],
          }),
          new PolicyStatement({
            actions: ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
            resources: [`${bucket}/${PREFIX}*`],
          }),
          new PolicyStatement({ actions: ["logs:PutLogEvents"], resources: [logGroupArn] }),
          ...keyStatements(stack, context, ["kms:Decrypt", "kms:GenerateDataKey"]),
        ],
      }),
    },
  });
}

function clusterStatements({ arn, service }: SearchCluster): PolicyStatement[] {
  if (service === "aoss") return [new PolicyStatement({ actions: ["aoss:APIAccessAll"], resources: [arn] })];
  const readable = ["_all/_settings", "_cluster/stats", `${INDEX}*/_mapping/*`, "_nodes", "_nodes/*", "_stats"];
  return [
    new PolicyStatement({
      actions: ["es:DescribeDomain", "es:DescribeDomainConfig", "es:DescribeDomains"],
      resources: [arn],
    }),
    new PolicyStatement({
      actions: ["es:ESHttpPost", "es:ESHttpPut"],
      resources: [`${arn}/_bulk`, `${arn}/${INDEX}*`],
    }),
    new PolicyStatement({
      actions: ["es:ESHttpGet"],
      resources: [...readable, `${INDEX}*/_stats`].map((path) => `${arn}/${path}`),
    }),
  ];
}
