import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { ROOT } from "./gate.ts";

/** A text file of the repository, its path relative to the root and with forward slashes. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

// What is installed, built or captured, and so not written by us.
const NOT_OURS = ["**/node_modules", "**/dist", "**/coverage", ".git", ".cache", ".belfry", "test/fixtures"];

/** Reads every file that one of the patterns matches, in the order of their paths. */
export function readFiles(patterns: readonly string[]): TextFile[] {
  return globSync(patterns, { cwd: ROOT, exclude: NOT_OURS })
    .map((path) => path.replaceAll("\\", "/"))
    .sort()
    .map((path) => ({ path, text: readFileSync(resolve(ROOT, path), "utf8") }));
}
