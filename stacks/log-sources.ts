import { CfnOutput, type Stack } from "aws-cdk-lib";
import { CfnAccount } from "aws-cdk-lib/aws-apigateway";
import { CfnFlowLog } from "aws-cdk-lib/aws-ec2";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnResourcePolicy, type LogGroup } from "aws-cdk-lib/aws-logs";
import {
  CfnResolverQueryLoggingConfig,
  CfnResolverQueryLoggingConfigAssociation,
} from "aws-cdk-lib/aws-route53resolver";
import { bucketArn } from "./constructs/bucket-arn.ts";
import { sourceLogGroup } from "./constructs/source-log-group.ts";
import { API_GATEWAY_FORMAT, FLOW_LOG_FORMAT } from "./log-formats.ts";
import { addTrail } from "./log-sources-trail.ts";
import { GLOBAL_REGION } from "./rules/shipped-rule.ts";
import type { StackContext } from "./stack-context.ts";

/** Switches on what the configuration names of AWS's own logs in one region of the central account; they come in like all other logs there. */
export function logSources(stack: Stack, context: StackContext): void {
  const { deployment, region } = context;
  const { apiGateway, flowLogs, hostedZones, resolverQueries, trail } = deployment.logSources;
  const flowVpcs = flowLogs.vpcs[region] ?? [];
  const resolverVpcs = resolverQueries.vpcs[region] ?? [];
  if (flowVpcs.length > 0) addFlowLogs(stack, context, flowVpcs);
  if (resolverVpcs.length > 0) addResolverQueries(stack, context, resolverVpcs);
  if (region === GLOBAL_REGION && hostedZones.length > 0) addHostedZones(stack, context);
  if (region === deployment.region && trail !== "none") addTrail(stack, context);
  if (apiGateway) addApiGateway(stack, context);
}

