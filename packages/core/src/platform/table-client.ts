import type { AttributeValue, ConditionCheck, TransactWriteItem, Update } from "@aws-sdk/client-dynamodb";
import { awsCall } from "./aws-call.ts";
import { perRegion, settings } from "./clients.ts";
import { BelfryError } from "./errors.ts";

/** What an attribute can hold; numbers must be finite. */
export type TableValue =
  | string
  | number
  | boolean
  | null
  | readonly TableValue[]
  | { readonly [name: string]: TableValue };

/** Partition and sort key. */
export interface TableKey {
  readonly pk: string;
  readonly sk: string;
}

/** An item with its keys; at most 400 KB. */
export type TableItem = TableKey & { readonly [attribute: string]: TableValue };

/** What must be true of the item that is there for a write to happen: all that is given, so `{}` is always true. */
export interface TableCondition {
  readonly exists?: boolean;
  readonly equals?: Readonly<Record<string, string | number | boolean>>;
}

/**
 * One of the writes that happen together: a whole item put, attributes of one set, one deleted, or nothing but a look at whether its condition is true. A missing
 * condition is always true.
 */
export type TableWrite =
  | { readonly put: TableItem; readonly condition?: TableCondition }
  | {
      readonly update: TableKey;
      readonly set: Readonly<Record<string, TableValue>>;
      readonly condition?: TableCondition;
    }
  | { readonly delete: TableKey; readonly condition?: TableCondition }
  | { readonly check: TableKey; readonly condition: TableCondition };

/** The most writes that can happen together, each to an item of its own. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
export const MAX_TABLE_WRITES = 100;

/**
 * A table of state that must not be lost or doubled. Reads are strongly consistent. A write answers whether its condition was true, and so whether it
 * happened; each raises AwsCallError when the table could not be asked, and then may have happened all the same.
 */
export interface Table {
  get(key: TableKey, signal: AbortSignal): Promise<TableItem | undefined>;
  /** The items of a partition whose sort key begins so, in the order of the sort keys. */
  query(pk: string, skPrefix: string, signal: AbortSignal): Promise<readonly TableItem[]>;
  /** The first items of a partition, at most `limit`, whose sort key is this one or comes before it, in the order of the sort keys. */
  queryTo(pk: string, lastSk: string, limit: number, signal: AbortSignal): Promise<readonly TableItem[]>;
  /** Replaces the whole item. */
  put(item: TableItem, condition: TableCondition, signal: AbortSignal): Promise<boolean>;
  /** Sets these attributes and leaves the others; makes the item where there is none. */
  update(
    key: TableKey,
    set: Readonly<Record<string, TableValue>>,
    condition: TableCondition,
    signal: AbortSignal,
  ): Promise<boolean>;
  delete(key: TableKey, condition: TableCondition, signal: AbortSignal): Promise<boolean>;
  /** All of these writes, at most `MAX_TABLE_WRITES`, or, when a condition is not true, none of them. */
  transact(writes: readonly TableWrite[], signal: AbortSignal): Promise<boolean>;
}

const dynamoClient = perRegion(async (region) => {
  const { DynamoDBClient } = await import("@aws-sdk/client-dynamodb");
  return new DynamoDBClient(await settings(region));
});

/** Reads do no harm when they are made again; what a write has come to when it fails is for its caller to find out. */
const READ_ATTEMPTS = 4;

const readingClient = perRegion(async (region) => {
  const { DynamoDBClient } = await import("@aws-sdk/client-dynamodb");
  return new DynamoDBClient({ ...(await settings(region)), maxAttempts: READ_ATTEMPTS });
});

/** A DynamoDB table with the string keys `pk` and `sk`. */
export function dynamoTable(tableName: string, region?: string): Table {
  const TableName = tableName;
  return {
    async get(key, abortSignal) {
      const { GetItemCommand } = await import("@aws-sdk/client-dynamodb");
      const client = await readingClient(region);
      const command = new GetItemCommand({ TableName, Key: marshalMap(keyOf(key)), ConsistentRead: true });
      const { Item } = await awsCall("dynamodb:GetItem", () => client.send(command, { abortSignal }));
      return Item === undefined ? undefined : unmarshalItem(Item);
    },
    async query(pk, skPrefix, abortSignal) {
      // DynamoDB refuses an empty text as the value of a key, though every text begins with it.
      const condition = skPrefix === "" ? "pk = :pk" : "pk = :pk AND begins_with(sk, :sk)";
      const values = { ":pk": { S: pk }, ...(skPrefix === "" ? {} : { ":sk": { S: skPrefix } }) };
      return queryAll(TableName, region, condition, values, undefined, abortSignal);
    },
    async queryTo(pk, lastSk, limit, abortSignal) {
      const values = { ":pk": { S: pk }, ":sk": { S: lastSk } };
      return queryAll(TableName, region, "pk = :pk AND sk <= :sk", values, limit, abortSignal);
    },
    async put(item, condition, abortSignal) {
      const { PutItemCommand } = await import("@aws-sdk/client-dynamodb");
      const client = await dynamoClient(region);
      const command = new PutItemCommand({ TableName, Item: marshalMap(item), ...expression(condition) });
      return conditional("dynamodb:PutItem", () => client.send(command, { abortSignal }));
    },
    async update(key, set, condition, abortSignal) {
      const { UpdateItemCommand } = await import("@aws-sdk/client-dynamodb");
      const client = await dynamoClient(region);
      const command = new UpdateItemCommand({ TableName, Key: marshalMap(keyOf(key)), ...expression(condition, set) });
      return conditional("dynamodb:UpdateItem", () => client.send(command, { abortSignal }));
    },
    async delete(key, condition, abortSignal) {
      const { DeleteItemCommand } = await import("@aws-sdk/client-dynamodb");
      const client = await dynamoClient(region);
      const command = new DeleteItemCommand({ TableName, Key: marshalMap(keyOf(key)), ...expression(condition) });
      return conditional("dynamodb:DeleteItem", () => client.send(command, { abortSignal }));
    },
    async transact(writes, abortSignal) {
      const { TransactWriteItemsCommand } = await import("@aws-sdk/client-dynamodb");
      const client = await dynamoClient(region);
      const command = new TransactWriteItemsCommand({
        TransactItems: writes.map((write) => transactItem(TableName, write)),
      });
      return conditional("dynamodb:TransactWriteItems", () => client.send(command, { abortSignal }));
    },
  };
}

