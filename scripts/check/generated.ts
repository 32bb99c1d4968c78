import { globSync } from "node:fs";
import { execute, ROOT } from "./gate.ts";

/** Runs every `scripts/generate-*.ts` with `--check`, which compares what it would write with what is there. */
export async function outdated(): Promise<string[]> {
  const findings: string[] = [];
  for (const generator of globSync("scripts/generate-*.ts", { cwd: ROOT }).sort()) {
    const { exitCode, output } = await execute(process.execPath, [generator, "--check"]);
    if (exitCode !== 0) findings.push(`${generator}: run it and commit what it writes\n${output.trim()}`);
  }
  return findings;
}
