import type { Stack } from "aws-cdk-lib";

/** The ARN of a bucket by its name, which may hold tokens. */
export function bucketArn(stack: Stack, bucket: string): string {
  return `arn:${stack.partition}:s3:::${bucket}`;
}
