import { Duration, Stack } from "aws-cdk-lib";
import { BlockPublicAccess, Bucket, BucketEncryption, type LifecycleRule, ObjectOwnership } from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import type { StackContext } from "../stack-context.ts";
import { dataKey } from "./data-key.ts";
import { removalPolicy } from "./removal-policy.ts";

/** Parts of an upload that never ended are paid for until they are removed. */
const UNFINISHED_DAYS = 7;

export interface DataBucketProps {
  /** Its name without application, stage, account and region. */
  readonly what: string;
  readonly lifecycle: readonly LifecycleRule[];
}

/** A private bucket, reached by TLS alone, encrypted, that keeps what is in it when its stack is removed. */
export function dataBucket(scope: Construct, id: string, context: StackContext, props: DataBucketProps): Bucket {
  const key = dataKey(Stack.of(scope), context);
  return new Bucket(scope, id, {
    bucketName: context.names.bucket(props.what),
    encryption: key === undefined ? BucketEncryption.S3_MANAGED : BucketEncryption.KMS,
    ...(key === undefined ? {} : { encryptionKey: key, bucketKeyEnabled: true }),
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    lifecycleRules: [
      { id: "unfinished-uploads", abortIncompleteMultipartUploadAfter: Duration.days(UNFINISHED_DAYS) },
      ...props.lifecycle,
    ],
    removalPolicy: removalPolicy(context),
  });
}
