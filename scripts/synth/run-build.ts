import { spawnSync } from "node:child_process";
import { ROOT } from "../check/gate.ts";

/** Runs `npm run build` for a configuration into a folder, in silence. Raises an error with what it printed when it fails. */
export function runBuild(config: string, out: string): void {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["scripts/build.ts", "--config", config, "--out", out],
    { cwd: ROOT, encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`the functions could not be built:\n${stdout}${stderr}`);
}
