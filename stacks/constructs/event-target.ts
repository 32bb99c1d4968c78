import { PolicyStatement } from "aws-cdk-lib/aws-iam";

/** What it takes to hand an event to a resource, by the service in its ARN. */
const ACTIONS: Readonly<Record<string, string>> = {
  events: "events:PutEvents",
  firehose: "firehose:PutRecord",
  kinesis: "kinesis:PutRecord",
  lambda: "lambda:InvokeFunction",
  sns: "sns:Publish",
  sqs: "sqs:SendMessage",
  states: "states:StartExecution",
};

/** The service of a target, by its ARN. */
export function serviceOf(arn: string): string {
  return arn.split(":")[2] ?? "";
}

/**
 * What a role needs so that EventBridge, or its Scheduler, can hand events to targets: one statement a service. Since a role may be given for every kind of target,
 * no policy of the target has to be touched, so that queues, topics and functions of others can be targets too.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
 */
export function targetStatements(arns: readonly string[]): PolicyStatement[] {
  const services = [...new Set(arns.map(serviceOf))].sort();
  return services.map((service) => {
    const action = ACTIONS[service];
    if (action === undefined) throw new Error(`EventBridge has no target of the kind of ${service}`);
    const resources = [...new Set(arns.filter((arn) => serviceOf(arn) === service))].sort();
    return new PolicyStatement({ actions: [action], resources });
  });
}
