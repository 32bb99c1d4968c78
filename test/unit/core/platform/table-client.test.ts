import { dynamoTable, type Table, type TableWrite } from "@belfry/core/platform/table-client";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type AwsEndpoint, awsEndpoint } from "../../../support/aws-endpoint.ts";
import { memoryTable } from "../../../support/memory-table.ts";

const signal = new AbortController().signal;
let aws: AwsEndpoint;

beforeAll(async () => {
  aws = await awsEndpoint();
});
afterAll(() => aws.close());
beforeEach(() => {
  aws.calls.length = 0;
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
  aws.answers.push({ body: { Item: marshalled } }, { body: {} });
  expect(await table.get(key, signal)).toEqual(item);
  expect(await table.get(key, signal)).toBeUndefined();
  expect(aws.calls[0]).toEqual([
    "GetItem",
    { TableName: "state", Key: { pk: { S: "a" }, sk: { S: "b" } }, ConsistentRead: true },
  ]);
});

it("puts an item, conditions and all", async () => {
  expect(await table.put(item, { exists: true, equals: { size: 3 } }, signal)).toBe(true);
  expect(aws.calls[0]).toEqual([
    "PutItem",
    {
      TableName: "state",
      Item: marshalled,
      ConditionExpression: "#0 = :0 AND attribute_exists(pk)",
      ExpressionAttributeNames: { "#0": "size" },
      ExpressionAttributeValues: { ":0": { N: "3" } },
    },
  ]);
  await table.put(key, { exists: false }, signal);
  expect(aws.calls[1]?.[1]).toMatchObject({ ConditionExpression: "attribute_not_exists(pk)" });
  await table.put(key, {}, signal);
  expect(aws.calls[2]?.[1]).not.toHaveProperty("ConditionExpression");
});

it("updates single attributes, and deletes", async () => {
  await table.update(key, { n: 2, text: "z" }, { equals: { n: 1 } }, signal);
  expect(aws.calls[0]).toMatchObject([
    "UpdateItem",
    {
      UpdateExpression: "SET #0 = :0, #1 = :1",
      ConditionExpression: "#2 = :2",
      ExpressionAttributeNames: { "#0": "n", "#1": "text", "#2": "n" },
      ExpressionAttributeValues: { ":0": { N: "2" }, ":1": { S: "z" }, ":2": { N: "1" } },
    },
  ]);
  await table.delete(key, { equals: { n: 2 } }, signal);
  expect(aws.calls[1]).toMatchObject(["DeleteItem", { ConditionExpression: "#0 = :0" }]);
});

it("answers that a condition was not true", async () => {
  const body = { __type: "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", message: "no" };
  aws.answers.push({ status: 400, body });
  expect(await table.put(item, { exists: false }, signal)).toBe(false);
});

it("raises every other refusal, with the action", async () => {
  const body = { __type: "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException", message: "no" };
  aws.answers.push({ status: 400, body });
  await expect(table.delete(key, {}, signal)).rejects.toMatchObject({
    action: "dynamodb:DeleteItem",
    awsName: "ProvisionedThroughputExceededException",
  });
});

it("reads all pages of a query", async () => {
  aws.answers.push(
    { body: { Items: [marshalled], LastEvaluatedKey: { pk: { S: "a" }, sk: { S: "b" } } } },
    { body: { Items: [{ pk: { S: "a" }, sk: { S: "c" } }] } },
  );
  expect(await table.query("a", "b", signal)).toEqual([item, { pk: "a", sk: "c" }]);
  expect(aws.calls[0]?.[1]).toMatchObject({ KeyConditionExpression: "pk = :pk AND begins_with(sk, :sk)" });
  expect(aws.calls[1]?.[1]).toMatchObject({ ExclusiveStartKey: { pk: { S: "a" }, sk: { S: "b" } } });
});

it("asks for a whole partition without an empty value, which DynamoDB refuses", async () => {
  aws.answers.push({ body: { Items: [marshalled] } });
  expect(await table.query("a", "", signal)).toEqual([item]);
  expect(aws.calls[0]?.[1]).toMatchObject({
    KeyConditionExpression: "pk = :pk",
    ExpressionAttributeValues: { ":pk": { S: "a" } },
  });
});

