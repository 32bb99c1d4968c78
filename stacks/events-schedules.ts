import type { Stack } from "aws-cdk-lib";
import { CfnSchedule } from "aws-cdk-lib/aws-scheduler";
import type { EventsConfig } from "../packages/core/src/config/deploy/events.ts";
import { serviceOf, targetRole } from "./constructs/event-target.ts";
import { deadLetterQueue } from "./constructs/queue.ts";
import { SCHEDULE_GROUP } from "./constructs/schedule.ts";
import { eventBusArn } from "./event-bus.ts";
import type { StackContext } from "./stack-context.ts";

const DEAD_LETTERS = "schedules-dlq";
/** How long Scheduler tries a target. https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html */
const RETRIES = { maximumRetryAttempts: 24, maximumEventAgeInSeconds: 14_400 };

/** The schedules of the configuration in the stage's group, which the foundation makes. What a target does not take goes to their dead-letter queue, by the role that reaches the target. */
export function addSchedules(stack: Stack, context: StackContext): void {
  const { schedules } = context.deployment.events;
  if (schedules.length === 0) return;
  const bus = eventBusArn(stack, context);
  const group = context.names.of(SCHEDULE_GROUP);
  const queue = deadLetterQueue(stack, "SchedulesDlq", context, DEAD_LETTERS);
  // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
  const groupArn = stack.formatArn({
    service: "scheduler",
    resource: "schedule-group",
    resourceName: group,
  });
  const role = targetRole(stack, "SchedulesRole", context, {
    name: "schedules",
    service: "scheduler.amazonaws.com",
    usedBy: [groupArn],
    account: stack.account,
    targets: [
      context.names.colonArn("sqs", undefined, DEAD_LETTERS, stack),
      ...schedules.map(({ target = bus }) => target),
    ],
  });
  for (const schedule of schedules) {
    new CfnSchedule(stack, `Schedule-${schedule.name}`, {
      name: schedule.name,
      groupName: group,
      description: schedule.description ?? `Schedule ${schedule.name} of the configuration`,
      scheduleExpression: schedule.expression.trim(),
      scheduleExpressionTimezone: schedule.zone,
      flexibleTimeWindow: { mode: "OFF" },
      state: "ENABLED",
      target: {
        ...targetOf(schedule, bus),
        roleArn: role.roleArn,
        deadLetterConfig: { arn: queue.queueArn },
        retryPolicy: RETRIES,
      },
    });
  }
}

function targetOf(
  { name, target, input }: EventsConfig["schedules"][number],
  bus: string,
): Pick<CfnSchedule.TargetProperty, "arn" | "input" | "eventBridgeParameters" | "kinesisParameters"> {
  if (target === undefined) {
    // https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
    const detail = { schedule: name, scheduledTime: "<aws.scheduler.scheduled-time>", input };
    return {
      arn: bus,
      input: JSON.stringify(detail),
      eventBridgeParameters: { source: "belfry.schedule", detailType: "Belfry Schedule" },
    };
  }
  return {
    arn: target,
    input: JSON.stringify(input),
    ...(serviceOf(target) === "kinesis" ? { kinesisParameters: { partitionKey: name } } : {}),
  };
}
