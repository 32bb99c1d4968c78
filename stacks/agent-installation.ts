import type { Stack } from "aws-cdk-lib";
import { CfnAssociation, CfnDocument, type CfnParameter } from "aws-cdk-lib/aws-ssm";
import type { Platform } from "../packages/core/src/agent/agent-config.ts";
import type { StackContext } from "./stack-context.ts";

/** As State Manager and documents call the systems. https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-syntax-data-elements-parameters.html */
const PLATFORM_TYPE: Readonly<Record<Platform, string>> = { linux: "Linux", windows: "Windows" };

/**
 * Installs the agent and then configures it, on every instance with the tag, now and again and again. Associations run in no order, so one document does both:
 * the second step would fail on an instance without the agent. AWS's own documents are named without a version, which follows their default.
 */
export function addInstallation(
  stack: Stack,
  context: StackContext,
  platform: Platform,
  parameter: CfnParameter,
): void {
  const { names, deployment } = context;
  const { tag, rollout } = deployment.agent;
  const document = new CfnDocument(stack, `Document-${platform}`, {
    name: names.of(`agent-${platform}`),
    documentType: "Command",
    documentFormat: "JSON",
    targetType: "/AWS::EC2::Instance",
    updateMethod: "NewVersion",
    content: documentContent(platform, parameter.name ?? ""),
  });
  const association = new CfnAssociation(stack, `Association-${platform}`, {
    associationName: names.of(`agent-${platform}`),
    name: document.ref,
    targets: [{ key: `tag:${tag.key}`, values: [tag.value] }],
    scheduleExpression: rollout.schedule,
    maxConcurrency: rollout.maxConcurrency,
    maxErrors: rollout.maxErrors,
    complianceSeverity: rollout.severity,
    syncCompliance: "AUTO",
    // At once on instances that are new, too, not only at the next time of the schedule.
    applyOnlyAtCronInterval: false,
  });
  association.addResourceDependency(parameter);
}

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-command-ssm-plugin-reference.html#aws-rundocument */
function documentContent(platform: Platform, parameterName: string): object {
  const onPlatform = { StringEquals: ["platformType", PLATFORM_TYPE[platform]] };
  return {
    schemaVersion: "2.2",
    description: `Installs the CloudWatch agent on ${platform} and configures it from ${parameterName}`,
    parameters: {},
    mainSteps: [
      {
        action: "aws:runDocument",
        name: "install",
        precondition: onPlatform,
        inputs: {
          documentType: "SSMDocument",
          documentPath: "AWS-ConfigureAWSPackage",
          documentParameters: { action: "Install", name: "AmazonCloudWatchAgent" },
        },
      },
      {
        action: "aws:runDocument",
        name: "configure",
        precondition: onPlatform,
        inputs: {
          documentType: "SSMDocument",
          documentPath: "AmazonCloudWatch-ManageAgent",
          documentParameters: {
            action: "configure",
            mode: "ec2",
            optionalConfigurationSource: "ssm",
            optionalConfigurationLocation: parameterName,
            optionalRestart: "yes",
          },
        },
      },
    ],
  };
}