function addFlowLogs(stack: Stack, context: StackContext, vpcs: readonly string[]): void {
  const { bucket, intervalSeconds, traffic } = context.deployment.logSources.flowLogs;
  const destination =
    bucket === undefined
      ? toLogGroup(stack, context)
      : { logDestinationType: "s3", logDestination: bucketArn(stack, bucket) };
  for (const vpc of vpcs) {
    new CfnFlowLog(stack, `FlowLog-${vpc}`, {
      resourceType: "VPC",
      resourceId: vpc,
      trafficType: traffic,
      maxAggregationInterval: intervalSeconds,
      logFormat: FLOW_LOG_FORMAT,
      ...destination,
    });
  }
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html */
function toLogGroup(stack: Stack, context: StackContext): object {
  const { names, region } = context;
  const logGroup = sourceLogGroup(stack, "FlowLogs", context, `/aws/vpc/flow-logs/${names.of("sources")}`);
  const role = new Role(stack, "FlowLogsRole", {
    roleName: names.role("flow-logs", region),
    assumedBy: new ServicePrincipal("vpc-flow-logs.amazonaws.com", {
      conditions: {
        StringEquals: { "aws:SourceAccount": stack.account },
        ArnLike: { "aws:SourceArn": `arn:${stack.partition}:ec2:${region}:${stack.account}:vpc-flow-log/*` },
      },
    }),
    inlinePolicies: {
      logs: new PolicyDocument({
        statements: [
          new PolicyStatement({
            actions: ["logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            resources: [logGroup.logGroupArn],
          }),
        ],
      }),
    },
  });
  return {
    logDestinationType: "cloud-watch-logs",
    logGroupName: logGroup.logGroupName,
    deliverLogsPermissionArn: role.roleArn,
  };
}

/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs.html */
function addResolverQueries(stack: Stack, context: StackContext, vpcs: readonly string[]): void {
  const { names } = context;
  const logGroup = sourceLogGroup(stack, "ResolverQueries", context, `/aws/route53resolver/${names.of("sources")}`);
  const policy = allowWrites(stack, "ResolverQueriesPolicy", context, {
    name: "resolver-queries",
    service: "delivery.logs.amazonaws.com",
    logGroups: [logGroup],
    sourceArn: `arn:${stack.partition}:logs:${stack.region}:${stack.account}:*`,
  });
  const config = new CfnResolverQueryLoggingConfig(stack, "ResolverQueryLogging", {
    name: names.of("resolver-queries"),
    destinationArn: logGroup.logGroupArn,
  });
  config.node.addDependency(policy);
  for (const vpc of vpcs) {
    new CfnResolverQueryLoggingConfigAssociation(stack, `ResolverQueries-${vpc}`, {
      resolverQueryLogConfigId: config.attrId,
      resourceId: vpc,
    });
  }
}

/**
 * Where the queries of public hosted zones go: a log group for each in us-east-1, which Route 53 wants there. CloudFormation switches the logging itself on only as it
 * makes a zone; for a zone that exists an output has the command. https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/query-logs.html
 */
function addHostedZones(stack: Stack, context: StackContext): void {
  const { hostedZones } = context.deployment.logSources;
  const logGroups = hostedZones.map(({ id, name }) =>
    sourceLogGroup(stack, `HostedZone-${id}`, context, `/aws/route53/${name}`),
  );
  allowWrites(stack, "HostedZonesPolicy", context, {
    name: "hosted-zones",
    service: "route53.amazonaws.com",
    logGroups,
    sourceArn: hostedZones.map(({ id }) => `arn:${stack.partition}:route53:::hostedzone/${id}`),
  });
  hostedZones.forEach(({ id }, i) => {
    const arn = `arn:${stack.partition}:logs:${stack.region}:${stack.account}:log-group:${logGroups[i]?.logGroupName}`;
    new CfnOutput(stack, `Switch-on-${id}`, {
      value: `aws route53 create-query-logging-config --hosted-zone-id ${id} --cloud-watch-logs-log-group-arn ${arn}`,
      description: "Run this once",
    });
  });
}

interface WriterProps {
  readonly name: string;
  readonly service: string;
  readonly logGroups: readonly LogGroup[];
  readonly sourceArn: string | readonly string[];
}

/** Lets a service write to log groups on behalf of this account. A region has at most ten such policies. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
function allowWrites(stack: Stack, id: string, context: StackContext, props: WriterProps): CfnResourcePolicy {
  const { logGroups, name, service, sourceArn } = props;
  return new CfnResourcePolicy(stack, id, {
    policyName: context.names.of(name),
    policyDocument: stack.toJsonString({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: service },
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: logGroups.map(({ logGroupArn }) => logGroupArn),
          Condition: {
            StringEquals: { "aws:SourceAccount": stack.account },
            ArnLike: { "aws:SourceArn": sourceArn },
          },
        },
      ],
    }),
  });
}

/** API Gateway writes for all APIs of a region by one role of the account, to groups that it or the APIs name. https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html */
function addApiGateway(stack: Stack, { names, region }: StackContext): void {
  const logGroups = (name: string) => `arn:${stack.partition}:logs:${stack.region}:${stack.account}:log-group:${name}`;
  const role = new Role(stack, "ApiGatewayRole", {
    roleName: names.role("api-gateway", region),
    // Without a condition, as AWS writes it: API Gateway tries the role when it is told of it, and refuses one that it cannot take on.
    assumedBy: new ServicePrincipal("apigateway.amazonaws.com"),
    inlinePolicies: {
      logs: new PolicyDocument({
        statements: [
          new PolicyStatement({
            actions: [
              "logs:CreateLogGroup",
              "logs:CreateLogStream",
              "logs:DescribeLogGroups",
              "logs:DescribeLogStreams",
              "logs:FilterLogEvents",
              "logs:GetLogEvents",
              "logs:PutLogEvents",
            ],
            resources: [logGroups("*")],
          }),
        ],
      }),
    },
  });
  new CfnAccount(stack, "ApiGatewayAccount", { cloudWatchRoleArn: role.roleArn });
  new CfnOutput(stack, "Access-log-format", {
    value: API_GATEWAY_FORMAT,
    description: "The format of an API's access log",
  });
}
