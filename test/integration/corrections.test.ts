import { readInbox } from "@belfry/core/alerts/channels/inbox";
import { incidentStore } from "@belfry/core/alerts/dispatch/incident-store";
import { parseConfig } from "@belfry/core/config/load";
import type { Due } from "@belfry/core/event/due";
import { automationCalls } from "@belfry/core/platform/automation-client";
import { stateMachineCalls } from "@belfry/core/platform/state-machine-client";
import { awsRuns } from "@belfry/core/remediation/aws-runs";
import { correctHandler } from "@belfry/functions/alert/correct";
import { intakeHandler } from "@belfry/functions/alert/intake";
import { sendHandler } from "@belfry/functions/alert/send";
import { timerHandler } from "@belfry/functions/alert/timer";
import { withCorrections } from "@belfry/functions/corrections";
import type { OnCallRuntime } from "@belfry/functions/on-call-runtime";
import type { SQSEvent } from "aws-lambda";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { eventOf } from "../support/alert-events.ts";
import { type AwsEndpoint, awsEndpoint } from "../support/aws-endpoint.ts";
import { lambdaContext } from "../support/memory-runtime.ts";
import { memoryTable } from "../support/memory-table.ts";
import { taskRuntime } from "../support/task-runtime.ts";

const INSTANCE = "i-0abcdef1234567890";
const MACHINE = "arn:aws:states:eu-west-1:111122223333:stateMachine:replace-host";
const signal = new AbortController().signal;
let aws: AwsEndpoint;

// Clients are kept, and know the address that was there first.
beforeAll(async () => {
  aws = await awsEndpoint();
});
beforeEach(() => {
  aws.calls.length = 0;
});
afterAll(() => aws.close());

/** The functions of alerting on queues in memory: `settle` lets everything happen that is due by then. */
function world(correction: object, changes: Partial<OnCallRuntime> = {}) {
  const corrections = { act: { dryRun: false, approval: false, ...correction } } as never;
  const oncall = { route: { receiver: "default", groupWait: "0s", groupBy: ["..."] }, corrections };
  const config = parseConfig({ oncall }, "test");
  const shared = taskRuntime({ config, now: Date.UTC(2026, 10, 22, 10, 1) });
  const table = memoryTable();
  const queue: Due[] = [];
  const runtime = withCorrections({
    ...shared,
    table,
    dueSender: () => async (dues) => void queue.push(...dues),
    channelPorts: { table, clock: shared.clock } as never,
    correctionRuns: awsRuns(automationCalls(500), stateMachineCalls(500)),
    ...changes,
  });
  const batch = (content: unknown): SQSEvent =>
    ({ Records: [{ messageId: "m", body: JSON.stringify(content), attributes: {} }] }) as never;
  const handlers = { outbox: sendHandler(runtime), correction: correctHandler(runtime), others: timerHandler(runtime) };
  const handle = async (due: Due): Promise<void> => {
    const handler =
      due.kind === "outbox" ? handlers.outbox : due.kind === "correction" ? handlers.correction : handlers.others;
    const answer = await handler(batch(due), lambdaContext());
    expect(answer?.batchItemFailures ?? []).toEqual([]);
  };
  return {
    runtime,
    pass: shared.pass,
    take: (event: object) => intakeHandler(runtime)(batch(event), lambdaContext()),
    /** Also what only a sweep finds. */
    async settle() {
      await handlers.others({ sweep: true }, lambdaContext());
      for (let at = 0; at < queue.length; ) {
        const due = queue[at] as Due;
        if (due.at > shared.clock.now()) at++;
        else {
          queue.splice(at, 1);
          await handle(due);
        }
      }
    },
    /** What was said, from the first: kind and lines. */
    said: async () => (await readInbox(table, "", signal)).map(({ kind, lines }) => [kind, lines[0]]),
    inbox: () => readInbox(table, "", signal),
  };
}

