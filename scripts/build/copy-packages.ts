import { cpSync, existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** Copies packages, with all that they depend on, into a bundle's `node_modules`: for those that cannot be bundled. Optional parts that are not installed are left out. */
export function copyPackages(names: readonly string[], root: string, outdir: string): void {
  const copied = new Set<string>();
  const copy = (name: string, from: string): void => {
    const folder = folderOf(name, from);
    if (folder === undefined || copied.has(folder)) return;
    copied.add(folder);
    cpSync(folder, join(outdir, "node_modules", name), { recursive: true, filter: isNeeded });
    const { dependencies = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    for (const each of Object.keys(dependencies)) copy(each, folder);
  };
  for (const name of names) copy(name, root);
}

/** Nothing of the trace viewer, the recorder and the types is used in a function, and packages within a package are copied by themselves. */
function isNeeded(path: string): boolean {
  return !/\/playwright-core\/(lib\/vite|types)(\/|$)|\.d\.ts$|\.map$|[^/]\/node_modules\/[^@/]+\/node_modules$/.test(
    path,
  );
}

/** Looks where Node.js would: in the `node_modules` of the folder and of those above. */
function folderOf(name: string, from: string): string | undefined {
  for (let at = resolve(from); ; at = dirname(at)) {
    const folder = join(at, "node_modules", name);
    if (existsSync(folder)) return folder;
    if (dirname(at) === at) return undefined;
  }
}
