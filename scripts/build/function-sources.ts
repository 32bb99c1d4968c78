import { existsSync, readdirSync } from "node:fs";
import { basename, relative, resolve } from "node:path";
import type { FunctionSource } from "./bundle.ts";

const HANDLERS = "packages/functions/src";
const GROUPS = ["ingest", "transform", "process", "archive", "logs", "search", "alert", "alarm", "health"] as const;
// Not a function by itself: it becomes one with the user's module.
const CUSTOM = "process/custom.ts";

/** All functions: a handler in each file of the handlers' folders, and the user's own one where the configuration names its module. */
export function functionSources(root: string, processEntry: string | undefined): FunctionSource[] {
  const sources: FunctionSource[] = [];
  for (const group of GROUPS) {
    const folder = resolve(root, HANDLERS, group);
    for (const file of existsSync(folder) ? readdirSync(folder).sort() : []) {
      if (!file.endsWith(".ts") || `${group}/${file}` === CUSTOM) continue;
      sources.push({
        name: `${group}-${basename(file, ".ts")}`,
        group,
        entry: { file: `${HANDLERS}/${group}/${file}` },
      });
    }
  }
  if (processEntry !== undefined) sources.push(customSource(root, processEntry));
  return sources;
}

/** Joins the user's module, which exports `process`, with the handler that calls it. */
function customSource(root: string, processEntry: string): FunctionSource {
  const module = `./${relative(root, processEntry)}`;
  const text = `
    import { process as processRecords } from ${JSON.stringify(module)};
    import { inAws } from "./${HANDLERS}/compose.ts";
    import { customHandler } from "./${HANDLERS}/${CUSTOM}";
    export const handler = inAws((runtime) => customHandler(runtime, processRecords));`;
  return { name: `process-${basename(processEntry).replace(/\.[cm]?[jt]s$/, "")}`, group: "process", entry: { text } };
}