const statusCheck = eventOf(
  "aws.cloudwatch",
  "CloudWatch Alarm State Change",
  {
    alarmName: "web-1-system-check",
    state: { value: "ALARM", reason: "Threshold Crossed", timestamp: "2026-11-22T10:00:00.000+0000" },
    previousState: { value: "OK" },
    configuration: {
      metrics: [
        {
          id: "m1",
          metricStat: {
            metric: { namespace: "AWS/EC2", name: "StatusCheckFailed_System", dimensions: { InstanceId: INSTANCE } },
            period: 60,
            stat: "Maximum",
          },
        },
      ],
    },
  },
  { resources: ["arn:aws:cloudwatch:eu-west-1:111122223333:alarm:web-1-system-check"] },
);
const recover = { matchers: ['metric="StatusCheckFailed_System"'], run: { type: "ec2-recover" } };

it("restarts an instance whose status check fails, and says so in the incident's thread", async () => {
  const { take, settle, pass, said, inbox } = world(recover);
  aws.answers.push({ body: { AutomationExecutionId: "exec-1" } });
  await take(statusCheck);
  await settle();
  expect(aws.calls).toMatchObject([
    ["StartAutomationExecution", { DocumentName: "AWS-RestartEC2Instance", Parameters: { InstanceId: [INSTANCE] } }],
  ]);
  const token = aws.calls[0]?.[1].ClientToken;
  expect(token).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  aws.answers.push({ body: { AutomationExecution: { AutomationExecutionStatus: "Success" } } });
  pass(11_000);
  await settle();
  await settle();
  expect(await said()).toEqual([
    ["opened", "Threshold Crossed"],
    ["correction", `Corrective action act: started AWS-RestartEC2Instance (InstanceId: ${INSTANCE}) in eu-west-1`],
    ["correction", `Corrective action act: ran AWS-RestartEC2Instance (InstanceId: ${INSTANCE}) in eu-west-1: Success`],
  ]);
  const told = await inbox();
  expect(new Set(told.map(({ dedupKey }) => dedupKey)).size).toBe(1);
  expect(told.map(({ isPage }) => isPage)).toEqual([true, false, false]);
});

it("asks for approval with a button, and starts when it is given", async () => {
  const { take, settle, inbox, runtime } = world({ ...recover, approval: true });
  await take(statusCheck);
  await settle();
  const question = (await inbox()).at(-1);
  const approve = question?.actions[0];
  expect(approve).toMatchObject({ action: "approve", title: `Approve act: 111122223333 eu-west-1 ${INSTANCE}` });
  expect(question?.actions.slice(1).map(({ action }) => action)).toEqual(["acknowledge", "snooze", "resolve"]);
  expect(aws.calls).toEqual([]);
  aws.answers.push({ body: { AutomationExecutionId: "exec-1" } });
  expect(await runtime.approve?.(approve?.value ?? "", "ada", signal)).toBe("approved");
  const [row] = await incidentStore(runtime.table).open(1, signal);
  expect(row?.incident.timeline.map(({ what, who }) => [what, who])).toEqual([
    ["opened", undefined],
    ["corrective action approved", "ada"],
  ]);
  await settle();
  await settle();
  expect(aws.calls.map(([action]) => action)).toEqual(["StartAutomationExecution"]);
});

it("gives the same token again when AWS does not answer", async () => {
  const { take, settle, pass, said } = world(recover);
  aws.answers.push({ status: 500, body: { __type: "InternalServerError" } });
  await take(statusCheck);
  await settle();
  pass(121_000);
  aws.answers.push({ body: { AutomationExecutionId: "exec-1" } });
  await settle();
  await settle();
  const tokens = aws.calls.map(([, { ClientToken }]) => ClientToken);
  expect(tokens).toHaveLength(2);
  expect(new Set(tokens).size).toBe(1);
  expect((await said()).at(-1)?.[1]).toContain("started AWS-RestartEC2Instance");
});

