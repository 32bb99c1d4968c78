// The bundles of canaries, in AWS's own runtime client: the one without a browser has none, and the one with fits into Lambda and starts it there as no administrator, in 512 MB.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runBuild } from "../../scripts/synth/run-build.ts";
import { LoopbackServices } from "./support/loopback-services.ts";
import { LambdaFunction } from "./support/runtime-api.ts";
import { installRuntimeClient, RUNTIME_CLIENT_VERSION } from "./support/runtime-client.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const BUNDLES = resolve(ROOT, ".cache/canary-bundles");

/** A function and its layers, unpacked. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_UNPACKED_BYTES = 250 * 1024 * 1024;
const TEMPORARY_BYTES = 512 * 1024 * 1024;
/** Lambda's own user has such a number. */
const USER = { uid: 993, gid: 990 };
const MAY_CHOOSE = process.getuid?.() === 0 && reaches(import.meta.filename);

const PAGE =
  '<!doctype html><title>Shop</title><link rel="icon" href="data:,"><h1>Tea</h1><button id="buy">Buy</button>';

interface RunAnswer {
  readonly outcome: string;
  readonly failure?: { readonly class: string; readonly message: string };
  readonly artifactPrefix: string;
}

let runtimeClient: string;
let services: LoopbackServices;
let temporary: string;
let isMounted = false;
let running: LambdaFunction | undefined;
const times: string[] = [];
const shop = http.createServer((_, response) => response.writeHead(200, { "content-type": "text/html" }).end(PAGE));

