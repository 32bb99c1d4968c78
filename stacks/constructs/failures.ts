import type { Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { FAILURES_BUCKET } from "../foundation.ts";
import type { StackContext } from "../stack-context.ts";
import { bucketArn } from "./bucket-arn.ts";
import { keyStatements } from "./data-key.ts";

/** What Lambda's keys begin with: `aws/lambda/<mapping>/…` of a stream, `aws/lambda/async/<function>/…`. https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html */
const PREFIX = "aws/lambda/";

/** The bucket that keeps events which a function could not work on, whole, for the replay. */
export function failuresArn(stack: Stack, { names }: StackContext): string {
  return bucketArn(stack, names.bucket(FAILURES_BUCKET));
}

/** What a function's role needs for Lambda to keep its failed events in the bucket. */
export function failuresAccess(stack: Stack, context: StackContext): PolicyStatement[] {
  const bucket = failuresArn(stack, context);
  return [
    new PolicyStatement({ actions: ["s3:PutObject"], resources: [`${bucket}/${PREFIX}*`] }),
    new PolicyStatement({ actions: ["s3:ListBucket"], resources: [bucket] }),
    ...keyStatements(stack, context, ["kms:GenerateDataKey"]),
  ];
}
