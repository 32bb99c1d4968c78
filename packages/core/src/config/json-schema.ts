import * as z from "zod";
import { ConfigSchema } from "./schema.ts";

/** The parts of JSON Schema that zod writes for the configuration. https://json-schema.org/draft/2020-12 */
export interface JsonSchema {
  /** A part that is said once, and may hold itself: a key of the topmost schema's `$defs`, as `#/$defs/name`. What stands beside it holds too. */
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly propertyNames?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

/** The JSON Schema of what users write in the configuration. */
export function configJsonSchema(): JsonSchema {
  return z.toJSONSchema(ConfigSchema, { io: "input" }) as JsonSchema;
}

/** A schema with the part that it refers to, if it does, put in its place. */
export function dereferenced({ $ref, ...schema }: JsonSchema, root: JsonSchema): JsonSchema {
  const part = $ref === undefined ? undefined : root.$defs?.[$ref.replace("#/$defs/", "")];
  return { ...part, ...schema };
}

/** The keys that an object at a place of the configuration may have: `["sinks", "search"]`. The value there tells which kind of sink it is. */
export function knownKeys(path: readonly PropertyKey[], root: unknown): readonly string[] {
  const whole = configJsonSchema();
  let schema: JsonSchema | undefined = whole;
  let value = root;
  for (const key of path) {
    value = memberOf(value, key);
    const member: JsonSchema | undefined = schema && memberSchema(schema, key);
    schema = member && alternativeFor(dereferenced(member, whole), value);
  }
  return Object.keys(schema?.properties ?? {}).concat((schema?.propertyNames?.enum ?? []).map(String));
}

function memberSchema(schema: JsonSchema, key: PropertyKey): JsonSchema | undefined {
  if (typeof key === "number") return schema.items;
  const member = schema.properties?.[String(key)];
  if (member !== undefined) return member;
  return typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined;
}

/** Of alternatives, the one whose `type` the value has. */
function alternativeFor(schema: JsonSchema, value: unknown): JsonSchema | undefined {
  const alternatives = schema.oneOf ?? schema.anyOf;
  if (alternatives === undefined) return schema;
  const type = memberOf(value, "type");
  return alternatives.find(({ properties }) => properties?.type?.const === type) ?? alternatives.at(-1);
}

function memberOf(value: unknown, key: PropertyKey): unknown {
  return typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined;
}
