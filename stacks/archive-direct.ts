import type { Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { CfnDeliveryStream } from "aws-cdk-lib/aws-kinesisfirehose";
import { CfnSubscriptionFilter } from "aws-cdk-lib/aws-logs";
import type { Deployment } from "../packages/core/src/config/deploy/deployment.ts";
import { addDeliveryStream } from "./archive-stream.ts";
import { subscriptionName } from "./constructs/account-subscription.ts";
import { LambdaFunction } from "./constructs/lambda-function.ts";
import { logsRole } from "./constructs/logs-role.ts";
import { quarantineAccess } from "./constructs/sink-statements.ts";
import type { StackContext } from "./stack-context.ts";

/** Its records come transformed from a function: the documents of each envelope. */
const DIRECT_STREAM = "direct";

const FUNCTION = "transform-firehose";

/** Envelopes inflate to some eight times their size, and a function answers at most 6 MB. https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html */
const BUFFER_MIB = "0.5";
const BUFFER_SECONDS = "60";
const RETRIES = "3";
/** Firehose waits for a function so long. */
const TIMEOUT_SECONDS = 300;

/** A delivery stream that log groups are subscribed to, without routes and other sinks: Firehose calls the function, and writes what it answers. */
export function addDirectStream(
  stack: Stack,
  context: StackContext,
  settings: NonNullable<Deployment["archive"]["direct"]>,
): void {
  const { environment, statements } = quarantineAccess(stack, context);
  const transform = new LambdaFunction(stack, "TransformFirehose", context, {
    name: FUNCTION,
    description: "Makes documents of what log groups send to Firehose",
    memoryMiB: context.deployment.ingest.memoryMiB,
    timeoutSeconds: TIMEOUT_SECONDS,
    environment,
    statements,
  });
  const functionArn = transform.function.functionArn;
  const stream = addDeliveryStream(stack, "DirectStream", context, {
    name: DIRECT_STREAM,
    prefix: "direct/",
    processors: [processor(functionArn, stack, context)],
    statements: [
      new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [functionArn, `${functionArn}:*`] }),
    ],
  });
  const { roleArn } = logsRole(stack, "DirectSubscriptionRole", context, {
    what: "subscription-direct",
    statements: [
      new PolicyStatement({
        actions: ["firehose:PutRecord", "firehose:PutRecordBatch"],
        resources: [context.names.arn("firehose", "deliverystream", DIRECT_STREAM, stack)],
      }),
    ],
  });
  settings.logGroups.forEach((logGroupName, i) => {
    new CfnSubscriptionFilter(stack, `DirectSubscription${i}`, {
      filterName: subscriptionName(context.region, DIRECT_STREAM),
      logGroupName,
      destinationArn: stream.attrArn,
      filterPattern: settings.filterPattern,
      roleArn,
    });
  });
}

function processor(functionArn: string, stack: Stack, context: StackContext): CfnDeliveryStream.ProcessorProperty {
  const role = context.names.role(`firehose-${DIRECT_STREAM}`, context.region);
  const parameters = {
    LambdaArn: `${functionArn}:$LATEST`,
    NumberOfRetries: RETRIES,
    RoleArn: stack.formatArn({ service: "iam", region: "", resource: "role", resourceName: role }),
    BufferSizeInMBs: BUFFER_MIB,
    BufferIntervalInSeconds: BUFFER_SECONDS,
  };
  return {
    type: "Lambda",
    parameters: Object.entries(parameters).map(([parameterName, parameterValue]) => ({
      parameterName,
      parameterValue,
    })),
  };
}