beforeAll(async () => {
  runtimeClient = installRuntimeClient();
  services = await LoopbackServices.start();
  services.answers.set("AWSEvents.PutEvents", { FailedEntryCount: 0, Entries: [{ EventId: "e-1" }] });
  await new Promise<void>((listening) => shop.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${(shop.address() as AddressInfo).port}/`;
  const canaries = {
    answer: { kind: "heartbeat", browser: false, urls: [{ url, text: "Tea" }] },
    page: { kind: "heartbeat", urls: [{ url, selector: "#buy" }], timeoutSeconds: 90 },
    look: { kind: "visual", urls: [url], timeoutSeconds: 90 },
  };
  mkdirSync(BUNDLES, { recursive: true });
  const config = `${BUNDLES}.json`;
  writeFileSync(config, JSON.stringify({ canaries }));
  runBuild(config, BUNDLES);
  temporary = mkdtempSync(join(tmpdir(), "belfry-lambda-"));
  isMounted = MAY_CHOOSE && mount(temporary);
  if (MAY_CHOOSE) chownSync(temporary, USER.uid, USER.gid);
  chmodSync(temporary, 0o700);
});

afterAll(async () => {
  await running?.stop();
  if (isMounted) spawnSync("umount", [temporary]);
  rmSync(temporary, { recursive: true, force: true });
  await services.stop();
  shop.closeAllConnections();
  shop.close();
  const where = `${MAY_CHOOSE ? `as user ${USER.uid}` : "as who runs the tests"}, ${isMounted ? "in a temporary folder of 512 MB" : "with its temporary folder measured"}`;
  process.stdout.write(
    `\ncanaries in aws-lambda-ric ${RUNTIME_CLIENT_VERSION}, Node ${process.version}, ${where}:\n${times.join("\n")}\n`,
  );
});

/** Whether that user can read a file of the repository: a clone can be in a folder that only its owner may enter. */
function reaches(file: string): boolean {
  const { status } = spawnSync(process.execPath, ["-e", "fs.accessSync(process.argv[1])", file], { ...USER, cwd: "/" });
  return status === 0;
}

/** A file system of its own, of the size that Lambda gives, where the machine lets the test have one. */
function mount(folder: string): boolean {
  return spawnSync("mount", ["-t", "tmpfs", "-o", "size=512m", "tmpfs", folder]).status === 0;
}

async function start(name: string): Promise<void> {
  await running?.stop();
  running = await LambdaFunction.start({
    ...{ runtimeClient, name, bundle: resolve(BUNDLES, name), timeoutMs: 120_000 },
    ...(MAY_CHOOSE ? { user: USER } : {}),
    environment: {
      TMPDIR: temporary,
      HOME: "/nonexistent",
      AWS_ENDPOINT_URL: services.url,
      AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
      AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
      BELFRY_CANARY_BUCKET: "canaries",
      BELFRY_CANARY_ALARM_PREFIX: "belfry-test-canary-",
      BELFRY_EVENT_BUS_ARN: "arn:aws:events:eu-central-1:111122223333:event-bus/belfry-test-events",
    },
  });
  times.push(`${name.padEnd(14)}${running.coldStartMs.toFixed(0).padStart(6)} ms  to the first question for work`);
}

async function run(canary: string, word: string): Promise<RunAnswer> {
  const started = performance.now();
  const answer = await running?.invoke({ canary });
  times.push(`${canary.padEnd(14)}${(performance.now() - started).toFixed(0).padStart(6)} ms  ${word}`);
  if (answer === undefined || "error" in answer) throw new Error(`${JSON.stringify(answer)}\n${running?.output}`);
  return answer.value as RunAnswer;
}

/** The files of a run, by their names. */
function filesOf({ artifactPrefix }: RunAnswer): Map<string, Buffer> {
  const prefix = `canaries/${artifactPrefix}`;
  const found = [...services.objects].filter(([key]) => key.startsWith(prefix));
  return new Map(found.map(([key, body]) => [key.slice(prefix.length), body]));
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce(
      (sum, { parentPath, name }) =>
        sum + (existsSync(join(parentPath, name)) ? lstatSync(join(parentPath, name)).size : 0),
      0,
    );
}

describe("the bundle without a browser", () => {
  const folder = resolve(BUNDLES, "canary-run");

  test("has neither Playwright nor Chromium", () => {
    expect(readdirSync(folder)).not.toContain("node_modules");
    const scripts = readdirSync(folder).filter((name) => name.endsWith(".mjs"));
    const code = scripts.map((name) => readFileSync(join(folder, name), "utf8")).join("");
    expect(code).not.toMatch(/playwright-core|@sparticuz\/chromium|chromium\.launch/);
    expect(code.length).toBeLessThan(2_500_000);
  });

  test("runs a canary, tells the bus, and writes its metrics", async () => {
    await start("canary-run");
    const answer = await run("answer", "cold");
    expect(answer.outcome, JSON.stringify(answer.failure)).toBe("passed");
    await run("answer", "warm");
    expect([...filesOf(answer).keys()]).toEqual(
      expect.arrayContaining(["report.json", "SyntheticsReport-PASSED.json"]),
    );
    expect(services.called.at(-1)?.[1]).toMatchObject({
      Entries: [{ Source: "belfry.canary", DetailType: "Synthetics Canary TestRun Successful" }],
    });
    expect(running?.output).toMatch(/"CanaryName":"answer".*"SuccessPercent":100/);
  });
});

describe("the bundle with a browser", () => {
  test("fits into Lambda, unpacked", () => {
    const bytes = bytesIn(resolve(BUNDLES, "canary-browse"));
    times.push(
      `canary-browse ${(bytes / 1e6).toFixed(1).padStart(6)} MB  with the browser, of ${(MAX_UNPACKED_BYTES / 1e6).toFixed(0)}`,
    );
    expect(bytes).toBeLessThan(MAX_UNPACKED_BYTES);
  });

  test("runs a canary from cold, and again from warm, within the temporary folder of Lambda", async () => {
    await start("canary-browse");
    const cold = await run("page", "cold: unpacks and starts the browser");
    expect(cold.outcome, JSON.stringify(cold.failure)).toBe("passed");
    const warm = await run("page", "warm: starts the browser");
    expect(warm.outcome, JSON.stringify(warm.failure)).toBe("passed");
    const names = [...filesOf(warm).keys()];
    expect(names).toEqual(expect.arrayContaining(["report.json", "SyntheticsReport-PASSED.json"]));
    expect(names.some((name) => name.endsWith(".png"))).toBe(true);
    expect(names.some((name) => name.endsWith(".har"))).toBe(true);
    const used = bytesIn(temporary);
    times.push(
      `/tmp          ${(used / 1e6).toFixed(1).padStart(6)} MB  used after two runs, of ${(TEMPORARY_BYTES / 1e6).toFixed(0)}`,
    );
    expect(used).toBeLessThan(TEMPORARY_BYTES);
  });

  test("keeps the first picture of a page, and compares the next with it", async () => {
    expect(await run("look", "warm: first picture")).toMatchObject({ outcome: "passed" });
    expect([...services.objects.keys()].filter((key) => key.startsWith("canaries/baselines/look/"))).not.toEqual([]);
    expect(await run("look", "warm: compared")).toMatchObject({ outcome: "passed" });
  });
});