it("starts a state machine for a Health event, under a name that it has once", async () => {
  const run = {
    type: "step-functions",
    stateMachineArn: MACHINE,
    input: { instance: "{instance}", event: "{event_arn}" },
  };
  const rule = { matchers: ['event_type_code="AWS_EC2_INSTANCE_STORE_DRIVE_PERFORMANCE_DEGRADED"'], run };
  const { take, settle, pass, said } = world(rule);
  const eventArn = "arn:aws:health:eu-west-1::event/EC2/AWS_EC2_INSTANCE_STORE_DRIVE_PERFORMANCE_DEGRADED/1";
  aws.answers.push({ body: { type: "STANDARD" } });
  // It has run and ended: an earlier answer was lost.
  aws.answers.push({ status: 400, body: { __type: "ExecutionAlreadyExists" } });
  const event = eventOf("aws.health", "AWS Health Event", {
    eventArn,
    service: "EC2",
    eventTypeCode: "AWS_EC2_INSTANCE_STORE_DRIVE_PERFORMANCE_DEGRADED",
    eventTypeCategory: "issue",
    eventScopeCode: "ACCOUNT_SPECIFIC",
    communicationId: "c-1",
    startTime: "Sun, 22 Nov 2026 09:50:00 GMT",
    lastUpdatedTime: "Sun, 22 Nov 2026 10:00:00 GMT",
    statusCode: "open",
    eventRegion: "eu-west-1",
    eventDescription: [{ language: "en_US", latestDescription: "A drive is slow." }],
    affectedEntities: [{ entityValue: INSTANCE, status: "IMPAIRED" }],
    affectedAccount: "111122223333",
    page: "1",
    totalPages: "1",
  });
  await take(event);
  await settle();
  expect(aws.calls[1]).toMatchObject(["StartExecution", { stateMachineArn: MACHINE }]);
  const { input, name } = aws.calls[1]?.[1] ?? {};
  expect(JSON.parse(String(input))).toEqual({ instance: INSTANCE, event: eventArn });
  expect(String(name).length).toBeLessThanOrEqual(80);
  aws.answers.push({ body: { status: "FAILED", error: "States.TaskFailed", cause: "no capacity" } });
  pass(11_000);
  await settle();
  await settle();
  const execution = `${MACHINE.replace("stateMachine", "execution")}:${name}`;
  expect(aws.calls[2]).toMatchObject(["DescribeExecution", { executionArn: execution }]);
  expect((await said()).at(-1)?.[1]).toContain("FAILED: States.TaskFailed: no capacity");
});

it("refuses an express state machine, which could run twice", async () => {
  const rule = {
    matchers: ['alarmname="web-1-system-check"'],
    run: { type: "step-functions", stateMachineArn: MACHINE },
  };
  const { take, settle, said } = world(rule);
  aws.answers.push({ body: { type: "EXPRESS" } });
  await take(statusCheck);
  await settle();
  await settle();
  expect(aws.calls.map(([action]) => action)).toEqual(["DescribeStateMachine"]);
  expect((await said()).at(-1)?.[1]).toContain("was not started: ");
});

it("does nothing for a replayed event, and calls nothing where there is no AWS", async () => {
  const replayed = world(recover);
  await replayed.take({ ...statusCheck, "replay-name": "again" });
  await replayed.settle();
  expect(aws.calls).toEqual([]);
  const local = world(recover, { correctionRuns: undefined as never });
  await local.take(statusCheck);
  await local.settle();
  await local.settle();
  expect((await local.said()).at(-1)?.[1]).toContain("would have run AWS-RestartEC2Instance");
  expect(aws.calls).toEqual([]);
});

it("is used by a dispatcher only where there are rules", () => {
  const { runtime } = world(recover);
  const without = withCorrections({ ...runtime, config: parseConfig({}, "test"), corrections: undefined as never });
  expect(without.corrections).toBeUndefined();
});
