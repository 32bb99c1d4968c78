// `npm run build`: makes a folder dist/<function> of each handler, as Lambda takes it: index.mjs, chunks, source maps, and config.json.
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { type Config, ConfigSchema } from "../packages/core/src/config/schema.ts";
import { bundle } from "./build/bundle.ts";
import { functionSources } from "./build/function-sources.ts";
import { sizeTable } from "./build/size-table.ts";

const HELP = `Usage: npm run build -- [options]

Bundles every Lambda function into a folder of its own, with the configuration that it reads.

Options:
  --config FILE  configuration to build with (belfry.config.ts; the defaults when there is none)
  --out DIR      folder to write to, emptied first (dist)
  --help         print this`;

const root = resolve(import.meta.dirname, "..");

const { values: options } = parseArgs({
  options: {
    config: { type: "string" },
    out: { type: "string", default: resolve(root, "dist") },
    help: { type: "boolean", default: false },
  },
});

async function main(): Promise<void> {
  const configFile = resolve(options.config ?? resolve(root, "belfry.config.ts"));
  const config = await readConfig(configFile, options.config !== undefined);
  const entry = config.process?.entry;
  const sources = functionSources(root, entry === undefined ? undefined : resolve(dirname(configFile), entry));
  const out = resolve(options.out);
  rmSync(out, { recursive: true, force: true });
  const sizes = [];
  for (const source of sources) {
    const folder = resolve(out, source.name);
    sizes.push(await bundle(source, root, folder));
    writeFileSync(resolve(folder, "config.json"), `${JSON.stringify(config, undefined, 2)}\n`);
  }
  console.log(sizeTable(sizes));
}

async function readConfig(file: string, mustExist: boolean): Promise<Config> {
  if (!mustExist && !existsSync(file)) return ConfigSchema.parse({});
  const module = await import(pathToFileURL(file).href);
  return ConfigSchema.parse(module.default);
}

if (options.help) console.log(HELP);
else await main();
