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
  /** What the function gets, in JSONata over the state's input. https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html */
  readonly payload: unknown;
  /** What is kept for the next step, in JSONata over the state's input and the function's answer. */
  readonly output: string;
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

/** A state machine that calls a function until it answers `done: true`, after `wait` seconds where it says so. A step must be safe to do twice. */
export function addTaskLoop(
  scope: Construct,
  id: string,
  context: StackContext,
  props: TaskLoopProps,
): CfnStateMachine {
  const { name } = props;
  const stack = Stack.of(scope);
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
    definitionString: stack.toJsonString(definition(props, stack.partition)),
  });
  machine.node.addDependency(role);
  return machine;
}

function definition({ functionArn, payload, output, timeoutSeconds }: TaskLoopProps, partition: string): object {
  return {
    QueryLanguage: "JSONata",
    StartAt: "Step",
    TimeoutSeconds: timeoutSeconds,
    States: {
      Step: {
        Type: "Task",
        Resource: `arn:${partition}:states:::lambda:invoke`,
        Arguments: { FunctionName: functionArn, Payload: payload },
        Output: output,
        Retry: [RETRY],
        Next: "Done?",
      },
      "Done?": { Type: "Choice", Choices: [{ Condition: "{% $states.input.done %}", Next: "Done" }], Default: "Wait" },
      Wait: {
        Type: "Wait",
        Seconds: "{% $exists($states.input.wait) ? $states.input.wait : 1 %}",
        Next: "Step",
      },
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
