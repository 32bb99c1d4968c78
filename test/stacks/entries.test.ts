// Both entries, as their tools run them, give the same templates. SST writes below .sst/ in the repository's root, so no other file may use it.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { App as CdkApp } from "aws-cdk-lib";
import { Code } from "aws-cdk-lib/aws-lambda";
import { App as SstApp } from "sst/constructs";
import { initProject } from "sst/project.js";
import { load } from "sst/stacks/build.js";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { loadConfig } from "../../packages/core/src/config/load.ts";
import type { Config } from "../../packages/core/src/config/schema.ts";
import { PROFILES } from "../../scripts/synth/profiles.ts";
import { buildApp } from "../../stacks/build-app.ts";

type Templates = Readonly<Record<string, unknown>>;

const ROOT = resolve(import.meta.dirname, "../..");
const STAGE = "test";
const CONTEXT = JSON.parse(readFileSync(resolve(ROOT, "cdk.json"), "utf8")).context;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "belfry-entries-"));
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(PROFILES)("$config", ({ name, config }) => {
  it("has the same templates with SST as with the CDK, in the home region", async () => {
    const dist = join(folder, name, "dist");
    const loaded = await loadConfig(resolve(ROOT, config));
    writeBundles(loaded, dist);
    const { region } = loaded.deploy;
    vi.stubEnv("BELFRY_CONFIG", config);
    vi.stubEnv("BELFRY_DIST", dist);
    vi.stubEnv("BELFRY_STAGE", STAGE);

    const sst = await bySst(join(folder, name, "sst"));
    const cdk = byCdk(join(folder, name, "cdk"), region);
    expect(Object.keys(sst).length).toBeGreaterThan(0);
    expect(normalized(sst)).toEqual(normalized(cdk));
  }, 60_000);
});

/** Gives each function of the stacks a bundle of nothing but a handler: what it is does not change the templates. */
function writeBundles(config: Config, dist: string): void {
  buildApp(new CdkApp({ outdir: join(dist, ".cdk"), analyticsReporting: false }), config, {
    stage: STAGE,
    code: (name) => {
      mkdirSync(join(dist, name), { recursive: true });
      writeFileSync(join(dist, name, "index.mjs"), "export const handler = async () => undefined;\n");
      return Code.fromAsset(join(dist, name));
    },
  });
}

/** As `sst build` does, in this process. */
async function bySst(outdir: string): Promise<Templates> {
  await initProject({ stage: STAGE, root: ROOT });
  const [, entry] = await load(resolve(ROOT, "sst.config.ts"));
  const { name, region } = await entry.config({ stage: STAGE });
  const app = new SstApp(
    { mode: "deploy", stage: STAGE, name, region, account: "111122223333" },
    { outdir, context: CONTEXT },
  );
  await entry.stacks(app);
  await app.finish();
  app.synth();
  return templatesIn(outdir, region);
}

/** As `cdk synth` does: the entry is a program of its own. */
function byCdk(outdir: string, region: string): Templates {
  const { status, stderr } = spawnSync(process.execPath, ["stacks/app.ts"], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(CONTEXT) },
  });
  if (status !== 0) throw new Error(stderr);
  return templatesIn(outdir, region);
}

/** Templates of the stacks of one region, by the stacks' names. */
function templatesIn(outdir: string, region: string): Templates {
  const { artifacts } = JSON.parse(readFileSync(join(outdir, "manifest.json"), "utf8")) as {
    artifacts: Record<string, { type: string; environment?: string; properties?: { templateFile: string } }>;
  };
  return Object.fromEntries(
    Object.entries(artifacts)
      .filter(([, { type, environment }]) => type === "aws:cloudformation:stack" && environment?.endsWith(`/${region}`))
      .map(([id, { properties }]) => [
        id,
        JSON.parse(readFileSync(join(outdir, properties?.templateFile ?? ""), "utf8")),
      ]),
  );
}

/** Without what SST adds of its own accord: its tags. All else must be equal. */
function normalized(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !isSstTag(item)).map(normalized);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => !key.startsWith("sst:"));
  return Object.fromEntries(entries.map(([key, inner]) => [key, normalized(inner)]));
}

function isSstTag(item: unknown): boolean {
  return typeof item === "object" && item !== null && "Key" in item && String(item.Key).startsWith("sst:");
}
