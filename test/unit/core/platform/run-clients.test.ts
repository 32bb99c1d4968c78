import { automationCalls } from "@belfry/core/platform/automation-client";
import { stateMachineCalls } from "@belfry/core/platform/state-machine-client";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type AwsEndpoint, awsEndpoint } from "../../../support/aws-endpoint.ts";

const signal = new AbortController().signal;
const MACHINE = "arn:aws:states:eu-central-1:111122223333:stateMachine:fix";
const EXECUTION = "arn:aws:states:eu-central-1:111122223333:execution:fix:belfry-1";
const TOKEN = "12345678-1234-8123-8123-123456789012";
let aws: AwsEndpoint;

beforeAll(async () => {
  aws = await awsEndpoint();
});
afterAll(() => aws.close());
beforeEach(() => {
  aws.calls.length = 0;
});

it("starts an automation with its token", async () => {
  aws.answers.push({ body: { AutomationExecutionId: "e-1" } });
  const start = { document: "Fix", documentVersion: "2", parameters: { Id: ["i-1"] }, region: "eu-central-1" };
  expect(await automationCalls().start({ ...start, clientToken: TOKEN }, signal)).toBe("e-1");
  const input = { DocumentName: "Fix", DocumentVersion: "2", Parameters: { Id: ["i-1"] }, ClientToken: TOKEN };
  expect(aws.calls).toEqual([["StartAutomationExecution", input]]);
});

it.each([
  ["InProgress", undefined, { state: "running", detail: "InProgress" }],
  ["Cancelling", undefined, { state: "running", detail: "Cancelling" }],
  ["Success", undefined, { state: "succeeded", detail: "Success" }],
  ["Failed", "Step 1 failed", { state: "failed", detail: "Failed: Step 1 failed" }],
  ["TimedOut", undefined, { state: "failed", detail: "TimedOut" }],
])("reads how an automation is: %s", async (AutomationExecutionStatus, FailureMessage, outcome) => {
  aws.answers.push({ body: { AutomationExecution: { AutomationExecutionStatus, FailureMessage } } });
  expect(await automationCalls().outcome("e-1", "eu-central-1", signal)).toEqual(outcome);
});

it("names the call that AWS refuses, and makes one attempt", async () => {
  aws.answers.push({ status: 400, body: { __type: "AutomationDefinitionNotFoundException" } });
  const start = { document: "Fix", parameters: {}, region: "eu-central-1", clientToken: TOKEN };
  await expect(automationCalls().start(start, signal)).rejects.toMatchObject({
    action: "ssm:StartAutomationExecution",
    awsName: "AutomationDefinitionNotFoundException",
  });
  expect(aws.calls).toHaveLength(1);
});

it("starts an execution by its name, and knows it again when it is there", async () => {
  const start = { stateMachineArn: MACHINE, input: "{}", name: "belfry-1" };
  aws.answers.push({ body: { type: "STANDARD" } }, { body: { executionArn: EXECUTION } });
  expect(await stateMachineCalls().start(start, signal)).toBe(EXECUTION);
  aws.answers.push({ body: {} }, { status: 400, body: { __type: "ExecutionAlreadyExists" } });
  expect(await stateMachineCalls().start(start, signal)).toBe(EXECUTION);
  aws.answers.push({ body: {} }, { status: 400, body: { __type: "StateMachineDoesNotExist" } });
  await expect(stateMachineCalls().start(start, signal)).rejects.toMatchObject({ awsName: "StateMachineDoesNotExist" });
  aws.answers.push({ body: { type: "EXPRESS" } });
  await expect(stateMachineCalls().start(start, signal)).rejects.toMatchObject({ code: "BAD_CONFIG" });
});

it.each([
  ["RUNNING", {}, { state: "running", detail: "RUNNING" }],
  ["PENDING_REDRIVE", {}, { state: "running", detail: "PENDING_REDRIVE" }],
  ["SUCCEEDED", {}, { state: "succeeded", detail: "SUCCEEDED" }],
  ["FAILED", { error: "E", cause: "why" }, { state: "failed", detail: "FAILED: E: why" }],
  ["ABORTED", {}, { state: "failed", detail: "ABORTED" }],
])("reads how an execution is: %s", async (status, why, outcome) => {
  aws.answers.push({ body: { status, ...why } });
  expect(await stateMachineCalls().outcome(EXECUTION, signal)).toEqual(outcome);
  expect(aws.calls[0]).toEqual(["DescribeExecution", { executionArn: EXECUTION, includedData: "METADATA_ONLY" }]);
});
