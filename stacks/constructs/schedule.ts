import { Stack } from "aws-cdk-lib";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnSchedule } from "aws-cdk-lib/aws-scheduler";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import type { StackContext } from "../stack-context.ts";
import { deadLetterQueue } from "./queue.ts";

/** The group of all schedules of a stage; the foundation makes it. */
export const SCHEDULE_GROUP = "schedules";

/** What schedules call, by which role, and where what it does not take goes. */
export interface ScheduleTarget {
  readonly targetArn: string;
  readonly role: Role;
  readonly failed: Queue;
}

export interface ScheduleTargetProps {
  /** Names the role and the queue, `<name>-dlq`. */
  readonly name: string;
  readonly targetArn: string;
  /** The one action that schedules need on their target: `states:StartExecution`. */
  readonly action: string;
}

/** What all schedules say. */
export interface ScheduleTimes {
  /** Its name without application and stage. */
  readonly name: string;
  readonly description: string;
  /** `rate(1 day)`, `cron(0 3 * * ? *)`, `at(2026-11-22T03:00:00)`. https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html */
  readonly expression: string;
  /** A time zone's name, such as Europe/Berlin; UTC when absent. */
  readonly zone?: string;
  readonly input?: object;
  readonly enabled?: boolean;
  /** How long the target is tried, where not for an hour. */
  readonly retries?: CfnSchedule.RetryPolicyProperty;
}

export type ScheduleProps = ScheduleTimes & Omit<ScheduleTargetProps, "name">;

/** How long the scheduler tries its target, before the call goes to the dead-letter queue. https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-retry.html */
const RETRIES = { maximumRetryAttempts: 10, maximumEventAgeInSeconds: 3600 };

/** A schedule that may do one thing to one target; calls that its target does not take go to a queue of its own, `<name>-dlq`. */
export function addSchedule(scope: Construct, id: string, context: StackContext, props: ScheduleProps): CfnSchedule {
  const { targetArn, action, ...times } = props;
  return scheduleAt(
    scope,
    id,
    context,
    scheduleTarget(scope, id, context, { name: times.name, targetArn, action }),
    times,
  );
}

/** What several schedules share that call one target. */
export function scheduleTarget(
  scope: Construct,
  id: string,
  context: StackContext,
  { name, targetArn, action }: ScheduleTargetProps,
): ScheduleTarget {
  const failed = deadLetterQueue(scope, `${id}Dlq`, context, `${name}-dlq`);
  const group = context.names.of(SCHEDULE_GROUP);
  const role = new Role(scope, `${id}Role`, {
    roleName: context.names.role(`schedule-${name}`, context.region),
    assumedBy: new ServicePrincipal("scheduler.amazonaws.com", { conditions: onlyFor(Stack.of(scope), group) }),
    inlinePolicies: {
      target: new PolicyDocument({
        statements: [
          new PolicyStatement({ actions: [action], resources: [targetArn] }),
          new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [failed.queueArn] }),
        ],
      }),
    },
  });
  return { targetArn, role, failed };
}

/** One of the schedules of a target. */
export function scheduleAt(
  scope: Construct,
  id: string,
  context: StackContext,
  { targetArn, role, failed }: ScheduleTarget,
  { name, description, expression, zone, input, enabled = true, retries = RETRIES }: ScheduleTimes,
): CfnSchedule {
  return new CfnSchedule(scope, id, {
    name: context.names.of(name),
    groupName: context.names.of(SCHEDULE_GROUP),
    description,
    scheduleExpression: expression,
    ...(zone === undefined ? {} : { scheduleExpressionTimezone: zone }),
    flexibleTimeWindow: { mode: "OFF" },
    state: enabled ? "ENABLED" : "DISABLED",
    target: {
      arn: targetArn,
      roleArn: role.roleArn,
      deadLetterConfig: { arn: failed.queueArn },
      retryPolicy: retries,
      ...(input === undefined ? {} : { input: JSON.stringify(input) }),
    },
  });
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html */
function onlyFor(stack: Stack, group: string): Record<string, object> {
  const groupArn = stack.formatArn({ service: "scheduler", resource: "schedule-group", resourceName: group });
  return { StringEquals: { "aws:SourceAccount": stack.account, "aws:SourceArn": groupArn } };
}
