import { spawn } from "node:child_process";
import { delimiter, resolve } from "node:path";

/** The repository's root; every path that a gate prints is relative to it. */
export const ROOT = resolve(import.meta.dirname, "../..");

/** One thing that must hold in the repository. */
export interface Gate {
  readonly name: string;
  /** What does not hold, as text for a person; nothing when all is well. */
  readonly run: () => Promise<readonly string[]> | readonly string[];
}

/** What a finished program left behind. */
export interface Outcome {
  readonly exitCode: number;
  /** Standard output and standard error, in the order they came. */
  readonly output: string;
}

/** A gate that is a program from `node_modules/.bin`: it holds when the program exits with 0. */
export function program(name: string, command: string, args: readonly string[]): Gate {
  return {
    name,
    run: async () => {
      const { exitCode, output } = await execute(command, args);
      return exitCode === 0 ? [] : [output.trim() || `${command} ended with ${exitCode} and printed nothing`];
    },
  };
}

/** Runs a program in the repository's root, with its own tools and its own Node first on the path. */
export function execute(command: string, args: readonly string[]): Promise<Outcome> {
  const path = `${resolve(ROOT, "node_modules/.bin")}${delimiter}${process.env.PATH ?? ""}`;
  return new Promise((done, refuse) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...process.env, PATH: path, NO_COLOR: "1" },
      shell: process.platform === "win32",
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", refuse);
    child.on("close", (code) => done({ exitCode: code ?? 1, output }));
  });
}
