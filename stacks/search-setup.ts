import { CfnResource, Duration, type Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { CfnFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct, IDependable } from "constructs";
import { LambdaFunction } from "./constructs/lambda-function.ts";
import { addSchedule } from "./constructs/schedule.ts";
import { SET_UP_FUNCTION, writerRoles } from "./search-roles.ts";
import type { StackContext } from "./stack-context.ts";

/** A cluster that documents are put into. */
export interface SearchCluster {
  /** `https://…`. */
  readonly endpoint: string;
  readonly arn: string;
  readonly service: "es" | "aoss" | "none";
  /** What must be there before it can be set up. */
  readonly dependencies: readonly IDependable[];
  /** What names the role that sets it up, and is made after that role. */
  readonly namesRole?: Construct;
}

/** A domain takes half an hour to be there, but CloudFormation waits for that; a policy takes a minute to hold. */
const TIMEOUT = Duration.minutes(10);
const MEMORY_MIB = 256;

/**
 * The function that sets the cluster up: when the stack is made, when the retention or the function has changed, and, where the cluster does not delete old indices or is not
 * Belfry's own, every day.
 */
export function addSetUp(stack: Stack, context: StackContext, cluster: SearchCluster): void {
  const { search } = context.deployment;
  const readers = search.type === "domain" ? search.readers : [];
  const setUp = new LambdaFunction(stack, "SearchSetup", context, {
    name: SET_UP_FUNCTION,
    description: "Puts index templates, retention and roles into the search cluster",
    memoryMiB: MEMORY_MIB,
    timeoutSeconds: TIMEOUT.toSeconds(),
    environment: {
      OPENSEARCH_URL: cluster.endpoint,
      BELFRY_SEARCH_SERVICE: cluster.service,
      ...(search.type === "domain" ? { BELFRY_WRITER_ROLE: writerRoles(stack, context).join(",") } : {}),
      ...(readers.length > 0 ? { BELFRY_READER_ROLE: readers.join(",") } : {}),
    },
    statements: setUpStatements(cluster),
  });
  cluster.namesRole?.node.addDependency(setUp.role);
  // Whoever has a cluster of their own lets the function's role in first, which is not there before this stack is.
  if (search.type !== "url") addResource(stack, context, setUp, cluster);
  if (search.type === "url" || search.type === "serverless") addDaily(stack, context, setUp);
}

function setUpStatements({ arn, service }: SearchCluster): PolicyStatement[] {
  if (service === "none") return [];
  if (service === "aoss") return [new PolicyStatement({ actions: ["aoss:APIAccessAll"], resources: [arn] })];
  return [
    new PolicyStatement({
      actions: ["es:ESHttpPut"],
      resources: [`${arn}/_index_template/*`, `${arn}/_plugins/_ism/policies/*`, `${arn}/_plugins/_security/api/*`],
    }),
    new PolicyStatement({ actions: ["es:ESHttpGet"], resources: [`${arn}/_plugins/_ism/policies/*`] }),
  ];
}

/** CloudFormation calls the function as who deploys, and asks it again when one of these properties has changed. */
function addResource(stack: Stack, context: StackContext, setUp: LambdaFunction, cluster: SearchCluster): void {
  const { code } = setUp.function.node.defaultChild as CfnFunction;
  const resource = new CfnResource(stack, "SetUp", {
    type: "Custom::BelfrySearchSetup",
    properties: {
      ServiceToken: setUp.function.functionArn,
      ServiceTimeout: String(TIMEOUT.plus(Duration.minutes(1)).toSeconds()),
      Endpoint: cluster.endpoint,
      Retention: stack.toJsonString(context.config.retentionDays),
      Code: (code as CfnFunction.CodeProperty).s3Key,
    },
  });
  resource.node.addDependency(setUp.role, ...cluster.dependencies);
}

function addDaily(stack: Stack, context: StackContext, setUp: LambdaFunction): void {
  addSchedule(stack, "SetUpSchedule", context, {
    name: SET_UP_FUNCTION,
    description: "Sets the search cluster up again, and deletes old indices of a collection",
    expression: "cron(45 3 * * ? *)",
    targetArn: setUp.function.functionArn,
    action: "lambda:InvokeFunction",
    input: {},
  });
}
