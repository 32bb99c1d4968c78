import { exportCalls, retentionCalls } from "@belfry/core/platform/logs-client";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type AwsEndpoint, awsEndpoint } from "../../../support/aws-endpoint.ts";

const signal = new AbortController().signal;
let aws: AwsEndpoint;

beforeAll(async () => {
  aws = await awsEndpoint();
});
afterAll(() => aws.close());
beforeEach(() => {
  aws.calls.length = 0;
});

it("describes log groups page by page", async () => {
  const full = { retentionInDays: 7, retentionPolicyName: "all", kmsKeyId: "arn:key", logGroupClass: "DELIVERY" };
  const logGroups = [
    { logGroupName: "/a", creationTime: 5 },
    { logGroupName: "/b", ...full },
  ];
  aws.answers.push({ body: { logGroups, nextToken: "t" } });
  aws.answers.push({ body: { logGroups: [] } });
  const { describeLogGroups } = exportCalls();
  expect(await describeLogGroups(undefined, signal)).toEqual({
    items: [
      { name: "/a", createdMs: 5, logClass: "STANDARD" },
      {
        name: "/b",
        createdMs: 0,
        logClass: "DELIVERY",
        retentionDays: 7,
        retentionPolicy: "all",
        kmsKey: "arn:key",
      },
    ],
    nextToken: "t",
  });
  expect(await describeLogGroups("t", signal)).toEqual({ items: [] });
  expect(aws.calls[1]).toEqual(["DescribeLogGroups", { limit: 50, nextToken: "t" }]);
});

it("creates and describes export tasks", async () => {
  aws.answers.push({ body: { taskId: "id" } });
  const failed = { taskId: "id", taskName: "n", status: { code: "FAILED", message: "why" } };
  aws.answers.push({ body: { exportTasks: [failed] } });
  const { createExportTask, describeExportTasks } = exportCalls();
  const task = { name: "n", logGroup: "/a", fromMs: 1, lastMs: 9, bucket: "b", prefix: "p" };
  expect(await createExportTask(task, signal)).toBe("id");
  expect(aws.calls[0]).toEqual([
    "CreateExportTask",
    { taskName: "n", logGroupName: "/a", from: 1, to: 9, destination: "b", destinationPrefix: "p" },
  ]);
  expect(await describeExportTasks({ id: "id" }, undefined, signal)).toEqual({
    items: [{ id: "id", name: "n", status: "FAILED", reason: "why" }],
  });
  expect(aws.calls[1]).toEqual(["DescribeExportTasks", { taskId: "id" }]);
});

it("puts retention and associates a key", async () => {
  const { putRetention, associateKmsKey } = retentionCalls();
  await putRetention("/a", 30, signal);
  await associateKmsKey("/a", "arn:key", signal);
  expect(aws.calls).toEqual([
    ["PutRetentionPolicy", { logGroupName: "/a", retentionInDays: 30 }],
    ["AssociateKmsKey", { logGroupName: "/a", kmsKeyId: "arn:key" }],
  ]);
});
