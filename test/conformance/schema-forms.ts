import fc from "fast-check";

/** The parts of JSON Schema that AWS's schema of blueprints uses. https://json-schema.org/draft/2019-09 */
export interface FormSchema {
  readonly $ref?: string;
  /** Later drafts call them `$defs`. */
  readonly definitions?: Readonly<Record<string, FormSchema>>;
  readonly $defs?: Readonly<Record<string, FormSchema>>;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxProperties?: number;
  readonly properties?: Readonly<Record<string, FormSchema>>;
  readonly patternProperties?: Readonly<Record<string, FormSchema>>;
  readonly required?: readonly string[];
  readonly items?: FormSchema;
  readonly allOf?: readonly FormSchema[];
  readonly anyOf?: readonly FormSchema[];
  readonly not?: FormSchema;
  readonly if?: FormSchema;
  readonly then?: FormSchema;
  readonly else?: FormSchema;
}

/** An object schema in one of its forms: which of its conditions hold is settled. */
export interface ObjectForm {
  readonly properties: Readonly<Record<string, FormSchema>>;
  readonly required: readonly string[];
  /** The members that settle the conditions; undefined for one that is absent. */
  readonly chosen: Readonly<Record<string, unknown>>;
}

type Chosen = Readonly<Record<string, unknown>>;

const SEED = 4711;

/** Makes values that a schema allows: each of its alternatives, conditions and members at least once. */
export class SchemaForms {
  readonly #root: FormSchema;

  constructor(root: FormSchema) {
    this.#root = root;
  }

  resolved(schema: FormSchema): FormSchema {
    if (schema.$ref === undefined) return schema;
    const { $ref, ...rest } = schema;
    const found = definitionsOf(this.#root)[$ref.replace(/^#\/(definitions|\$defs)\//, "")];
    if (found === undefined) throw new Error(`there is no ${$ref}`);
    return { ...this.resolved(found), ...rest };
  }

  values(given: FormSchema): readonly unknown[] {
    const schema = this.resolved(given);
    if (schema.const !== undefined) return [schema.const];
    if (schema.enum !== undefined) return schema.enum;
    switch (schema.type) {
      case "string":
        return [this.#text(schema)];
      case "boolean":
        return [true, false];
      case "integer":
      case "number":
        return [...new Set([schema.minimum ?? 1, schema.maximum ?? (schema.minimum ?? 0) + 7])];
      case "array": {
        const items = schema.items === undefined ? [] : this.values(schema.items);
        return [[], ...items.map((item) => [item])];
      }
      default:
        return this.#objects(schema);
    }
  }

  /** The forms of an object schema, by the members that its conditions ask for. */
  forms(schema: FormSchema, chosen: Chosen = {}): ObjectForm[] {
    const merged = this.#merged(schema, chosen);
    const open = merged.asked.find(
      (name) => !Object.hasOwn(chosen, name) && this.#choices(merged.properties[name]) !== undefined,
    );
    if (open === undefined) return [{ properties: merged.properties, required: merged.required, chosen }];
    const choices = this.#choices(merged.properties[open]) ?? [];
    const absent = merged.required.includes(open) ? [] : [undefined];
    return [...choices, ...absent].flatMap((value) => this.forms(schema, { ...chosen, [open]: value }));
  }

  /** Objects of a form: with what it needs alone, then with each further member in each of its values. */
  objectsOf({ properties, required, chosen }: ObjectForm): Record<string, unknown>[] {
    const settled = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined));
    const least: Record<string, unknown> = { ...settled };
    for (const name of required) least[name] ??= this.values(properties[name] ?? {})[0];
    const more = Object.entries(properties)
      .filter(([name]) => !Object.hasOwn(chosen, name))
      .flatMap(([name, schema]) => this.values(schema).map((value) => ({ ...least, [name]: value })));
    return [least, ...more];
  }

  #objects(schema: FormSchema): readonly unknown[] {
    const named = Object.entries(schema.patternProperties ?? {}).flatMap(([pattern, member]) =>
      this.values(member).map((value) => ({ [sample(pattern)]: value })),
    );
    if (named.length > 0) return [{}, ...named];
    const all = this.forms(schema).flatMap((form) => this.objectsOf(form));
    return all.length === 0 ? ["any"] : all;
  }

  #choices(schema: FormSchema | undefined): readonly unknown[] | undefined {
    const { const: only, enum: several } = this.resolved(schema ?? {});
    return only === undefined ? several : [only];
  }

  #merged(
    given: FormSchema,
    chosen: Chosen,
  ): { properties: Record<string, FormSchema>; required: string[]; asked: string[] } {
    const schema = this.resolved(given);
    const parts = [...(schema.allOf ?? []), ...(schema.if === undefined ? [] : [schema])];
    const properties: Record<string, FormSchema> = { ...schema.properties };
    const required = [...(schema.required ?? [])];
    const asked: string[] = [];
    const take = (part: FormSchema) => {
      const inner = this.#merged(part, chosen);
      for (const [name, member] of Object.entries(inner.properties))
        properties[name] = { ...properties[name], ...member };
      required.push(...inner.required);
      asked.push(...inner.asked);
    };
    for (const part of parts) {
      if (part.if === undefined) {
        take(part);
        continue;
      }
      const names = namesIn(part.if);
      asked.push(...names);
      if (!names.every((name) => Object.hasOwn(chosen, name))) continue;
      const branch = holds(part.if, chosen) ? part.then : part.else;
      if (branch !== undefined) take(branch);
    }
    return { properties, required: [...new Set(required)], asked: [...new Set(asked)] };
  }

  #text({ pattern, format }: FormSchema): string {
    if (format !== undefined) return "https://example.com/a?b=c";
    return pattern === undefined ? "text" : sample(pattern);
  }
}

/** The parts of a schema that are said once, by name. */
export function definitionsOf({ definitions, $defs }: FormSchema): Readonly<Record<string, FormSchema>> {
  return definitions ?? $defs ?? {};
}

function sample(pattern: string): string {
  return fc.sample(fc.stringMatching(new RegExp(pattern)), { seed: SEED, numRuns: 1 })[0] ?? "";
}

function namesIn(condition: FormSchema): string[] {
  const own = Object.keys(condition.properties ?? {});
  return [
    ...own,
    ...(condition.anyOf ?? []).flatMap(namesIn),
    ...(condition.not === undefined ? [] : namesIn(condition.not)),
  ];
}

/** Whether a condition holds of the members that were chosen; one that is absent breaks none. */
function holds(condition: FormSchema, chosen: Chosen): boolean {
  const members = Object.entries(condition.properties ?? {}).every(([name, { const: only, enum: several }]) => {
    const value = chosen[name];
    if (value === undefined) return true;
    return (only === undefined || value === only) && (several === undefined || several.includes(value));
  });
  const some = condition.anyOf?.some((one) => holds(one, chosen)) ?? true;
  return members && some && (condition.not === undefined || !holds(condition.not, chosen));
}
