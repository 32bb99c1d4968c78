// `belfry canary` as a person has it: a process of its own, with the browser that comes with npm.
import { execFile, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { RunReport } from "@belfry/core/canaries/report";
import type { CanaryInput } from "@belfry/core/config/canaries/schema";
import type { ConfigInput } from "@belfry/core/config/schema";
import { SITE_PASSWORD } from "@belfry/local/canary/site/shop-pages";
import { PNG } from "pngjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { harProblems } from "../support/har-problems.ts";

const COMMAND = path.resolve("packages/local/src/command.ts");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "belfry-canary-command-"));
});
afterAll(() => rm(folder, { recursive: true }));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function belfry(args: readonly string[], cwd = folder, more: Record<string, string> = {}): Promise<Ended> {
  const { PATH = "", HOME = "" } = process.env;
  const env = { PATH, HOME, BELFRY_BROWSER_DIR: path.resolve(".cache/browser"), ...more };
  return new Promise((resolve) => {
    execFile(process.execPath, [COMMAND, "canary", ...args], { cwd, env }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

interface Ran extends RunReport {
  readonly expect: string;
  readonly asDeclared: boolean;
  readonly folder: string;
}

function runsIn(out: string): Ran[] {
  return out.trim() === ""
    ? []
    : out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
}

/** A folder with a configuration of these canaries. */
async function folderWith(canaries: ConfigInput["canaries"]): Promise<string> {
  const cwd = await mkdtemp(path.join(folder, "own-"));
  await writeFile(path.join(cwd, "belfry.config.json"), JSON.stringify({ canaries }));
  return cwd;
}

const REFUSED: CanaryInput = {
  kind: "heartbeat",
  urls: ["http://127.0.0.1:9/"],
  browser: false,
  retries: { max: 0 },
};

describe("the samples", () => {
  let all: Ended;
  let runs: Ran[];
  const sample = (name: string) => runs.find(({ canary }) => canary === name) as Ran;
  const file = (name: string, end: string) => {
    const found = sample(name).artifacts.find((artifact) => artifact.name.endsWith(end));
    return path.resolve(folder, sample(name).folder, found?.name ?? `no ${end}`);
  };
  beforeAll(async () => {
    all = await belfry(["run", "--all", "--json"]);
    runs = runsIn(all.out);
  }, 120_000);

  test("each kind passes on the good site and fails with its class on the broken one, and so the command ends with 0", () => {
    const otherwise = runs.filter(({ asDeclared }) => !asDeclared);
    expect(otherwise.map(({ canary, failure }) => [canary, failure])).toEqual([]);
    expect([all.code, all.err]).toEqual([0, ""]);
    const ended = Object.fromEntries(runs.map(({ canary, failure }) => [canary, failure?.class ?? "pass"]));
    expect(ended).toEqual({
      heartbeat: "pass",
      api: "pass",
      links: "pass",
      visual: "pass",
      recording: "pass",
      workflow: "pass",
      "multi-check": "pass",
      script: "pass",
      "heartbeat-broken": "assertion",
      "api-broken": "assertion",
      "links-broken": "assertion",
      "visual-broken": "assertion",
      "recording-broken": "assertion",
      "workflow-broken": "assertion",
      "multi-check-broken": "target",
      "script-broken": "timeout",
    });
    expect(new Set(runs.map(({ kind }) => kind)).size).toBe(8);
  });

  test("leave pictures of what failed, HARs that are valid, and no password in any file", () => {
    for (const run of runs) {
      const texts = ["report.json", ...run.artifacts.map(({ name }) => name)].map((name) =>
        readFileSync(path.resolve(folder, run.folder, name)),
      );
      for (const bytes of texts) expect(bytes.includes(SITE_PASSWORD)).toBe(false);
      for (const { name } of run.artifacts.filter((artifact) => artifact.name.endsWith(".har")))
        expect(harProblems(readFileSync(path.resolve(folder, run.folder, name), "utf8"))).toEqual([]);
    }
    for (const name of ["heartbeat-broken", "workflow-broken", "recording-broken"]) {
      const { width, height } = PNG.sync.read(readFileSync(file(name, "failed.png")));
      expect([width, height]).toEqual(name === "recording-broken" ? [1280, 720] : [1024, 640]);
    }
    expect(existsSync(file("visual-broken", "diff.png"))).toBe(true);
    expect(existsSync(file("links-broken", "BrokenLinkCheckerReport.json"))).toBe(true);
  });

  test("are remembered: a run is shown by its canary's name, or by digits of its id", async () => {
    const { runId } = sample("workflow");
    const { out, code } = await belfry(["show", runId.slice(0, 8)]);
    expect(code).toBe(0);
    expect(out).toContain(`canary workflow (workflow), run ${runId}`);
    expect(out).toMatch(/passed\s+\d+\.\d s\s+press Enter/);
    expect(out).toContain(path.normalize(sample("workflow").folder));
    const api = await belfry(["show", "api"]);
    expect(api.out).toMatch(/phases of requests, in milliseconds\nstep +dns +tcp +tls +ttfb +download +total\ncreate /);
    const history = await belfry(["history", "api", "--json"]);
    expect(runsIn(history.out).map(({ canary }) => canary)).toEqual(["api"]);
    expect((await belfry(["show", "00000000"])).code).toBe(2);
    expect((await belfry(["list"])).out).toMatch(
      /heartbeat-broken +heartbeat +browser .*fail:assertion +failed: assertion .* ago/,
    );
  });

  test("a picture that changed is approved, and passes from then on, which is not as declared any more", async () => {
    const approved = await belfry(["approve", "visual-broken"]);
    expect(approved.out).toMatch(/^approved the changed picture of visual-broken › poster, 1024x640, browser \d/);
    const again = await belfry(["run", "visual-broken"]);
    expect([again.code, again.out]).toEqual([1, expect.stringContaining("declared fail:assertion")]);
    expect((await belfry(["approve", "visual-broken"])).code).toBe(1);
    expect((await belfry(["approve", "api"])).code).toBe(2);
  });
});

describe("exit codes", () => {
  test("1: a canary came out otherwise; it says why, and what to look at", async () => {
    const cwd = await folderWith({ down: REFUSED, watched: { ...REFUSED, expect: "fail:target" } });
    const { code, out, err } = await belfry(["run", "--all"], cwd);
    expect(code).toBe(1);
    expect(out).toMatch(/^NOT OK +down +failed: target .*ECONNREFUSED/m);
    expect(out).toMatch(/^ok +watched +failed: target, as declared/m);
    expect(out).toContain("1 of 2 canaries came out otherwise: down");
    expect(err).toMatch(/^why: npx belfry canary show [0-9a-f]{8}$/m);
  });

  test("2: no such canary, none named, or a configuration that is not valid", async () => {
    const cwd = await folderWith({ down: REFUSED });
    expect(await belfry(["run", "up"], cwd)).toMatchObject({
      code: 2,
      err: "belfry: there is no canary up, only down\n",
    });
    expect((await belfry(["run"], cwd)).code).toBe(2);
    await writeFile(path.join(cwd, "belfry.config.json"), '{"canaries":{"down":{"kind":"heartbeat"}}}');
    expect(await belfry(["run", "--all"], cwd)).toMatchObject({ code: 2, err: expect.stringContaining("urls") });
  });

  test("3: no browser starts, which says nothing of the target", async () => {
    const { code, out, err } = await belfry(["run", "heartbeat", "api"], folder, { CHROME_PATH: "/nowhere/chrome" });
    expect(code).toBe(3);
    expect(out).toMatch(/^NOT OK +heartbeat +failed: browser/m);
    expect(out).toMatch(/^ok +api +passed/m);
    expect(err).toContain("CHROME_PATH");
  });

  test("those that are switched off, or run in CloudWatch Synthetics, are left out of --all", async () => {
    const managed = {
      kind: "script",
      entry: "a.js",
      backend: { type: "synthetics", runtime: "syn-nodejs-playwright-9.0" },
    };
    const cwd = await folderWith({ off: { ...REFUSED, enabled: false }, managed } as ConfigInput["canaries"]);
    expect(await belfry(["run", "--all"], cwd)).toMatchObject({ code: 0, out: expect.stringContaining("0 canaries") });
    expect((await belfry(["run", "off"], cwd)).code).toBe(1);
    expect((await belfry(["run", "managed"], cwd)).code).toBe(2);
  });
});

test("examples/canaries runs against the shop that belfry canary site serves", async () => {
  const args = [COMMAND, "canary", "site", "--port", "0"];
  const site = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const shop = await new Promise<string>((resolve) => {
      site.stdout.on("data", (text: Buffer) => resolve(/http:\S+\d/.exec(text.toString())?.[0] ?? ""));
    });
    const env = { SHOP_URL: shop, SHOP_PASSWORD: SITE_PASSWORD };
    const example = path.resolve("examples/canaries/belfry.config.ts");
    const { code, out } = await belfry(["run", "--all", "--json", "--config", example], folder, env);
    expect(runsIn(out).map(({ canary, failure }) => [canary, failure])).toEqual(
      expect.arrayContaining(
        ["buy-lamp", "login", "checkout", "front-page", "dependencies"].map((name) => [name, undefined]),
      ),
    );
    expect(code).toBe(0);
  } finally {
    site.kill("SIGINT");
  }
});
