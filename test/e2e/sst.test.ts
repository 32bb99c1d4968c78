// SST itself builds, deploys, compares and removes the stacks, on an emulator of AWS: the SDK that it is given by the overrides of package.json works.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runBuild } from "../../scripts/synth/run-build.ts";
import { findMinistack, Ministack } from "./support/ministack.ts";
import { unlessMissing } from "./support/missing-part.ts";
import { streamConfig } from "./support/rehearsal-config.ts";
import { type Outcome, runTool } from "./support/run-tool.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const FOLDER = resolve(ROOT, ".cache/e2e-sst");
const CONFIG = resolve(FOLDER, "belfry.json");
const DIST = resolve(FOLDER, "dist");
// With an entry that leaves out what the emulator does not know, and calls the repository's.
const ENTRY = resolve(import.meta.dirname, "support/sst");

const programs = await unlessMissing(async () => findMinistack("deployment with SST"));

describe.skipIf(programs === undefined)("SST, on ministack", () => {
  let aws: Ministack;

  beforeAll(async () => {
    mkdirSync(FOLDER, { recursive: true });
    // Nothing is sent to the cluster: any address will do.
    writeFileSync(CONFIG, JSON.stringify(streamConfig("http://127.0.0.1:9200")));
    runBuild(CONFIG, DIST);
    aws = await Ministack.start(programs ?? "");
  });

  afterAll(async () => {
    await aws?.stop();
    rmSync(FOLDER, { recursive: true, force: true });
  });

  async function sst(...args: string[]): Promise<Outcome> {
    const env = { ...aws.environment, BELFRY_CONFIG: CONFIG, BELFRY_DIST: DIST };
    const outcome = await runTool("sst", [...args, "--stage", "e2e"], { cwd: ENTRY, env });
    if (outcome.exitCode !== 0) process.stderr.write(`sst ${args.join(" ")}:\n${outcome.output}\n`);
    return outcome;
  }

  test("builds, deploys, deploys again without a change, finds no difference, and removes", async () => {
    const built = await sst("build");
    expect(built).toMatchObject({ exitCode: 0 });
    expect(await sst("deploy")).toMatchObject({ exitCode: 0 });
    const again = await sst("deploy");
    expect(again).toMatchObject({ exitCode: 0 });
    expect(again.output).not.toMatch(/(CREATE|UPDATE|DELETE)_COMPLETE/);
    const diff = await sst("diff");
    expect(diff).toMatchObject({ exitCode: 0 });
    expect(diff.output).toContain("Diff: No changes");
    expect(await sst("remove")).toMatchObject({ exitCode: 0 });
  });
});
