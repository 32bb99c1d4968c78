import { spawn } from "node:child_process";

/** What a finished program left behind. */
export interface Outcome {
  /** -1 when a signal ended it. */
  readonly exitCode: number;
  /** Standard output and standard error, in the order they came. */
  readonly output: string;
}

/** Runs a program to its end, with nothing of this process's environment but what is given; killed when it takes longer than `timeoutMs`. */
export function runTool(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>>; readonly timeoutMs?: number },
): Promise<Outcome> {
  return new Promise((done, refuse) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env,
      shell: process.platform === "win32",
      stdio: ["ignore", "pipe", "pipe"],
      timeout: options.timeoutMs ?? 240_000,
      killSignal: "SIGKILL",
    });
    let output = "";
    const collect = (chunk: string): void => {
      output += chunk;
    };
    child.stdout.setEncoding("utf8").on("data", collect);
    child.stderr.setEncoding("utf8").on("data", collect);
    child.on("error", refuse);
    child.on("close", (code) => done({ exitCode: code ?? -1, output }));
  });
}
