import { spawn } from "node:child_process";
import path from "node:path";
import type { Finding } from "@belfry/core/doctor/check";

const COMMAND = path.resolve("packages/local/src/command.ts");

/** How `belfry doctor --json` ended; without findings when it could not run. */
export interface DoctorRun {
  readonly code: number | null;
  readonly findings: readonly Finding[];
  readonly err: string;
}

/** Runs `belfry doctor --json` as a user would, against services at one address, with test credentials unless `env` says otherwise. */
export async function runDoctor(
  endpoint: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
): Promise<DoctorRun> {
  const { PATH = "" } = process.env;
  // Neither the credentials of whoever runs the tests, nor a machine's role.
  const bare = { PATH, HOME: "/nonexistent", AWS_EC2_METADATA_DISABLED: "true", AWS_ENDPOINT_URL: endpoint };
  const child = spawn(process.execPath, [COMMAND, "doctor", "--json", ...args], { env: { ...bare, ...env } });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const findings = out === "" ? [] : (JSON.parse(out) as { findings: Finding[] }).findings;
  return { code, findings, err };
}
