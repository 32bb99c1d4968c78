import schemas from "har-schema";

// The parts of JSON Schema that the schema of HTTP Archives uses; formats are in its patterns too. https://json-schema.org/draft-06
interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly pattern?: string;
}

/** What is not valid in an HTTP Archive, by har-schema; empty for a valid one. */
export function harProblems(text: string): string[] {
  return [...problems(JSON.parse(text), schemaOf("har.json#"), "har")];
}

function schemaOf(reference: string): Schema {
  const name = reference.replace(".json#", "");
  const schema: Schema | undefined = schemas[name];
  if (schema === undefined) throw new Error(`har-schema has no ${name}`);
  return schema;
}

function* problems(value: unknown, schema: Schema, at: string): Generator<string> {
  if (schema.$ref !== undefined) yield* problems(value, schemaOf(schema.$ref), at);
  if (schema.type !== undefined && !isOfType(value, schema.type)) return yield `${at} is no ${schema.type}`;
  if (schema.oneOf?.every((option) => [...problems(value, option, at)].length > 0) === true) {
    yield `${at} is none of its forms`;
  }
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(String(value))) {
    yield `${at} is ${String(value)}, which does not match`;
  }
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* problems(item, schema.items ?? {}, `${at}[${index}]`);
  } else if (typeof value === "object" && value !== null) yield* memberProblems(value, schema, at);
}

function* memberProblems(value: object, schema: Schema, at: string): Generator<string> {
  for (const name of schema.required ?? []) if (!Object.hasOwn(value, name)) yield `${at} has no ${name}`;
  for (const [name, member] of Object.entries(value)) {
    yield* problems(member, schema.properties?.[name] ?? {}, `${at}.${name}`);
  }
}

function isOfType(value: unknown, type: string): boolean {
  if (type === "array") return Array.isArray(value);
  if (type === "integer") return Number.isInteger(value);
  if (type === "null") return value === null;
  if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  return typeof value === type;
}
