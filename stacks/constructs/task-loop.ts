import { Stack } from "aws-cdk-lib";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnStateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";
import type { StackContext } from "../stack-context.ts";
import { ownLogGroup } from "./own-log-group.ts";

export interface TaskLoopProps {
  /** Its name without application and stage. */
  readonly name: string;
  readonly functionArn: string;
  /** The longest that one run of all steps may take. */
  readonly timeoutSeconds: number;
}

/** Errors of Lambda itself, and of a step that said so: the step is done again. https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html */
const RETRY = {
  ErrorEquals: ["States.ALL"],
  IntervalSeconds: 10,
  BackoffRate: 2,
  MaxAttempts: 6,
  MaxDelaySeconds: 300,
  JitterStrategy: "FULL",
};

/**
 * A state machine that calls a function until it is done. The function takes `{…}` and answers the input of its next call, with `wait`, seconds until then; or with
 * `done: true`. A step must be safe to do twice.
 */
export function addTaskLoop(
  scope: Construct,
  id: string,
  context: StackContext,
  props: TaskLoopProps,
): CfnStateMachine {
  const { name, functionArn, timeoutSeconds } = props;
  const logGroup = ownLogGroup(scope, `${id}Logs`, context, `states-${name}`);
  const role = loopRole(scope, `${id}Role`, context, props);
  const machine = new CfnStateMachine(scope, id, {
    stateMachineName: context.names.of(name),
    stateMachineType: "STANDARD",
    roleArn: role.roleArn,
    tracingConfiguration: { enabled: true },
    loggingConfiguration: {
      level: "ALL",
      includeExecutionData: true,
      destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: logGroup.logGroupArn } }],
    },
    definitionString: Stack.of(scope).toJsonString(definition(functionArn, timeoutSeconds)),
  });
  machine.node.addDependency(role);
  return machine;
}

function definition(functionArn: string, timeoutSeconds: number): object {
  return {
    StartAt: "Step",
    TimeoutSeconds: timeoutSeconds,
    States: {
      Step: {
        Type: "Task",
        Resource: "arn:aws:states:::lambda:invoke",
        Parameters: { FunctionName: functionArn, "Payload.$": "$" },
        OutputPath: "$.Payload",
        Retry: [RETRY],
        Next: "Done?",
      },
      "Done?": {
        Type: "Choice",
        Choices: [
          {
            And: [
              { Variable: "$.done", IsPresent: true },
              { Variable: "$.done", BooleanEquals: true },
            ],
            Next: "Done",
          },
        ],
        Default: "Wait",
      },
      Wait: { Type: "Wait", SecondsPath: "$.wait", Next: "Step" },
      Done: { Type: "Succeed" },
    },
  };
}

function loopRole(scope: Construct, id: string, context: StackContext, { name, functionArn }: TaskLoopProps): Role {
  const stack = Stack.of(scope);
  const machines = stack.formatArn({ service: "states", resource: `stateMachine:${context.names.of(name)}` });
  return new Role(scope, id, {
    roleName: context.names.role(`states-${name}`, context.region),
    assumedBy: new ServicePrincipal("states.amazonaws.com", {
      conditions: { StringEquals: { "aws:SourceAccount": stack.account }, ArnLike: { "aws:SourceArn": machines } },
    }),
    inlinePolicies: {
      loop: new PolicyDocument({
        statements: [
          new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [functionArn] }),
          // These actions know no resources. https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
          new PolicyStatement({
            actions: [
              "logs:CreateLogDelivery",
              "logs:GetLogDelivery",
              "logs:UpdateLogDelivery",
              "logs:DeleteLogDelivery",
              "logs:ListLogDeliveries",
              "logs:PutResourcePolicy",
              "logs:DescribeResourcePolicies",
              "logs:DescribeLogGroups",
            ],
            resources: ["*"],
          }),
          new PolicyStatement({
            actions: [
              "xray:PutTraceSegments",
              "xray:PutTelemetryRecords",
              "xray:GetSamplingRules",
              "xray:GetSamplingTargets",
            ],
            resources: ["*"],
          }),
        ],
      }),
    },
  });
}
