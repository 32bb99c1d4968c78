import { access, readFile } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { BelfryError, messageOf } from "../platform/errors.ts";
import { withIncluded } from "./oncall/included.ts";
import { type Problem, problemLine, problemsOf } from "./problems.ts";
import { checkReferences } from "./references.ts";
import { type Config, ConfigSchema } from "./schema.ts";

/**
 * Loads a configuration: a module (`belfry.config.ts`, run by Node as it is) with the configuration as its default export, or a `.json` file; and the YAML files that its
 * `oncall.include` names. Raises BAD_CONFIG with every problem that it has, or why it could not be read.
 */
export async function loadConfig(file: string): Promise<Config> {
  const { value, problems, placeOf } = await withIncluded(await read(resolve(file)), file);
  if (problems.length > 0) throw badConfig(file, problems);
  return parsed(value, file, placeOf);
}

/** Validates a configuration and fills in the defaults. `file` stands in messages. Raises BAD_CONFIG that names every problem with its place. */
export function parseConfig(value: unknown, file: string): Config {
  return parsed(value, file, () => undefined);
}

function parsed(value: unknown, file: string, placeOf: (path: Problem["path"]) => string | undefined): Config {
  const given = withoutSchemaLink(value);
  const { success, data, error } = ConfigSchema.safeParse(given);
  const problems = success ? checkReferences(data) : problemsOf(error, given);
  if (!success || problems.length > 0) {
    const placed = problems.map((problem) => ({ ...problem, place: placeOf(problem.path) }));
    throw badConfig(file, placed, error);
  }
  return data;
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
