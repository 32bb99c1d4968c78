import { access, readFile } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { BelfryError, messageOf } from "../platform/errors.ts";
import { type Problem, problemLine, problemsOf } from "./problems.ts";
import { checkReferences } from "./references.ts";
import { type Config, ConfigSchema } from "./schema.ts";

/**
 * Loads a configuration: a module (`belfry.config.ts`, run by Node as it is) with the configuration as its default export, or a `.json` file. Raises
 * BAD_CONFIG with every problem that it has, or why it could not be read.
 */
export async function loadConfig(file: string): Promise<Config> {
  return parseConfig(await read(resolve(file)), file);
}

/** Validates a configuration and fills in the defaults. `file` stands in messages. Raises BAD_CONFIG that names every problem with its place. */
export function parseConfig(value: unknown, file: string): Config {
  const given = withoutSchemaLink(value);
  const parsed = ConfigSchema.safeParse(given);
  if (!parsed.success) throw badConfig(file, problemsOf(parsed.error, given), parsed.error);
  const problems = checkReferences(parsed.data);
  if (problems.length > 0) throw badConfig(file, problems);
  return parsed.data;
}

async function read(file: string): Promise<unknown> {
  await access(file).catch((cause: unknown) => {
    throw new BelfryError("BAD_CONFIG", `there is no configuration ${file}`, { cause });
  });
  try {
    if (extname(file) === ".json") return JSON.parse(await readFile(file, "utf8"));
    const module: { default?: unknown } = await import(pathToFileURL(file).href);
    if (module.default !== undefined) return module.default;
  } catch (cause) {
    throw new BelfryError("BAD_CONFIG", `${file} cannot be read: ${messageOf(cause)}`, { cause });
  }
  throw new BelfryError("BAD_CONFIG", `${file} has no default export: write "export default defineConfig({ … })"`);
}

/** JSON files may name their schema, for editors. */
function withoutSchemaLink(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("$schema" in value)) return value;
  const { $schema: _link, ...rest } = value;
  return rest;
}

function badConfig(file: string, problems: readonly Problem[], cause?: unknown): BelfryError {
  const lines = problems.map((problem) => `\n  ${problemLine(problem)}`);
  return new BelfryError("BAD_CONFIG", `${file} is not a valid configuration:${lines.join("")}`, { cause });
}
