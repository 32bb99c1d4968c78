// Canaries that run beside everything else on a laptop: one breaks, pages once with its picture, recovers, and its incident is resolved.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { CanaryInput } from "@belfry/core/config/canaries/schema";
import type { ConfigInput } from "@belfry/core/config/schema";
import { PNG } from "pngjs";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

const COMMAND = path.resolve("packages/local/src/command.ts");

let folder: string;
let running: ChildProcess | undefined;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "belfry-local-canaries-"));
});
afterEach(() => running?.kill("SIGKILL"));
afterAll(() => rm(folder, { recursive: true }));

function environment(more: Record<string, string> = {}): Record<string, string> {
  const { PATH = "", HOME = "" } = process.env;
  return { PATH, HOME, BELFRY_BROWSER_DIR: path.resolve(".cache/browser"), ...more };
}

function json(cwd: string, ...args: string[]): Promise<Record<string, unknown>[]> {
  return new Promise((resolve) => {
    execFile(process.execPath, [COMMAND, ...args, "--json"], { cwd, env: environment() }, (_error, out) =>
      resolve(
        out.trim() === ""
          ? []
          : out
              .trim()
              .split("\n")
              .map((line) => JSON.parse(line)),
      ),
    );
  });
}

/** A folder whose configuration tells the inbox at once. */
async function folderOf(name: string, more: ConfigInput = {}): Promise<string> {
  const cwd = await mkdtemp(path.join(folder, name));
  const config: ConfigInput = {
    ...more,
    oncall: {
      route: { receiver: "you", groupBy: ["alarmname"], groupWait: "0s", groupInterval: "1s" },
      receivers: { you: { channels: ["inbox"] } },
    },
  };
  await writeFile(path.join(cwd, "belfry.config.json"), JSON.stringify(config));
  return cwd;
}

/** Starts Belfry, and resolves when it has printed that the incident is resolved, or something else. */
async function untilResolved(
  cwd: string,
  more: Record<string, string> = {},
  expected = /incident \w+ resolved/,
): Promise<string> {
  const args = [COMMAND, "start", "--rate", "0.5", "--no-incident", "--canaries-every", "1s"];
  const child = spawn(process.execPath, args, { cwd, env: environment(more), stdio: ["ignore", "pipe", "pipe"] });
  running = child;
  let out = "";
  const resolved = new Promise<void>((resolve, reject) => {
    const take = (text: Buffer): void => {
      out += text;
      if (expected.test(out)) resolve();
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("close", (code) => reject(new Error(`ended with ${code}:\n${out}`)));
  });
  await resolved;
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  child.kill("SIGINT");
  expect(await ended).toBe(0);
  return out;
}

test("a canary that fails twice opens one incident with its picture, and passing resolves it", async () => {
  const cwd = await folderOf("browser-");
  const out = await untilResolved(cwd);
  expect(out).toContain("sample canaries, one of which will fail for a while");
  expect(out).toMatch(/canary heartbeat failed: expected "All lamps are lit".*npx belfry canary show heartbeat/);
  expect(out).toMatch(/canary heartbeat passes again/);

  const incidents = await json(cwd, "incidents", "list", "--all");
  expect(incidents).toMatchObject([
    { status: "resolved", severity: "critical", title: "belfry-local-canary-heartbeat" },
  ]);
  const [life] = await json(cwd, "incidents", "show", "last");
  expect(life?.told).toMatchObject([{ channel: "inbox" }, { channel: "inbox" }]);

  // What the alert shows is the picture of the step that failed, on this machine.
  const [alert] = (life?.alerts ?? []) as { links: { title: string; url: string }[] }[];
  const picture = alert?.links.find(({ title }) => title === "Screenshot")?.url ?? "";
  const { width, height } = PNG.sync.read(readFileSync(fileURLToPath(picture)));
  expect([width, height]).toEqual([1024, 640]);
  expect(picture).toMatch(/canaries\/canary\/local\/heartbeat\/.*01-home-failed\.png$/);

  // The metrics that the alarm is on, in CloudWatch Synthetics' names.
  const metrics = readFileSync(path.join(cwd, ".belfry/metrics.ndjson"), "utf8").trim().split("\n");
  const success = metrics
    .map((line) => JSON.parse(line))
    .filter(({ CanaryName, StepName }) => CanaryName === "heartbeat" && StepName === undefined)
    .flatMap(({ SuccessPercent = [] }) => SuccessPercent);
  expect(success.slice(0, 4)).toEqual([100, 0, 0, 100]);

  const runs = await json(cwd, "canary", "history", "heartbeat");
  expect(
    runs
      .map(({ outcome }) => outcome)
      .toReversed()
      .slice(0, 4),
  ).toEqual(["passed", "failed", "failed", "passed"]);
});

test("where no browser starts the same happens without a picture, and nobody is woken for the browser", async () => {
  const cwd = await folderOf("browserless-");
  await untilResolved(cwd, { CHROME_PATH: "/nowhere/chrome" });
  const incidents = await json(cwd, "incidents", "list", "--all");
  expect(incidents.map(({ title }) => title)).toEqual(["belfry-local-canary-heartbeat"]);
  const runs = await json(cwd, "canary", "history", "heartbeat");
  const classes = runs.map(({ failure }) => (failure as { class: string } | undefined)?.class ?? "pass").toReversed();
  expect(classes.slice(0, 5)).toEqual(["browser", "pass", "assertion", "assertion", "pass"]);
});

test("one round runs those without a browser once; --no-canaries none", async () => {
  const cwd = await folderOf("once-");
  await json(cwd, "start", "--once", "--no-canaries");
  expect(existsSync(path.join(cwd, ".belfry/canaries"))).toBe(false);
  await json(cwd, "start", "--once");
  const runs = await json(cwd, "canary", "history");
  expect(runs.map(({ canary, outcome }) => [canary, outcome])).toEqual([
    ["multi-check", "passed"],
    ["api", "passed"],
  ]);
});

test("the canaries of a configuration run by their schedules, in place of the samples", async () => {
  const closed: CanaryInput = { kind: "api", steps: [{ name: "a", url: "http://127.0.0.1:1/" }], retries: { max: 0 } };
  const canaries = { closed: { ...closed, alarm: { failedRuns: 1, ofRuns: 1 } }, off: { ...closed, enabled: false } };
  const cwd = await folderOf("own-", { canaries });
  const out = await untilResolved(cwd, {}, /incident \w+ opened: belfry-local-canary-closed/);
  expect(out).toContain("the configuration's canaries by their schedules");
  expect(out).toMatch(/canary closed failed: .*ECONNREFUSED/);
  expect((await json(cwd, "canary", "history")).map(({ canary }) => canary)).toEqual(["closed"]);
});
