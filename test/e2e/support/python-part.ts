import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { MissingPart } from "./missing-part.ts";

const CACHE = resolve(import.meta.dirname, "../../../.cache");
const PROGRAMS = process.platform === "win32" ? "Scripts" : "bin";

/**
 * The folder of the programs of a Python package, in a virtual environment of its own in the ignored cache, installed from PyPI when it is not there yet. Raises
 * MissingPart without Python, or when PyPI cannot be reached.
 */
export function pythonPrograms(name: string, version: string, tests: string): string {
  const environment = resolve(CACHE, `${name}-${version}`);
  const programs = resolve(environment, PROGRAMS);
  if (existsSync(resolve(programs, name))) return programs;
  const made = run("python3", "-m", "venv", environment);
  if (made !== undefined) {
    throw new MissingPart(
      tests,
      `there is no Python 3 with venv: ${made}`,
      "sudo apt-get install --yes python3-venv (macOS: brew install python)",
    );
  }
  const install = [
    resolve(programs, "python"),
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    `${name}==${version}`,
  ];
  const failure = run(install[0], ...install.slice(1));
  if (failure !== undefined) {
    rmSync(environment, { recursive: true, force: true });
    throw new MissingPart(
      tests,
      `pip could not install ${name}: ${failure}`,
      `python3 -m venv ${environment} && ${install.join(" ")}`,
    );
  }
  return programs;
}

/** Why a program failed; undefined when it did not. */
function run(command: string, ...args: string[]): string | undefined {
  const { error, status, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (error !== undefined) return error.message;
  return status === 0 ? undefined : stderr.trim().split("\n").at(-1) || `it ended with ${status}`;
}
