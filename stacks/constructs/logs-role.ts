import { Stack } from "aws-cdk-lib";
import { PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import type { StackContext } from "../stack-context.ts";

/**
 * A role that CloudWatch Logs takes on to write to a subscription's stream, for log groups of this account alone.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
 */
export function logsRole(
  scope: Construct,
  id: string,
  { names, region }: StackContext,
  { what, statements }: { readonly what: string; readonly statements: PolicyStatement[] },
): Role {
  const stack = Stack.of(scope);
  return new Role(scope, id, {
    roleName: names.role(what, region),
    assumedBy: new ServicePrincipal("logs.amazonaws.com", {
      conditions: {
        StringEquals: { "aws:SourceAccount": stack.account },
        ArnLike: { "aws:SourceArn": stack.formatArn({ service: "logs", resource: "*" }) },
      },
    }),
    inlinePolicies: { stream: new PolicyDocument({ statements }) },
  });
}
