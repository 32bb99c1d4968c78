// DynamoDB as far as Belfry asks it: the operations and conditions of its table client, on items in memory.
type Attributes = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface Expression {
  readonly TableName: string;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Attributes;
}

interface Write extends Expression {
  readonly Item?: Attributes;
  readonly Key?: Attributes;
  readonly UpdateExpression?: string;
}

type TransactItem = Readonly<Partial<Record<"Put" | "Update" | "Delete" | "ConditionCheck", Write>>>;

interface TableAnswer {
  readonly status?: number;
  readonly body: string;
}

const UNTRUE = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException";
const CANCELLED = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";

/** What IAM is asked for an operation: of a transaction for each of its writes. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html */
export function tableActions(operation: string, input: object): string[] {
  if (operation !== "TransactWriteItems") return [operation];
  const { TransactItems } = input as { TransactItems: readonly TransactItem[] };
  return [
    ...new Set(TransactItems.map((item) => (item.ConditionCheck ? "ConditionCheckItem" : `${kindOf(item)}Item`))),
  ];
}

/** The table that a call is about; those of a transaction are about one. */
export function tableOf(operation: string, input: object): string {
  if (operation !== "TransactWriteItems") return (input as Expression).TableName;
  const [first] = (input as { TransactItems: readonly TransactItem[] }).TransactItems;
  return Object.values(first ?? {})[0]?.TableName ?? "";
}

export class LoopbackTables {
  readonly #items = new Map<string, Attributes>();

  /** All that is stored, as JSON. */
  get text(): string {
    return JSON.stringify([...this.#items.values()]);
  }

  /** Answers an operation; undefined for one that is not DynamoDB's or not known. */
  answer(operation: string, input: object): TableAnswer | undefined {
    const write = input as Write;
    switch (operation) {
      case "GetItem": {
        const Item = this.#items.get(placeOf(write));
        return json(Item === undefined ? {} : { Item });
      }
      case "Query":
        return this.#query(write);
      case "PutItem":
      case "UpdateItem":
      case "DeleteItem":
        if (!this.#holds(write)) return { status: 400, body: JSON.stringify({ __type: UNTRUE }) };
        this.#apply(operation.replace("Item", ""), write);
        return json({});
      case "TransactWriteItems":
        return this.#transact((input as { TransactItems: readonly TransactItem[] }).TransactItems);
      default:
        return undefined;
    }
  }

  #transact(items: readonly TransactItem[]): TableAnswer {
    const writes = items.map((item) => [kindOf(item), Object.values(item)[0] as Write] as const);
    const CancellationReasons = writes.map(([, write]) => ({
      Code: this.#holds(write) ? "None" : "ConditionalCheckFailed",
    }));
    if (CancellationReasons.some(({ Code }) => Code !== "None")) {
      return { status: 400, body: JSON.stringify({ __type: CANCELLED, CancellationReasons }) };
    }
    for (const [kind, write] of writes) this.#apply(kind, write);
    return json({});
  }

  #apply(kind: string, write: Write): void {
    const place = placeOf(write);
    if (kind === "Put" && write.Item !== undefined) this.#items.set(place, write.Item);
    if (kind === "Delete") this.#items.delete(place);
    if (kind === "Update") this.#items.set(place, { ...write.Key, ...this.#items.get(place), ...setOf(write) });
  }

  /** Equations of attributes and values, and whether there is an item, joined by AND. */
  #holds(write: Write): boolean {
    const item = this.#items.get(placeOf(write));
    return (write.ConditionExpression ?? "").split(" AND ").every((test) => {
      if (test === "") return true;
      if (test === "attribute_exists(pk)") return item !== undefined;
      if (test === "attribute_not_exists(pk)") return item === undefined;
      const [name = "", value] = equation(test, write);
      return JSON.stringify(item?.[name]) === JSON.stringify(value);
    });
  }

  #query({ TableName, ExpressionAttributeValues: values = {}, ...query }: Write): TableAnswer {
    const { KeyConditionExpression: condition = "" } = query as { KeyConditionExpression?: string };
    const text = (value: unknown): string => String((value as { S?: string } | undefined)?.S ?? "");
    const sk = text(values[":sk"]);
    const Items = [...this.#items.entries()]
      .filter(([place, item]) => place.startsWith(`${TableName} `) && text(item.pk) === text(values[":pk"]))
      .map(([, item]) => item)
      .filter((item) => (condition.includes("<=") ? text(item.sk) <= sk : text(item.sk).startsWith(sk)))
      .sort((a, b) => (text(a.sk) < text(b.sk) ? -1 : 1));
    return json({ Items, Count: Items.length });
  }
}

function kindOf(item: TransactItem): string {
  return Object.keys(item)[0] ?? "";
}

function placeOf({ TableName, Item, Key }: Write): string {
  const { pk, sk } = Item ?? Key ?? {};
  return `${TableName} ${pk?.S} ${sk?.S}`;
}

function setOf(write: Write): Attributes {
  const sets = (write.UpdateExpression ?? "").replace(/^SET /, "").split(", ");
  return Object.fromEntries(sets.filter(Boolean).map((set) => equation(set, write))) as Attributes;
}

/** `#0 = :0` as the attribute's name and the value. */
function equation(text: string, { ExpressionAttributeNames = {}, ExpressionAttributeValues = {} }: Expression) {
  const [name = "", value = ""] = text.split(" = ");
  return [ExpressionAttributeNames[name] ?? "", ExpressionAttributeValues[value]] as const;
}

function json(value: unknown): TableAnswer {
  return { body: JSON.stringify(value) };
}
