import type { Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { RESTART_DOCUMENT } from "../packages/core/src/config/oncall/automation-names.ts";
import type { CorrectionRun } from "../packages/core/src/config/oncall/corrections.ts";
import type { StackContext } from "./stack-context.ts";

/** Instances that may be restarted without a role of their own carry this tag. */
const RESTART_TAG = { key: "belfry:correct", value: "true" };

/** Whether there is any corrective action to take. */
export function hasCorrections({ config }: StackContext): boolean {
  return Object.keys(config.oncall.corrections).length > 0;
}

/**
 * What corrective actions need: the documents and state machines of the configuration, and no others. A rule in its dry run needs nothing, so that to switch it off means to
 * deploy.
 */
export function correctionStatements(stack: Stack, { config }: StackContext): PolicyStatement[] {
  const runs = Object.values(config.oncall.corrections)
    .filter(({ dryRun }) => !dryRun)
    .map(({ run }) => run);
  return [...automationStatements(stack, runs), ...stateMachineStatements(runs)];
}

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-setup-identity-based-policies.html */
function automationStatements(stack: Stack, runs: readonly CorrectionRun[]): PolicyStatement[] {
  const automations = runs.filter((run) => run.type !== "step-functions");
  if (automations.length === 0) return [];
  const documents = automations.map((run) =>
    run.type === "ec2-recover" ? documentArn(stack, RESTART_DOCUMENT) : documentArn(stack, run.document, run.region),
  );
  const executions = stack.formatArn({ service: "ssm", region: "*", resource: "automation-execution/*" });
  const roles = automations.flatMap(({ role }) => role ?? []);
  const restartsAsFunction = automations.some((run) => isRestart(run) && run.role === undefined);
  return [
    new PolicyStatement({ actions: ["ssm:StartAutomationExecution"], resources: [...new Set(documents), executions] }),
    new PolicyStatement({ actions: ["ssm:GetAutomationExecution"], resources: [executions] }),
    ...(roles.length === 0 ? [] : [passRoles(roles)]),
    ...(restartsAsFunction ? restartStatements(stack) : []),
  ];
}

/** AWS's own documents belong to no account. */
function documentArn(stack: Stack, name: string, region = "*"): string {
  const account = /^(AWS|AWSSupport|Amazon\w*)-/.test(name) ? "" : stack.account;
  return stack.formatArn({ service: "ssm", region, account, resource: `document/${name}` });
}

function isRestart(run: CorrectionRun): boolean {
  return run.type === "ec2-recover" || (run.type === "ssm-automation" && run.document === RESTART_DOCUMENT);
}

function passRoles(roles: readonly string[]): PolicyStatement {
  return new PolicyStatement({
    actions: ["iam:PassRole"],
    resources: [...new Set(roles)],
    conditions: { StringEquals: { "iam:PassedToService": "ssm.amazonaws.com" } },
  });
}

/** An automation without a role acts as who has started it, here the function. Who owns an instance says by its tag that it may be restarted. */
function restartStatements(stack: Stack): PolicyStatement[] {
  return [
    new PolicyStatement({
      actions: ["ec2:StartInstances", "ec2:StopInstances"],
      resources: [stack.formatArn({ service: "ec2", region: "*", resource: "instance/*" })],
      conditions: { StringEquals: { [`aws:ResourceTag/${RESTART_TAG.key}`]: RESTART_TAG.value } },
    }),
    // Neither knows resources. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
    new PolicyStatement({ actions: ["ec2:DescribeInstances", "ec2:DescribeInstanceStatus"], resources: ["*"] }),
  ];
}

function stateMachineStatements(runs: readonly CorrectionRun[]): PolicyStatement[] {
  const machines = [...new Set(runs.flatMap((run) => (run.type === "step-functions" ? run.stateMachineArn : [])))];
  if (machines.length === 0) return [];
  const executions = machines.map((arn) => `${arn.replace(":stateMachine:", ":execution:")}:belfry-*`);
  return [
    new PolicyStatement({ actions: ["states:DescribeStateMachine", "states:StartExecution"], resources: machines }),
    new PolicyStatement({ actions: ["states:DescribeExecution"], resources: executions }),
  ];
}
