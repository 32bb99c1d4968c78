import type { Stack } from "aws-cdk-lib";
import { CfnStackSet } from "aws-cdk-lib";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { COLLECTOR_PARAMETERS, COLLECTOR_SCOPES, collectorTemplate, NO_SINK } from "./collector.ts";
import { SINK_PARAMETER } from "./edge.ts";
import type { StackContext } from "./stack-context.ts";

/** How many accounts are worked on at once, and in how many of them a deployment may fail, in percent. */
const CONCURRENT_PERCENT = 25;
const TOLERATED_PERCENT = 10;

/**
 * The collector in all accounts of the organization's units, present and to come, in one region. Each region has a StackSet of its own, because the collector needs
 * the ARN of that region's sink, which no other region knows. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-manage-auto-deployment.html
 */
export function members(stack: Stack, context: StackContext): void {
  const { config, deployment, names, region } = context;
  const { units = [], callAs } = deployment.organization ?? {};
  const takesAll = deployment.allRegions.includes(region);
  const parameter = (parameterKey: string, parameterValue: string) => ({ parameterKey, parameterValue });
  new CfnStackSet(stack, "Collector", {
    stackSetName: names.of("collector"),
    description: "Belfry: brings logs, events and metrics of member accounts to the central account",
    permissionModel: "SERVICE_MANAGED",
    ...(callAs === undefined ? {} : { callAs }),
    capabilities: ["CAPABILITY_NAMED_IAM"],
    templateBody: JSON.stringify(collectorTemplate(config, names.stage)),
    parameters: [
      parameter(COLLECTOR_PARAMETERS.account, stack.account),
      parameter(COLLECTOR_PARAMETERS.scope, takesAll ? COLLECTOR_SCOPES.all : COLLECTOR_SCOPES.globalEvents),
      parameter(COLLECTOR_PARAMETERS.sink, takesAll && deployment.sharedMetrics ? sinkArn(stack, context) : NO_SINK),
    ],
    autoDeployment: { enabled: true, retainStacksOnAccountRemoval: false },
    managedExecution: { Active: true },
    operationPreferences: {
      maxConcurrentPercentage: CONCURRENT_PERCENT,
      failureTolerancePercentage: TOLERATED_PERCENT,
      regionConcurrencyType: "PARALLEL",
    },
    stackInstancesGroup: [
      {
        deploymentTargets: {
          organizationalUnitIds: [...units],
          // The central account subscribes its own log groups itself.
          accountFilterType: "DIFFERENCE",
          accounts: [stack.account],
        },
        regions: [region],
      },
    ],
  });
}

function sinkArn(stack: Stack, { names }: StackContext): string {
  return StringParameter.valueForStringParameter(stack, names.parameter(SINK_PARAMETER));
}
