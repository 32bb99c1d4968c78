// `npm run test:e2e`: the tests against real servers. What follows `--` goes to vitest, a file's name for example.
import { spawnSync } from "node:child_process";
import { delimiter, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const { status, error } = spawnSync("vitest", ["run", "--config", "vitest.e2e.config.ts", ...process.argv.slice(2)], {
  cwd: root,
  env: { ...process.env, PATH: `${resolve(root, "node_modules/.bin")}${delimiter}${process.env.PATH ?? ""}` },
  shell: process.platform === "win32",
  stdio: "inherit",
});
if (error) throw error;
process.exitCode = status ?? 1;
