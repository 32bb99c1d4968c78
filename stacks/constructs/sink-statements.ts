import type { Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import type { SinkConfig } from "../../packages/core/src/config/schema.ts";
import { FAILURES_BUCKET } from "../foundation.ts";
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
      throw new Error(`unreachable: a sink of type ${sink.type} is refused when the stacks are planned`);
  }
}

function openSearchAccess(
  stack: Stack,
  context: StackContext,
  sink: Extract<SinkConfig, { type: "opensearch" }>,
): SinkAccess {
  const environment =
    sink.endpoint === undefined ? { OPENSEARCH_URL: published(stack, context, SEARCH_ENDPOINT_PARAMETER) } : {};
  if (sink.service === "none") return { environment, statements: [] };
  const arn = clusterArn(stack, context, sink);
  const statement = sink.service === "aoss" ? allow("aoss:APIAccessAll", arn) : allow("es:ESHttpPost", `${arn}/_bulk`);
  return { environment, statements: [statement] };
}

/** A cluster of which only the address is known may be any of its region. */
function clusterArn(
  stack: Stack,
  context: StackContext,
  { endpoint, region, service }: Extract<SinkConfig, { type: "opensearch" }>,
): string {
  const { search } = context.deployment;
  if (endpoint === undefined) return published(stack, context, SEARCH_ARN_PARAMETER);
  if (search.type === "url" && search.endpoint === endpoint && search.arn !== undefined) return search.arn;
  const [arnService, resource] = service === "aoss" ? ["aoss", "collection"] : ["es", "domain"];
  return stack.formatArn({
    service: arnService,
    region: region ?? stack.region,
    resource,
    resourceName: "*",
  });
}

function published(stack: Stack, { names }: StackContext, parameter: string): string {
  return StringParameter.valueForStringParameter(stack, names.parameter(parameter));
}

function allow(action: string, resource: string): PolicyStatement {
  return new PolicyStatement({ actions: [action], resources: [resource] });
}

function streamArn(stack: Stack, service: string, resource: string, name: string, region: string | undefined): string {
  return stack.formatArn({ service, resource, resourceName: name, ...(region === undefined ? {} : { region }) });
}
