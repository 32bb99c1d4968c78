import { basename, relative, resolve } from "node:path";
import { bundledFile, canaryFiles } from "../../packages/core/src/config/canaries/files.ts";
import { type CanaryConfig, needsBrowser } from "../../packages/core/src/config/canaries/schema.ts";
import type { ScriptConfig } from "../../packages/core/src/config/canaries/script.ts";
import type { Config } from "../../packages/core/src/config/schema.ts";
import type { FunctionSource } from "./bundle.ts";

const HANDLERS = "packages/functions/src/canary";

/** What bundles with a browser have beside them as it is: programs, and code that is read as text or finds its parts by their paths. */
const BROWSER_PACKAGES = ["playwright-core", "@sparticuz/chromium", "web-vitals"];

type Named<C extends CanaryConfig = CanaryConfig> = readonly [name: string, canary: C];

/** The functions of canaries that Belfry runs itself: one of those without a browser, one of those with, and one for each script; `from` is the configuration's folder. */
export function canarySources(root: string, { canaries }: Config, from: string): FunctionSource[] {
  const own = Object.entries(canaries).filter(([, { backend }]) => backend.type === "belfry");
  const shared = own.filter(([, { kind }]) => kind !== "script");
  return [
    ...runner(
      "run",
      shared.filter(([, canary]) => !needsBrowser(canary)),
      from,
    ),
    ...runner(
      "browse",
      shared.filter(([, canary]) => needsBrowser(canary)),
      from,
    ),
    ...own.filter(isScript).map((script) => scriptSource(root, script, from)),
  ];
}

/** A script for CloudWatch Synthetics, as a folder that becomes its archive. */
export interface ManagedSource {
  /** Names its folder in dist. */
  readonly name: string;
  readonly file: string;
  /** Where the script goes in the folder. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_WritingCanary.html */
  readonly path: string;
  /** Python is copied; what is written for Node.js is bundled with what it imports. */
  readonly format: "python" | "cjs" | "esm";
}

/** The scripts of canaries that CloudWatch Synthetics runs. */
export function managedSources({ canaries }: Config, from: string): ManagedSource[] {
  return Object.entries(canaries)
    .filter(isScript)
    .flatMap(([canary, { backend, entry }]) => {
      if (backend.type !== "synthetics") return [];
      const [name, file] = [`canary-script-${canary}`, resolve(from, entry)];
      if (backend.runtime.startsWith("syn-python-")) return { name, file, path: "python/canary.py", format: "python" };
      if (backend.runtime.startsWith("syn-nodejs-playwright-"))
        return { name, file, path: "canary.mjs", format: "esm" };
      return { name, file, path: "nodejs/node_modules/canary.js", format: "cjs" };
    });
}

function isScript(named: Named): named is Named<ScriptConfig> {
  return named[1].kind === "script";
}

function runner(file: "run" | "browse", canaries: readonly Named[], from: string): FunctionSource[] {
  if (canaries.length === 0) return [];
  const entry = { file: `${HANDLERS}/${file}.ts` };
  return [{ name: `canary-${file}`, group: "canary", entry, ...partsOf(canaries, from) }];
}

/** Joins the user's module, which exports `canary`, with the handler that runs it. */
function scriptSource(root: string, [name, canary]: Named<ScriptConfig>, from: string): FunctionSource {
  const module = `./${relative(root, resolve(from, canary.entry))}`;
  const [file, make] = canary.browser ? ["browse", "browserHandler"] : ["run", "browserlessHandler"];
  const text = `
    import * as script from ${JSON.stringify(module)};
    import { ${make} } from "./${HANDLERS}/${file}.ts";
    export const handler = ${make}(${JSON.stringify(`canary-script-${name}`)}, async () => script);`;
  return { name: `canary-script-${name}`, group: "canary", entry: { text }, ...partsOf([[name, canary]], from) };
}

function partsOf(canaries: readonly Named[], from: string): Pick<FunctionSource, "canaries" | "files" | "packages"> {
  const paths = new Set(canaries.flatMap(([, canary]) => canaryFiles(canary)));
  return {
    canaries: canaries.map(([name]) => name),
    files: [...paths].map((path) => ({ from: resolve(from, path), to: bundledFile(path) })),
    packages: canaries.some(([, canary]) => needsBrowser(canary)) ? BROWSER_PACKAGES : [],
  };
}

/** What the handler of a managed script is called, by the script's path in the archive. */
export function managedHandler({ path }: Pick<ManagedSource, "path">): string {
  return `${basename(path).replace(/\.\w+$/, "")}.handler`;
}
