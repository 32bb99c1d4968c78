import type { Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { parseSecretReference } from "../../packages/core/src/config/channels/secret-place.ts";
import type { StackContext } from "../stack-context.ts";

/** Reading secrets by their references, each of them alone; the keys that encrypt them are named by the configuration, AWS's own need no permission. */
export function secretStatements(
  stack: Stack,
  { deployment }: StackContext,
  references: readonly string[],
): PolicyStatement[] {
  const places = references.flatMap((reference) => parseSecretReference(reference) ?? []);
  const arns = places.flatMap((place) => (place.kind === "secrets-manager" ? withSuffix(place.arn) : []));
  const parameters = places.flatMap((place) => (place.kind === "parameter" ? parameterArn(stack, place.name) : []));
  return [
    ...(arns.length === 0 ? [] : [allow(["secretsmanager:GetSecretValue"], arns)]),
    ...(parameters.length === 0 ? [] : [allow(["ssm:GetParameter"], parameters)]),
    ...(places.length === 0 || deployment.alerting.secretKeys.length === 0
      ? []
      : [allow(["kms:Decrypt"], deployment.alerting.secretKeys)]),
  ];
}

/** An ARN without the six characters that Secrets Manager adds to a name stands for the secret of that name. https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen */
function withSuffix(arn: string): string {
  return /-[A-Za-z0-9]{6}$/.test(arn) ? arn : `${arn}-??????`;
}

function parameterArn(stack: Stack, name: string): string {
  return name.startsWith("arn:")
    ? name
    : stack.formatArn({ service: "ssm", resource: "parameter", resourceName: name.slice(1) });
}

function allow(actions: string[], resources: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources: [...new Set(resources)] });
}
