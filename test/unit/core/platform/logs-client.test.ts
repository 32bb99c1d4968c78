import http from "node:http";
import type { AddressInfo } from "node:net";
import { exportCalls, retentionCalls } from "@belfry/core/platform/logs-client";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";

const signal = new AbortController().signal;
const calls: unknown[] = [];
let answers: object[] = [];
let server: http.Server;

beforeAll(async () => {
  server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const target = String(request.headers["x-amz-target"]).split(".")[1];
      calls.push([target, JSON.parse(Buffer.concat(chunks).toString())]);
      response.writeHead(200, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify(answers.shift() ?? {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv("AWS_REGION", "eu-west-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  calls.length = 0;
  answers = [];
});

it("describes log groups page by page", async () => {
  const full = { retentionInDays: 7, retentionPolicyName: "all", kmsKeyId: "arn:key", logGroupClass: "DELIVERY" };
  answers.push({
    logGroups: [
      { logGroupName: "/a", creationTime: 5 },
      { logGroupName: "/b", ...full },
    ],
    nextToken: "t",
  });
  answers.push({ logGroups: [] });
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
  expect(calls[1]).toEqual(["DescribeLogGroups", { limit: 50, nextToken: "t" }]);
});

it("creates and describes export tasks", async () => {
  answers.push({ taskId: "id" });
  answers.push({ exportTasks: [{ taskId: "id", taskName: "n", status: { code: "FAILED", message: "why" } }] });
  const { createExportTask, describeExportTasks } = exportCalls();
  const task = { name: "n", logGroup: "/a", fromMs: 1, lastMs: 9, bucket: "b", prefix: "p" };
  expect(await createExportTask(task, signal)).toBe("id");
  expect(calls[0]).toEqual([
    "CreateExportTask",
    { taskName: "n", logGroupName: "/a", from: 1, to: 9, destination: "b", destinationPrefix: "p" },
  ]);
  expect(await describeExportTasks({ id: "id" }, undefined, signal)).toEqual({
    items: [{ id: "id", name: "n", status: "FAILED", reason: "why" }],
  });
  expect(calls[1]).toEqual(["DescribeExportTasks", { taskId: "id" }]);
});

it("puts retention and associates a key", async () => {
  const { putRetention, associateKmsKey } = retentionCalls();
  await putRetention("/a", 30, signal);
  await associateKmsKey("/a", "arn:key", signal);
  expect(calls).toEqual([
    ["PutRetentionPolicy", { logGroupName: "/a", retentionInDays: 30 }],
    ["AssociateKmsKey", { logGroupName: "/a", kmsKeyId: "arn:key" }],
  ]);
});
