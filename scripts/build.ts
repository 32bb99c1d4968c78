// `npm run build`: makes a folder dist/<function> of each handler, as Lambda takes it: index.mjs, chunks, source maps, and config.json.
import { cpSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { deployedConfig } from "../packages/core/src/config/deploy/deployed-config.ts";
import { loadConfig, parseConfig } from "../packages/core/src/config/load.ts";
import type { Config } from "../packages/core/src/config/schema.ts";
import { sliceConfig } from "../packages/core/src/config/slice.ts";
import { bundle } from "./build/bundle.ts";
import { canarySources, managedSources } from "./build/canary-sources.ts";
import { copyPackages } from "./build/copy-packages.ts";
import { functionSources } from "./build/function-sources.ts";
import { bundleManaged } from "./build/managed-canary.ts";
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
  const folderOfConfig = dirname(file);
  const sources = [
    ...functionSources(root, entry === undefined ? undefined : resolve(folderOfConfig, entry)),
    ...canarySources(root, config, folderOfConfig),
  ];
  const out = resolve(options.out);
  rmSync(out, { recursive: true, force: true });
  const sizes = [];
  for (const source of sources) {
    const folder = resolve(out, source.name);
    sizes.push(await bundle(source, root, folder));
    copyPackages(source.packages ?? [], root, folder);
    for (const { from, to } of source.files ?? []) cpSync(from, resolve(folder, to));
    const slice = sliceConfig(withCanaries(config, source.canaries), source.group);
    writeFileSync(resolve(folder, "config.json"), `${JSON.stringify(slice, undefined, 2)}\n`);
  }
  for (const source of managedSources(config, folderOfConfig)) await bundleManaged(source, resolve(out, source.name));
  console.log(sizeTable(sizes));
}

/** The configuration with these of its canaries alone. */
function withCanaries(config: Config, names: readonly string[] = []): Config {
  const canaries = Object.entries(config.canaries).filter(([name]) => names.includes(name));
  return { ...config, canaries: Object.fromEntries(canaries) };
}

if (options.help) console.log(HELP);
else {
  await main().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
