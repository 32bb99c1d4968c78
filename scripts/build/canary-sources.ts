import { relative, resolve } from "node:path";
import { bundledFile, canaryFiles } from "../../packages/core/src/config/canaries/files.ts";
import { type ManagedLayout, managedCanaryLayout } from "../../packages/core/src/config/canaries/managed-layout.ts";
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
    ...scriptsAmong(own).map((script) => scriptSource(root, script, from)),
  ];
}

/** A script for CloudWatch Synthetics, as a folder that becomes its archive. */
export interface ManagedSource extends Pick<ManagedLayout, "path" | "format"> {
  /** Names its folder in dist. */
  readonly name: string;
  readonly file: string;
}

/** The scripts of canaries that CloudWatch Synthetics runs. */
export function managedSources({ canaries }: Config, from: string): ManagedSource[] {
  return scriptsAmong(Object.entries(canaries)).flatMap(([canary, { backend, entry }]) => {
    if (backend.type !== "synthetics") return [];
    const { path, format } = managedCanaryLayout(backend.runtime);
    return { name: `canary-script-${canary}`, file: resolve(from, entry), path, format };
  });
}

function scriptsAmong(canaries: readonly Named[]): Named<ScriptConfig>[] {
  return canaries.flatMap(([name, canary]) => (canary.kind === "script" ? [[name, canary] as const] : []));
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
