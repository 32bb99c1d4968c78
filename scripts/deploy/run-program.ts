import { spawn } from "node:child_process";
import { delimiter, resolve } from "node:path";
import { ROOT } from "../check/gate.ts";

/** SST and the CDK report their use to their makers unless told otherwise. https://docs.sst.dev/anonymous-telemetry */
const QUIET = { SST_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1", CDK_DISABLE_CLI_TELEMETRY: "true" };

/** Runs one of the repository's programs in its root, on its own Node, in the foreground. Returns its exit code. */
export function runProgram(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number> {
  return new Promise((done, refuse) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: {
        ...process.env,
        PATH: `${resolve(ROOT, "node_modules/.bin")}${delimiter}${process.env.PATH ?? ""}`,
        ...QUIET,
        ...env,
      },
      shell: process.platform === "win32",
      stdio: "inherit",
    });
    child.on("error", refuse);
    child.on("close", (code) => done(code ?? 1));
  });
}
