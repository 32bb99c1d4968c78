// The gates of the repository, one line for each: `npm run check`, or `npm run check -- types sizes` for some of them.
import { banned } from "./check/banned.ts";
import { readFiles } from "./check/files.ts";
import { type Gate, program, ROOT } from "./check/gate.ts";
import { outdated } from "./check/generated.ts";
import { brokenLinks } from "./check/links.ts";
import { oversized } from "./check/sizes.ts";

const CODE = ["packages/*/src/**/*.{ts,tsx}", "scripts/**/*.ts", "stacks/**/*.ts", "*.ts"];
const TESTS = ["test/**/*.ts", "examples/**/*.ts"];
const PAGES = ["*.md", "docs/**/*.md", "packages/**/*.md", "examples/**/*.md"];
const REST = ["packages/*/bin/*", "*.{json,mjs}", ".ci/*"];

const GATES: readonly Gate[] = [
  program("lint", "biome", ["ci", "--colors=off", "--error-on-warnings", "--max-diagnostics=100", "."]),
  program("types", "tsc", ["--noEmit", "--pretty", "false"]),
  program("imports", "depcruise", ["--config", ".dependency-cruiser.mjs", ...rootsOf([...CODE, ...TESTS])]),
  program("dead-code", "knip", ["--no-progress", "--no-config-hints"]),
  { name: "sizes", run: () => oversized(readFiles(CODE), readFiles(TESTS)) },
  { name: "banned", run: () => banned(readFiles([...CODE, ...TESTS, ...PAGES, ...REST])) },
  { name: "generated", run: outdated },
  { name: "links", run: () => brokenLinks(readFiles(PAGES), ROOT) },
];

/** The folders and files that exist, of those that the patterns start with: dependency-cruiser refuses an absent one. */
function rootsOf(patterns: readonly string[]): string[] {
  return [...new Set(readFiles(patterns).map(({ path }) => path.split("/")[0] ?? path))];
}

/** Runs one gate and prints its line, and what it found below it; tells whether it held. */
async function passes({ name, run }: Gate): Promise<boolean> {
  const started = performance.now();
  const findings = await run();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${findings.length === 0 ? "ok    " : "FAILED"} ${name.padEnd(10)} ${seconds.padStart(5)} s`);
  if (findings.length > 0) console.log(`${findings.join("\n").replaceAll(/^/gm, "    ")}\n`);
  return findings.length === 0;
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !GATES.some((gate) => gate.name === name));
if (unknown.length > 0) {
  console.error(`no such gate: ${unknown.join(", ")}; there are ${GATES.map((gate) => gate.name).join(", ")}`);
  process.exit(2);
}
const failed: string[] = [];
for (const gate of GATES) {
  if (wanted.length > 0 && !wanted.includes(gate.name)) continue;
  if (!(await passes(gate))) failed.push(gate.name);
}
if (failed.length > 0) {
  console.error(`check failed: ${failed.join(", ")}`);
  process.exit(1);
}
