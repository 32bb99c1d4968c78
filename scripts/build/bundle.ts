import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Metafile } from "esbuild";
import type { FunctionGroup } from "../../packages/core/src/config/slice.ts";

/** A Lambda function to bundle. */
export interface FunctionSource {
  /** Names its folder in dist: `ingest-kinesis`. */
  readonly name: string;
  /** The folder that its handler stands in. */
  readonly group: FunctionGroup;
  /** The module that exports `handler`: a file, or text as if it stood in the repository's root. */
  readonly entry: { readonly file: string } | { readonly text: string };
  /** The canaries that it runs, and whose configuration it gets; for functions of canaries. */
  readonly canaries?: readonly string[];
  /** Files that are put into its folder. */
  readonly files?: readonly { readonly from: string; readonly to: string }[];
  /** Packages that are not bundled, but copied into its folder. */
  readonly packages?: readonly string[];
}

/** Sizes of one bundle in bytes: what Node reads to start it, and what it reads when it needs it. */
export interface BundleSize {
  readonly name: string;
  readonly start: Size;
  readonly later: Size;
}

interface Size {
  readonly bytes: number;
  readonly gzipBytes: number;
}

// Packages in CommonJS call `require`, which ES modules do not have. The names are long because esbuild's short ones would collide.
const REQUIRE_BANNER =
  'import { createRequire as createRequireForBundle } from "node:module"; const require = createRequireForBundle(import.meta.url);';

/**
 * Bundles one function with all that it uses into `dist/<name>`: index.mjs and, for each `import()`, chunks that are read only then. Names are
 * shortened, which halves the code to read at start; the source maps beside it (linked, without the sources' text) give them back
 * where Node runs with --enable-source-maps.
 */
export async function bundle(
  { name, entry, packages = [] }: Omit<FunctionSource, "group">,
  root: string,
  outdir: string,
): Promise<BundleSize> {
  const { metafile } = await build({
    ...("file" in entry
      ? { entryPoints: [{ in: entry.file, out: "index" }] }
      : {
          stdin: { contents: entry.text, resolveDir: root, sourcefile: "index.ts", loader: "ts" },
          entryNames: "index",
        }),
    absWorkingDir: root,
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node24",
    mainFields: ["module", "main"],
    outExtension: { ".js": ".mjs" },
    chunkNames: "[name]-[hash]",
    banner: { js: REQUIRE_BANNER },
    minify: true,
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "linked",
    charset: "utf8",
    metafile: true,
    external: [...packages],
    logLevel: "warning",
  });
  return { name, ...sizesOf(metafile, root, outdir) };
}

function sizesOf({ outputs }: Metafile, root: string, outdir: string): Pick<BundleSize, "start" | "later"> {
  const scripts = Object.keys(outputs).filter((path) => path.endsWith(".mjs"));
  const start = new Set<string>();
  const add = (path: string): void => {
    if (start.has(path)) return;
    start.add(path);
    for (const { path: imported, kind } of outputs[path].imports) {
      if (kind === "import-statement" && imported in outputs) add(imported);
    }
  };
  for (const path of scripts) if (basename(path) === "index.mjs" && resolve(root, path).startsWith(outdir)) add(path);
  return {
    start: sum([...start], root),
    later: sum(
      scripts.filter((path) => !start.has(path)),
      root,
    ),
  };
}

function sum(paths: readonly string[], root: string): Size {
  let bytes = 0;
  let gzipBytes = 0;
  for (const path of paths) {
    const text = readFileSync(resolve(root, path));
    bytes += text.length;
    gzipBytes += gzipSync(text).length;
  }
  return { bytes, gzipBytes };
}
