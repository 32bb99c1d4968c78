import { CfnResource, Stack } from "aws-cdk-lib";
import { CfnAlarm, CfnCompositeAlarm } from "aws-cdk-lib/aws-cloudwatch";
import { CfnStream } from "aws-cdk-lib/aws-kinesis";
import { CfnDeliveryStream } from "aws-cdk-lib/aws-kinesisfirehose";
import { CfnFunction } from "aws-cdk-lib/aws-lambda";
import { CfnQueue } from "aws-cdk-lib/aws-sqs";
import type { IConstruct } from "constructs";
import type { StackContext } from "./stack-context.ts";

/** The names of what all stacks of a region made so far, sorted. */
export interface Observed {
  readonly functions: readonly string[];
  readonly streams: readonly string[];
  readonly deliveryStreams: readonly string[];
  readonly queues: readonly string[];
  readonly alarms: readonly string[];
}

/**
 * Looks through the stacks for what there is to watch, so that nothing that a stack adds goes unwatched. Only what stands already is seen: the stacks that use it are built last.
 */
export function observed(stack: Stack, { region }: StackContext): Observed {
  const here = stack.node.root.node
    .findAll()
    .filter((construct) => CfnResource.isCfnResource(construct) && Stack.of(construct).region === region);
  const names = <Type extends IConstruct>(
    isOne: (construct: IConstruct) => construct is Type,
    nameOf: (construct: Type) => string | undefined,
  ): string[] =>
    here
      .filter(isOne)
      .flatMap((construct) => nameOf(construct) ?? [])
      .sort();
  return {
    functions: names(isA(CfnFunction), ({ functionName }) => functionName),
    streams: names(isA(CfnStream), ({ name }) => name),
    deliveryStreams: names(isA(CfnDeliveryStream), ({ deliveryStreamName }) => deliveryStreamName),
    queues: names(isA(CfnQueue), ({ queueName }) => queueName),
    alarms: [
      ...names(isA(CfnCompositeAlarm), ({ alarmName }) => alarmName),
      ...names(isA(CfnAlarm), ({ alarmName }) => alarmName),
    ],
  };
}

function isA<Type extends IConstruct>(
  type: abstract new (...args: never[]) => Type,
): (construct: IConstruct) => construct is Type {
  return (construct): construct is Type => construct instanceof type;
}

/** The log groups of functions: each has one by its own name. A query takes at most fifty. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
export function functionLogGroups({ names }: StackContext, functions: readonly string[]): string[] {
  const prefix = names.of("");
  return functions
    .filter((name) => name.startsWith(prefix))
    .map((name) => names.logGroup(name.slice(prefix.length)))
    .slice(0, 50);
}

/** The functions that take in logs, as they call themselves in their metrics. */
export function ingestFunctions({ names }: StackContext, functions: readonly string[]): string[] {
  const prefix = names.of("");
  return functions.filter((name) => name.startsWith(`${prefix}ingest-`)).map((name) => name.slice(prefix.length));
}
