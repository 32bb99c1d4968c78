import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

/** The version of AWS's runtime client that functions are tested in. */
export const RUNTIME_CLIENT_VERSION = "4.0.2";

const CACHE = resolve(import.meta.dirname, `../../../.cache/aws-lambda-ric-${RUNTIME_CLIENT_VERSION}`);

/**
 * The folder of AWS's runtime client (npm `aws-lambda-ric`), installed into the ignored cache when it is not there yet, without its
 * install scripts, which build its native half.
 */
export function installRuntimeClient(): string {
  const folder = resolve(CACHE, "node_modules/aws-lambda-ric");
  if (existsSync(resolve(folder, "index.mjs"))) return folder;
  mkdirSync(CACHE, { recursive: true });
  // A package.json of its own keeps npm from installing into the repository.
  writeFileSync(resolve(CACHE, "package.json"), JSON.stringify({ name: "runtime-client", private: true }));
  const args = [
    "install",
    `aws-lambda-ric@${RUNTIME_CLIENT_VERSION}`,
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--save-exact",
  ];
  const { status, stdout, stderr } = spawnSync("npm", args, {
    cwd: CACHE,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (status !== 0)
    throw new Error(`npm could not install aws-lambda-ric@${RUNTIME_CLIENT_VERSION}:\n${stdout}\n${stderr}`);
  return folder;
}
