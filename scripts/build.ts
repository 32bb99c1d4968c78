// `npm run build`: makes a folder dist/<function> of each handler, as Lambda takes it: index.mjs, chunks, source maps, and config.json.
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { deployedConfig } from "../packages/core/src/config/deploy/deployed-config.ts";
import { loadConfig, parseConfig } from "../packages/core/src/config/load.ts";
import { sliceConfig } from "../packages/core/src/config/slice.ts";
import { bundle } from "./build/bundle.ts";
import { functionSources } from "./build/function-sources.ts";
import { sizeTable } from "./build/size-table.ts";
import { scriptOptions } from "./script-options.ts";

const HELP = `Usage: npm run build -- [options]

Bundles every Lambda function into a folder of its own, with the configuration that it reads.

Options:
  --config FILE  configuration to build with (belfry.config.ts; the defaults when there is none)
  --out DIR      folder to write to, emptied first (dist)
  --help         print this`;

const DEFAULT_CONFIG = "belfry.config.ts";
const root = resolve(import.meta.dirname, "..");

const options = scriptOptions({
  config: { type: "string" },
  out: { type: "string", default: resolve(root, "dist") },
  help: { type: "boolean", default: false },
});

async function main(): Promise<void> {
  const file = resolve(options.config ?? resolve(root, DEFAULT_CONFIG));
  const isDefault = options.config === undefined && !existsSync(file);
  const config = deployedConfig(isDefault ? parseConfig({}, DEFAULT_CONFIG) : await loadConfig(file));
  const entry = config.process?.entry;
  const sources = functionSources(root, entry === undefined ? undefined : resolve(dirname(file), entry));
  const out = resolve(options.out);
  rmSync(out, { recursive: true, force: true });
  const sizes = [];
  for (const source of sources) {
    const folder = resolve(out, source.name);
    sizes.push(await bundle(source, root, folder));
    const slice = sliceConfig(config, source.group);
    writeFileSync(resolve(folder, "config.json"), `${JSON.stringify(slice, undefined, 2)}\n`);
  }
  console.log(sizeTable(sizes));
}

if (options.help) console.log(HELP);
else {
  await main().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
