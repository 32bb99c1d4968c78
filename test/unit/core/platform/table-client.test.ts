import http from "node:http";
import type { AddressInfo } from "node:net";
import { dynamoTable, type Table } from "@belfry/core/platform/table-client";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { memoryTable } from "../../../support/memory-table.ts";

const signal = new AbortController().signal;
const calls: { target: string; body: Record<string, unknown> }[] = [];
let answers: { status: number; body: unknown }[] = [];
let server: http.Server;

beforeAll(async () => {
  server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const target = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
      calls.push({ target, body: JSON.parse(Buffer.concat(chunks).toString()) });
      const { status, body } = answers.shift() ?? { status: 200, body: {} };
      response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(body));
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

const table = dynamoTable("state");
const key = { pk: "a", sk: "b" };
const item = { ...key, text: "x", n: 1.5, yes: true, none: null, list: [1, ["y"]], map: { deep: { n: 2 } } };
const marshalled = {
  pk: { S: "a" },
  sk: { S: "b" },
  text: { S: "x" },
  n: { N: "1.5" },
  yes: { BOOL: true },
  none: { NULL: true },
  list: { L: [{ N: "1" }, { L: [{ S: "y" }] }] },
  map: { M: { deep: { M: { n: { N: "2" } } } } },
};

it("reads consistently, and gives back what was written", async () => {
  answers.push({ status: 200, body: { Item: marshalled } }, { status: 200, body: {} });
  expect(await table.get(key, signal)).toEqual(item);
  expect(await table.get(key, signal)).toBeUndefined();
  expect(calls[0]).toEqual({
    target: "GetItem",
    body: { TableName: "state", Key: { pk: { S: "a" }, sk: { S: "b" } }, ConsistentRead: true },
  });
});

it("puts an item, conditions and all", async () => {
  expect(await table.put(item, { exists: true, equals: { size: 3 } }, signal)).toBe(true);
  expect(calls[0]).toEqual({
    target: "PutItem",
    body: {
      TableName: "state",
      Item: marshalled,
      ConditionExpression: "#0 = :0 AND attribute_exists(pk)",
      ExpressionAttributeNames: { "#0": "size" },
      ExpressionAttributeValues: { ":0": { N: "3" } },
    },
  });
  await table.put(key, { exists: false }, signal);
  expect(calls[1]?.body).toMatchObject({ ConditionExpression: "attribute_not_exists(pk)" });
  await table.put(key, {}, signal);
  expect(calls[2]?.body).not.toHaveProperty("ConditionExpression");
});

it("updates single attributes, and deletes", async () => {
  await table.update(key, { n: 2, text: "z" }, { equals: { n: 1 } }, signal);
  expect(calls[0]).toMatchObject({
    target: "UpdateItem",
    body: {
      UpdateExpression: "SET #0 = :0, #1 = :1",
      ConditionExpression: "#2 = :2",
      ExpressionAttributeNames: { "#0": "n", "#1": "text", "#2": "n" },
      ExpressionAttributeValues: { ":0": { N: "2" }, ":1": { S: "z" }, ":2": { N: "1" } },
    },
  });
  await table.delete(key, { equals: { n: 2 } }, signal);
  expect(calls[1]).toMatchObject({ target: "DeleteItem", body: { ConditionExpression: "#0 = :0" } });
});

it("answers that a condition was not true", async () => {
  const body = { __type: "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", message: "no" };
  answers.push({ status: 400, body });
  expect(await table.put(item, { exists: false }, signal)).toBe(false);
});

it("raises every other refusal, with the action", async () => {
  const body = { __type: "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException", message: "no" };
  answers.push({ status: 400, body });
  await expect(table.delete(key, {}, signal)).rejects.toMatchObject({
    action: "dynamodb:DeleteItem",
    awsName: "ProvisionedThroughputExceededException",
  });
});

it("reads all pages of a query", async () => {
  answers.push(
    { status: 200, body: { Items: [marshalled], LastEvaluatedKey: { pk: { S: "a" }, sk: { S: "b" } } } },
    { status: 200, body: { Items: [{ pk: { S: "a" }, sk: { S: "c" } }] } },
  );
  expect(await table.query("a", "b", signal)).toEqual([item, { pk: "a", sk: "c" }]);
  expect(calls[0]?.body).toMatchObject({ KeyConditionExpression: "pk = :pk AND begins_with(sk, :sk)" });
  expect(calls[1]?.body).toMatchObject({ ExclusiveStartKey: { pk: { S: "a" }, sk: { S: "b" } } });
});

it("is what the table in memory does", async () => {
  const memory: Table = memoryTable();
  expect(await memory.put(item, { exists: true }, signal)).toBe(false);
  expect(await memory.put(item, { exists: false }, signal)).toBe(true);
  expect(await memory.update(key, { n: 2 }, { equals: { n: 1 } }, signal)).toBe(false);
  expect(await memory.update(key, { n: 2 }, { equals: { n: 1.5 } }, signal)).toBe(true);
  expect(await memory.get(key, signal)).toEqual({ ...item, n: 2 });
  expect(await memory.query("a", "b", signal)).toHaveLength(1);
  expect(await memory.delete(key, { equals: { n: 3 } }, signal)).toBe(false);
  expect(await memory.delete(key, {}, signal)).toBe(true);
  expect(await memory.get(key, signal)).toBeUndefined();
});
