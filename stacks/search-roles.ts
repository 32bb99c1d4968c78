import type { Stack } from "aws-cdk-lib";
import type { StackContext } from "./stack-context.ts";

/** The function that sets a cluster up. */
export const SET_UP_FUNCTION = "search-setup";
/** What a domain or a collection is called, and the delivery stream into it. */
export const SEARCH_CLUSTER = "logs";
export const SEARCH_STREAM = "search";
/** The role of the delivery stream. */
export const STREAM_ROLE = `firehose-${SEARCH_STREAM}`;

/** The ARN of a role of Belfry's own in the home region, whichever stack makes it. */
export function roleArn(stack: Stack, { names, region }: StackContext, what: string): string {
  return stack.formatArn({ service: "iam", region: "", resource: "role", resourceName: names.role(what, region) });
}

/** The ARNs of the roles that put documents into the cluster: those of the functions that take in logs, and the delivery stream's. */
export function writerRoles(stack: Stack, context: StackContext): string[] {
  const { ingest, search } = context.deployment;
  const functions = [
    ingest.buffer === "none" ? "ingest-subscription" : "ingest-kinesis",
    ...(ingest.buckets.length > 0 ? ["ingest-s3-object"] : []),
  ];
  const streams = search.type !== "none" && search.firehose ? [STREAM_ROLE] : [];
  return [...functions, ...streams].map((what) => roleArn(stack, context, what));
}
