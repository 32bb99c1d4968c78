import type { Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { type IKey, Key } from "aws-cdk-lib/aws-kms";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import type { StackContext } from "../stack-context.ts";

/** The parameter in which the foundation publishes the key's ARN. */
export const KEY_PARAMETER = "key-arn";

const ID = "DataKey";

/** The customer's key, as any stack of the home region but the foundation sees it; undefined where AWS's own keys encrypt, and in other regions. */
export function dataKey(stack: Stack, { deployment, names, region }: StackContext): IKey | undefined {
  if (deployment.encryption === "aws" || region !== deployment.region) return undefined;
  const known = stack.node.tryFindChild(ID) as IKey | undefined;
  return (
    known ?? Key.fromKeyArn(stack, ID, StringParameter.valueForStringParameter(stack, names.parameter(KEY_PARAMETER)))
  );
}

/** What a role needs of the key; nothing where AWS's own keys encrypt. Writing takes `kms:GenerateDataKey`, reading `kms:Decrypt`, a multipart upload both. */
export function keyStatements(
  stack: Stack,
  context: StackContext,
  actions: readonly ("kms:Decrypt" | "kms:GenerateDataKey")[],
): PolicyStatement[] {
  const key = dataKey(stack, context);
  return key === undefined ? [] : [new PolicyStatement({ actions: [...actions], resources: [key.keyArn] })];
}