it("reads up to a sort key, and no more than is wanted", async () => {
  const next = { LastEvaluatedKey: { pk: { S: "a" }, sk: { S: "b" } } };
  aws.answers.push({ body: { Items: [marshalled], ...next } }, { body: { Items: [marshalled, marshalled], ...next } });
  expect(await table.queryTo("a", "c", 2, signal)).toEqual([item, item]);
  expect(aws.calls).toHaveLength(2);
  expect(aws.calls[0]?.[1]).toMatchObject({
    KeyConditionExpression: "pk = :pk AND sk <= :sk",
    ExpressionAttributeValues: { ":pk": { S: "a" }, ":sk": { S: "c" } },
    ConsistentRead: true,
    Limit: 2,
  });
  const memory = memoryTable();
  for (const sk of ["3", "1", "2", "4"]) await memory.put({ pk: "a", sk }, {}, signal);
  await memory.put({ pk: "b", sk: "1" }, {}, signal);
  expect((await memory.queryTo("a", "3", 9, signal)).map(({ sk }) => sk)).toEqual(["1", "2", "3"]);
  expect((await memory.queryTo("a", "3", 2, signal)).map(({ sk }) => sk)).toEqual(["1", "2"]);
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

it("writes several items together, or none of them", async () => {
  const other = { pk: "a", sk: "c" };
  const writes: readonly TableWrite[] = [
    { put: item, condition: { exists: false } },
    { update: other, set: { n: 2 }, condition: { equals: { n: 1 } } },
    { delete: { pk: "a", sk: "d" } },
    { check: { pk: "a", sk: "e" }, condition: { exists: true } },
  ];
  expect(await table.transact(writes, signal)).toBe(true);
  expect(aws.calls[0]).toMatchObject([
    "TransactWriteItems",
    {
      TransactItems: [
        { Put: { TableName: "state", Item: marshalled, ConditionExpression: "attribute_not_exists(pk)" } },
        { Update: { TableName: "state", UpdateExpression: "SET #0 = :0", ConditionExpression: "#1 = :1" } },
        { Delete: { TableName: "state", Key: { pk: { S: "a" }, sk: { S: "d" } } } },
        { ConditionCheck: { TableName: "state", ConditionExpression: "attribute_exists(pk)" } },
      ],
    },
  ]);
  const memory = memoryTable();
  await memory.put({ ...other, n: 1 }, {}, signal);
  expect(await memory.transact(writes, signal)).toBe(false);
  expect(memory.items.size).toBe(1);
  await memory.put({ pk: "a", sk: "e" }, {}, signal);
  expect(await memory.transact(writes, signal)).toBe(true);
  expect(await memory.get(other, signal)).toEqual({ ...other, n: 2 });
  expect(await memory.get(item, signal)).toEqual(item);
});

it.each([
  ["a condition", "ConditionalCheckFailed", false],
  ["another transaction", "TransactionConflict", true],
])("tells %s from what cancels a transaction otherwise", async (_, Code, raises) => {
  const __type = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
  const body = { __type, message: "no", CancellationReasons: [{ Code: "None" }, { Code }] };
  aws.answers.push({ status: 400, body });
  const answer = table.transact([{ delete: key }], signal);
  if (raises) await expect(answer).rejects.toMatchObject({ action: "dynamodb:TransactWriteItems" });
  else expect(await answer).toBe(false);
});

it("reads again when it is throttled, and leaves writes to its caller", async () => {
  const throttled = { status: 400, body: { __type: "ProvisionedThroughputExceededException" } };
  aws.answers.push(throttled, { body: { Item: marshalled } }, throttled);
  expect(await table.get(key, signal)).toEqual(item);
  await expect(table.put(item, {}, signal)).rejects.toMatchObject({ action: "dynamodb:PutItem", retryable: true });
  expect(aws.calls.map(([action]) => action)).toEqual(["GetItem", "GetItem", "PutItem"]);
});
