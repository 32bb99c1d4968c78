// Writes the JSON Schema of belfry.config.ts and the page that lists its keys; with --check it only compares them with what is there.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { configJsonSchema, dereferenced, type JsonSchema } from "../packages/core/src/config/json-schema.ts";

const ROOT = resolve(import.meta.dirname, "..");
const SCHEMA_FILE = "docs/reference/belfry.config.schema.json";
const PAGE_FILE = "docs/reference/configuration.md";

/** The places of the parts that hold what is being written, by their references: within themselves they are not written once more. */
const around = new Map<string, string>();

const schema = configJsonSchema();
const files: Record<string, string> = {
  [SCHEMA_FILE]: `${JSON.stringify({ title: "Belfry configuration", ...schema }, undefined, 2)}\n`,
  [PAGE_FILE]: page(schema),
};

const isCheck = process.argv.includes("--check");
for (const [file, text] of Object.entries(files)) {
  if (isCheck) check(file, text);
  else write(file, text);
}

function write(file: string, text: string): void {
  mkdirSync(dirname(resolve(ROOT, file)), { recursive: true });
  writeFileSync(resolve(ROOT, file), text);
}

function check(file: string, text: string): void {
  if (read(file) === text) return;
  console.error(`${file} is not what the schema says`);
  process.exitCode = 1;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(resolve(ROOT, file), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function page(root: JsonSchema): string {
  const sections = Object.entries(root.properties ?? {}).map(([name, member]) => section(name, member));
  return `# Keys of belfry.config.ts

Generated from \`packages/core/src/config/schema.ts\` by \`scripts/generate-config-docs.ts\`. [Configuration](../configuration.md) explains them;
[belfry.config.schema.json](belfry.config.schema.json) is the same as JSON Schema. \`[]\` stands for each element of a list, \`<name>\` for each key of a map.

${sections.join("\n")}`;
}

function section(name: string, member: JsonSchema): string {
  const rows = rowsOf(name, member, false).map((cells) => `| ${cells.map(cellText).join(" | ")} |\n`);
  return `## ${name}\n\n| key | value | default | |\n| --- | --- | --- | --- |\n${rows.join("")}`;
}

function cellText(text: string): string {
  return text.replaceAll("|", "\\|");
}

/** A row for a key, and one for each key below it. */
function rowsOf(path: string, schema: JsonSchema, isRequired: boolean): string[][] {
  const fallback = schema.default === undefined ? "" : `\`${JSON.stringify(schema.default)}\``;
  const row = [`\`${path}\``, typeText(schema), isRequired ? "required" : fallback, schema.description ?? ""];
  return [row, ...below(path, schema)];
}

function below(path: string, referring: JsonSchema): string[][] {
  const { $ref } = referring;
  if ($ref === undefined) return belowPart(path, referring);
  const place = around.get($ref);
  if (place !== undefined) return [[`\`${path}\``, "object", "", `keys as those of \`${place}\``]];
  around.set($ref, path);
  const rows = belowPart(path, dereferenced(referring, schema));
  around.delete($ref);
  return rows;
}

function belowPart(path: string, schema: JsonSchema): string[][] {
  const variants = schema.oneOf ?? [];
  if (variants.length > 0) return variants.flatMap((variant) => variantRows(path, variant));
  if (schema.items !== undefined) return below(`${path}[]`, schema.items);
  if (typeof schema.additionalProperties === "object" && schema.properties === undefined) {
    return below(`${path}.<name>`, schema.additionalProperties);
  }
  return members(schema).flatMap(([key, member, isRequired]) => rowsOf(`${path}.${key}`, member, isRequired));
}

/** The keys of one kind of sink; its \`type\` is in their names. */
function variantRows(path: string, variant: JsonSchema): string[][] {
  const type = variant.properties?.type;
  const named = `${path} (${String(type?.const)})`;
  const rows = members(variant).filter(([key]) => key !== "type");
  const head = [`\`${named}\``, "object", "", type?.description ?? ""];
  return [head, ...rows.flatMap(([key, member, isRequired]) => rowsOf(`${named}.${key}`, member, isRequired))];
}

function members(schema: JsonSchema): [key: string, member: JsonSchema, isRequired: boolean][] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).map(([key, member]) => [key, member, required.has(key)]);
}

function typeText(referring: JsonSchema): string {
  const part = dereferenced(referring, schema);
  const alternatives = part.anyOf ?? part.oneOf;
  if (alternatives !== undefined) return [...new Set(alternatives.map(typeText))].join(" or ");
  if (part.enum !== undefined) return part.enum.map((value) => `\`${String(value)}\``).join(", ");
  if (part.items !== undefined) return `list of ${typeText(part.items)}`;
  if (typeof part.additionalProperties === "object" && part.properties === undefined) {
    return Object.keys(part.additionalProperties).length === 0
      ? "object"
      : `map of ${typeText(part.additionalProperties)}`;
  }
  return `${part.type ?? "any"}${range(part)}`;
}

function range({ minimum, maximum, minLength, maxLength }: JsonSchema): string {
  const low = minimum ?? minLength;
  const high = maximum ?? maxLength;
  const unit = minLength !== undefined || maxLength !== undefined ? " characters" : "";
  if (low !== undefined && high !== undefined) return `, ${low} to ${high}${unit}`;
  if (low !== undefined && (unit === "" || low > 1)) return `, ${low}${unit} or more`;
  return high === undefined ? "" : `, at most ${high}${unit}`;
}
