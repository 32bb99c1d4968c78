import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import type { StackContext } from "../stack-context.ts";

/** What it takes to hand an event to a resource, by the service in its ARN. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  events: ["events:PutEvents"],
  firehose: ["firehose:PutRecord", "firehose:PutRecordBatch"],
  kinesis: ["kinesis:PutRecord"],
  lambda: ["lambda:InvokeFunction"],
  sns: ["sns:Publish"],
  sqs: ["sqs:SendMessage"],
  states: ["states:StartExecution"],
};

export interface TargetRoleProps {
  /** Its name without application, stage and region. */
  readonly name: string;
  readonly service: "events.amazonaws.com" | "scheduler.amazonaws.com";
  /** Rules or schedule groups that may use it; `*` stands for any characters. */
  readonly usedBy: readonly string[];
  readonly account: string;
  /** All that its user may hand events to. */
  readonly targets: readonly string[];
}

/** The service of a target, by its ARN. */
export function serviceOf(arn: string): string {
  return arn.split(":")[2] ?? "";
}

/** Services whose own resources' policies let a rule of EventBridge in, and to which a role may keep it from coming through. The Scheduler takes a role for all. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html */
const BY_OWN_POLICY: ReadonlySet<string> = new Set(["lambda", "sns", "sqs"]);

/** Whether a rule of EventBridge takes on a role to reach a target. */
export function takesRole(arn: string): boolean {
  return !BY_OWN_POLICY.has(serviceOf(arn));
}

/** The role by which EventBridge or its Scheduler hands events to targets. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html */
export function targetRole(
  scope: Construct,
  id: string,
  { names, region }: StackContext,
  props: TargetRoleProps,
): Role {
  const { account, usedBy } = props;
  return new Role(scope, id, {
    roleName: names.role(props.name, region),
    assumedBy: new ServicePrincipal(props.service, {
      conditions: { StringEquals: { "aws:SourceAccount": account }, ArnLike: { "aws:SourceArn": usedBy } },
    }),
    inlinePolicies: { targets: new PolicyDocument({ statements: targetStatements(props.targets) }) },
  });
}

function targetStatements(arns: readonly string[]): PolicyStatement[] {
  const services = [...new Set(arns.map(serviceOf))].sort();
  return services.map((service) => {
    const actions = ACTIONS[service];
    if (actions === undefined) throw new Error(`EventBridge has no target of the kind of ${service}`);
    const resources = new Set(arns.filter((arn) => serviceOf(arn) === service));
    return new PolicyStatement({ actions: [...actions], resources: [...resources] });
  });
}
