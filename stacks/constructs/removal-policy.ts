import { RemovalPolicy } from "aws-cdk-lib";
import type { StackContext } from "../stack-context.ts";

/**
 * What becomes of data when its stack is removed, as `deploy.removal` says. What is kept is kept but in one case: when the very deployment that makes it fails, it goes with
 * the rest. Its name is fixed, so that the next try would find it in the way. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
 */
export function removalPolicy({ deployment }: Pick<StackContext, "deployment">): RemovalPolicy {
  return deployment.removal === "destroy" ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
}
