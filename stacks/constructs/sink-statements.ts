import type { Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import type { SinkConfig } from "../../packages/core/src/config/schema.ts";
import { FAILURES_BUCKET } from "../foundation.ts";
import type { Names } from "../names.ts";
import type { StackContext } from "../stack-context.ts";
import { bucketArn } from "./bucket-arn.ts";
import { keyStatements } from "./data-key.ts";

/** What the archive's delivery stream is called. */
export const ARCHIVE_STREAM = "archive";
/** The parameters in which the search stack publishes where its cluster is, and what it is. */
export const SEARCH_ENDPOINT_PARAMETER = "search-endpoint";
export const SEARCH_ARN_PARAMETER = "search-arn";

/** The environment and the permissions of a function that writes to sinks. */
export interface SinkAccess {
  readonly environment: Readonly<Record<string, string>>;
  readonly statements: readonly PolicyStatement[];
}

/** What a function needs that only keeps bad input in the quarantine. */
export function quarantineAccess(stack: Stack, context: StackContext): SinkAccess {
  const bucket = context.names.bucket(FAILURES_BUCKET);
  return {
    environment: { BELFRY_QUARANTINE_BUCKET: bucket },
    statements: [
      new PolicyStatement({
        actions: ["s3:PutObject"],
        resources: [`${bucketArn(stack, bucket)}/quarantine/*`],
      }),
      ...keyStatements(stack, context, ["kms:GenerateDataKey"]),
    ],
  };
}

/** What a function needs that routes records: the quarantine, and each sink of the configuration that some route names. */
export function sinkAccess(stack: Stack, context: StackContext): SinkAccess {
  const quarantine = quarantineAccess(stack, context);
  const sinks = Object.values(context.config.sinks).map((sink) => accessOf(stack, context, sink));
  return {
    environment: Object.assign({}, quarantine.environment, ...sinks.map(({ environment }) => environment)),
    statements: [...quarantine.statements, ...sinks.flatMap(({ statements }) => statements)],
  };
}

function accessOf(stack: Stack, context: StackContext, sink: SinkConfig): SinkAccess {
  switch (sink.type) {
    case "archive": {
      const name = sink.deliveryStream ?? context.names.of(ARCHIVE_STREAM);
      return {
        environment: { BELFRY_ARCHIVE_STREAM: context.names.of(ARCHIVE_STREAM) },
        statements: [allow("firehose:PutRecordBatch", streamArn(stack, "firehose", "deliverystream", name, undefined))],
      };
    }
    case "firehose": {
      const arn = streamArn(stack, "firehose", "deliverystream", sink.deliveryStream, sink.region);
      return { environment: {}, statements: [allow("firehose:PutRecordBatch", arn)] };
    }
    case "kinesis":
      return {
        environment: {},
        statements: [allow("kinesis:PutRecords", streamArn(stack, "kinesis", "stream", sink.stream, sink.region))],
      };
    case "s3":
      return {
        environment: {},
        statements: [allow("s3:PutObject", `${bucketArn(stack, sink.bucket)}/${sink.prefix}*`)],
      };
    case "opensearch":
      return openSearchAccess(stack, context, sink);
    default:
      throw new Error(`a sink of type ${sink.type} is for the local runtime: take another one for what is deployed`);
  }
}

function openSearchAccess(
  stack: Stack,
  { names }: StackContext,
  sink: Extract<SinkConfig, { type: "opensearch" }>,
): SinkAccess {
  const arn = (): string => StringParameter.valueForStringParameter(stack, names.parameter(SEARCH_ARN_PARAMETER));
  const environment = sink.endpoint === undefined ? { OPENSEARCH_URL: endpoint(stack, names) } : {};
  if (sink.service === "none") return { environment, statements: [] };
  // A cluster that is not Belfry's own is known by its address alone.
  const domains = stack.formatArn({ service: "es", resource: "domain", resourceName: "*" });
  const collections = stack.formatArn({ service: "aoss", resource: "collection", resourceName: "*" });
  if (sink.service === "aoss") {
    return { environment, statements: [allow("aoss:APIAccessAll", sink.endpoint === undefined ? arn() : collections)] };
  }
  const domain = sink.endpoint === undefined ? arn() : domains;
  return { environment, statements: [allow("es:ESHttpPost", `${domain}/_bulk`)] };
}

function endpoint(stack: Stack, names: Names): string {
  return StringParameter.valueForStringParameter(stack, names.parameter(SEARCH_ENDPOINT_PARAMETER));
}

function allow(action: string, resource: string): PolicyStatement {
  return new PolicyStatement({ actions: [action], resources: [resource] });
}

function streamArn(stack: Stack, service: string, resource: string, name: string, region: string | undefined): string {
  return stack.formatArn({ service, resource, resourceName: name, ...(region === undefined ? {} : { region }) });
}