async function queryAll(
  TableName: string,
  region: string | undefined,
  KeyConditionExpression: string,
  ExpressionAttributeValues: Record<string, AttributeValue>,
  limit: number | undefined,
  abortSignal: AbortSignal,
): Promise<TableItem[]> {
  const { paginateQuery } = await import("@aws-sdk/client-dynamodb");
  const client = await readingClient(region);
  const Limit = limit === undefined ? {} : { Limit: limit };
  const input = { TableName, ConsistentRead: true, KeyConditionExpression, ExpressionAttributeValues, ...Limit };
  return awsCall("dynamodb:Query", async () => {
    const items: TableItem[] = [];
    for await (const { Items = [] } of paginateQuery({ client }, input, { abortSignal })) {
      items.push(...Items.map(unmarshalItem));
      if (limit !== undefined && items.length >= limit) return items.slice(0, limit);
    }
    return items;
  });
}

function transactItem(TableName: string, write: TableWrite): TransactWriteItem {
  const { condition = {} } = write;
  if ("put" in write) return { Put: { TableName, Item: marshalMap(write.put), ...expression(condition) } };
  if ("delete" in write)
    return { Delete: { TableName, Key: marshalMap(keyOf(write.delete)), ...expression(condition) } };
  // The types want expressions that may not be empty: an update sets something, and a check tests something.
  if ("check" in write) {
    const check = { TableName, Key: marshalMap(keyOf(write.check)), ...expression(condition) };
    return { ConditionCheck: check as ConditionCheck };
  }
  return {
    Update: { TableName, Key: marshalMap(keyOf(write.update)), ...expression(condition, write.set) } as Update,
  };
}

function keyOf({ pk, sk }: TableKey): Readonly<Record<string, TableValue>> {
  return { pk, sk };
}

async function conditional(action: string, call: () => Promise<unknown>): Promise<boolean> {
  return awsCall(action, async () => {
    try {
      await call();
      return true;
    } catch (thrown) {
      if (isUntrueCondition(thrown)) return false;
      throw thrown;
    }
  });
}

const UNTRUE = "ConditionalCheckFailed";

/** A transaction is cancelled for other reasons too, such as another one that is under way, and those may pass. */
function isUntrueCondition(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  const { CancellationReasons = [] } = thrown as { CancellationReasons?: readonly { readonly Code?: string }[] };
  return thrown.name === `${UNTRUE}Exception` || CancellationReasons.some(({ Code }) => Code === UNTRUE);
}

interface Expression {
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue>;
}

/** Attributes stand in expressions as #0 and :0, since their names may be reserved words. */
function expression(condition: TableCondition, set: Readonly<Record<string, TableValue>> = {}): Expression {
  const names: Record<string, string> = {};
  const values: Record<string, AttributeValue> = {};
  const equation = ([attribute, value]: [string, TableValue]): string => {
    const at = Object.keys(names).length;
    names[`#${at}`] = attribute;
    values[`:${at}`] = marshal(value);
    return `#${at} = :${at}`;
  };
  const sets = Object.entries(set).map(equation);
  const tests = Object.entries(condition.equals ?? {}).map(equation);
  if (condition.exists !== undefined) tests.push(`attribute_${condition.exists ? "" : "not_"}exists(pk)`);
  return {
    ...(sets.length === 0 ? {} : { UpdateExpression: `SET ${sets.join(", ")}` }),
    ...(tests.length === 0 ? {} : { ConditionExpression: tests.join(" AND ") }),
    ...(Object.keys(names).length === 0 ? {} : { ExpressionAttributeNames: names, ExpressionAttributeValues: values }),
  };
}

function marshalMap(map: Readonly<Record<string, TableValue>>): Record<string, AttributeValue> {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, marshal(value)]));
}

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
function marshal(value: TableValue): AttributeValue {
  if (value === null) return { NULL: true };
  if (typeof value === "string") return { S: value };
  if (typeof value === "boolean") return { BOOL: value };
  if (typeof value === "number") return { N: String(value) };
  return isList(value) ? { L: value.map(marshal) } : { M: marshalMap(value) };
}

function isList(value: object): value is readonly TableValue[] {
  return Array.isArray(value);
}

function unmarshalItem(item: Record<string, AttributeValue>): TableItem {
  return unmarshalMap(item) as TableItem;
}

function unmarshalMap(map: Record<string, AttributeValue>): Record<string, TableValue> {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, unmarshal(value)]));
}

function unmarshal(value: AttributeValue): TableValue {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.L !== undefined) return value.L.map(unmarshal);
  if (value.M !== undefined) return unmarshalMap(value.M);
  if (value.NULL === true) return null;
  throw new BelfryError("BAD_PAYLOAD", `an attribute of type ${Object.keys(value).join()} was not written by Belfry`);
}
