// Canaries in the browser that comes with npm: what they see, what they keep, and that each fault has its class, a report and its evidence in time.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { unpackBrowser } from "@belfry/core/canaries/browser/browser-files";
import { browserLauncher, type LaunchSettings } from "@belfry/core/canaries/browser/launch";
import { browserOpener } from "@belfry/core/canaries/browser/open-session";
import type { BaselineStore } from "@belfry/core/canaries/context";
import { heartbeat } from "@belfry/core/canaries/kinds/heartbeat";
import { links } from "@belfry/core/canaries/kinds/links";
import { recording } from "@belfry/core/canaries/kinds/recording";
import { runScript } from "@belfry/core/canaries/kinds/script";
import { visual } from "@belfry/core/canaries/kinds/visual";
import { workflow } from "@belfry/core/canaries/kinds/workflow";
import type { RunnerPorts } from "@belfry/core/canaries/run";
import type { ScriptContext } from "@belfry/core/canaries/script";
import type { CanaryInput } from "@belfry/core/config/canaries/schema";
import type { FailureClass } from "@belfry/core/event/failure-class";
import { createLogger } from "@belfry/core/platform/logger";
import { type SampleSite, startSampleSite } from "@belfry/local/canary/site/sample-site";
import { SITE_PASSWORD } from "@belfry/local/canary/site/shop-pages";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ranCanary } from "../support/canary-run.ts";
import { type FaultSite, startFaultSite } from "../support/fault-site.ts";
import { harProblems } from "../support/har-problems.ts";

const FOLDER = resolve(".cache/browser");
const logger = createLogger({ level: "off" });
const launcher = (settings: Partial<LaunchSettings> = {}) => browserLauncher({ folder: FOLDER, logger, ...settings });
const shared = launcher();

let site: SampleSite;
let faults: FaultSite;
beforeAll(async () => {
  [site, faults] = await Promise.all([startSampleSite(), startFaultSite()]);
});
afterAll(async () => {
  await Promise.all([site.close(), faults.close()]);
});

const pictures = new Map<string, Uint8Array>();
const baselines: BaselineStore = {
  read: async (name) => pictures.get(name),
  write: async (name, picture) => void pictures.set(name, picture),
  list: async (prefix) => [...pictures.keys()].filter((name) => name.startsWith(prefix)),
};

const ports = (more: Partial<RunnerPorts> = {}): Partial<RunnerPorts> => ({
  kinds: { heartbeat, links, recording, script: runScript, visual, workflow },
  baselines,
  openBrowser: browserOpener(shared),
  readSecret: async () => SITE_PASSWORD,
  loadModule: async (url) => script(url),
  // Files of recordings are named by what they load.
  readText: async (url) => JSON.stringify(flow(url)),
  ...more,
});

const SHORT = {
  timeoutSeconds: 5,
  retries: { max: 0 },
  viewport: { width: 640, height: 480 },
} as const;
const STEP_MS = 1000;

const script = (url: string) => ({
  canary: async ({ step, page, expect: must }: ScriptContext) => {
    await step("load", async () => {
      await page.goto(url, { timeout: STEP_MS });
      must((await page.innerText("body")).includes("lamp"), "the page names no lamp");
    });
  },
});

const flow = (url: string, ...steps: object[]) => ({
  title: "A recording",
  steps: [
    { type: "navigate", url, timeout: STEP_MS },
    ...(steps.length > 0
      ? steps
      : [{ type: "customStep", name: "expectText", parameters: { text: "lamp" }, timeout: STEP_MS }]),
  ],
});

/** Loads a page, and wants a lamp on it. */
const KINDS: Readonly<Record<string, (url: string) => CanaryInput>> = {
  heartbeat: (url) => ({
    ...SHORT,
    kind: "heartbeat",
    urls: [url],
    text: "lamp",
    stepTimeoutMs: STEP_MS,
    phases: false,
  }),
  workflow: (url) => ({
    ...SHORT,
    kind: "workflow",
    url,
    stepTimeoutMs: STEP_MS,
    steps: [{ action: "expectText", text: "lamp" }],
  }),
  recording: (url) => ({ ...SHORT, kind: "recording", file: url }),
  script: (url) => ({ ...SHORT, kind: "script", entry: url }),
  // What is good for the others has no links.
  links: (url) => ({
    ...SHORT,
    kind: "links",
    url: url === `${faults.http}/ok` ? `${site.origin}/` : url,
    stepTimeoutMs: STEP_MS,
  }),
  // Its one step has the good page's picture as baseline.
  visual: (url) => ({ ...SHORT, kind: "visual", urls: [{ name: "page", url }], stepTimeoutMs: STEP_MS }),
};

type Url = (fault: FaultSite, own: SampleSite) => string;

const FAULTS: readonly (readonly [fault: string, url: Url, expected: FailureClass])[] = [
  ["slow", ({ http }) => `${http}/slow`, "timeout"],
  ["hang", ({ http }) => `${http}/hang`, "timeout"],
  ["reset", ({ http }) => `${http}/reset`, "target"],
  ["truncated", (_, { origin }) => `${origin}/broken/truncated`, "target"],
  ["expired certificate", ({ expired }) => `${expired}/ok`, "tls"],
  ["wrong certificate", ({ selfSigned }) => `${selfSigned}/ok`, "tls"],
  ["redirect loop", (_, { origin }) => `${origin}/broken/redirects`, "target"],
  ["redirect to the metadata service", ({ http }) => `${http}/redirect-metadata`, "canary"],
  ["200 but wrong body", ({ http }) => `${http}/wrong-body`, "assertion"],
  ["DNS failure", () => "http://nowhere.invalid/", "dns"],
  ["CORS", (_, { origin }) => `${origin}/broken/cors`, "assertion"],
];

describe.each(Object.keys(KINDS))("%s", (kind) => {
  test("passes on a good page", async () => {
    const { report, files } = await ranCanary(KINDS[kind]?.(`${faults.http}/ok`) as CanaryInput, ports());
    expect(report.failure).toBeUndefined();
    expect(report.artifacts.filter(({ name }) => name.endsWith(".png")).length).toBeGreaterThan(0);
    expect(harProblems(files.get("results.har") ?? "")).toEqual([]);
  });

  test.each(FAULTS)("%s", async (fault, url, expected) => {
    const { report, files } = await ranCanary(KINDS[kind]?.(url(faults, site)) as CanaryInput, ports());
    // A script waits for what it wants to wait for: Playwright's own goto does not see that an answer broke off.
    const wanted = kind === "script" && fault === "truncated" ? "timeout" : expected;
    expect(report.failure?.class, report.failure?.message).toBe(wanted);
    expect(report.endedMs - report.startedMs).toBeLessThan(SHORT.timeoutSeconds * 1000);
    expect(files.has("SyntheticsReport-FAILED.json")).toBe(true);
    expect(harProblems(files.get("results.har") ?? "")).toEqual([]);
  });
});

test("a workflow logs in, its password nowhere in what is kept", async () => {
  const { report, files } = await ranCanary(
    {
      ...SHORT,
      timeoutSeconds: 15,
      kind: "workflow",
      url: `${site.origin}/login`,
      secrets: { password: "env:PASSWORD" },
      steps: [
        { action: "fill", selector: "#user", value: "ada" },
        { action: "fill", selector: "#password", value: "${secret:password}" },
        { action: "click", selector: "#login" },
        { action: "expectText", text: "Welcome, Ada" },
        { action: "expectUrl", url: "*/account" },
        { action: "expectTitle", title: "Account" },
        { action: "goto", url: `/shop?token=${SITE_PASSWORD}` },
        { action: "click", selector: ".buy" },
        { action: "expectText", selector: "#cart", text: "1 in the cart" },
        { action: "select", selector: "#size", value: "Large" },
        { action: "expectSelector", selector: "li", count: 1 },
        { action: "screenshot", file: "shop", fullPage: true, mask: ["#cart"] },
      ],
    },
    ports(),
  );
  expect(report.failure).toBeUndefined();
  expect([...files.keys()]).toEqual(expect.arrayContaining(["shop.png", "results.har", "02-fill-user-succeeded.png"]));
  const kept = `${JSON.stringify(report)}${[...files].flat().join("\n")}`;
  for (const form of [SITE_PASSWORD, "correct%20horse", "correct+horse"]) expect(kept).not.toContain(form);
  expect(report.metrics.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      "BrowserLaunch",
      "LargestContentfulPaint",
      "CumulativeLayoutShift",
      "InteractionToNextPaint",
    ]),
  );
  const { pages } = JSON.parse(files.get("results.har") ?? "").log;
  expect(pages.map(({ title }: { title: string }) => new URL(title, site.origin).pathname)).toHaveLength(3);
  expect(pages[0]._webVitals).toHaveProperty("FirstContentfulPaint");
});

test("a refused CORS request is seen, and fails what says so", async () => {
  const watched = { ...SHORT, kind: "heartbeat" as const, urls: [`${site.origin}/broken/cors`], phases: false };
  const { report, files } = await ranCanary({ ...watched, failOn: ["console-error"] }, ports());
  expect(report.failure?.class).toBe("assertion");
  expect(report.failure?.message).toContain("blocked by CORS policy");
  expect(files.get("console.json")).toContain("blocked by CORS policy");
  expect((await ranCanary(watched, ports())).report.outcome).toBe("passed");
});

test("traced hosts get the trace header, without a preflight; others do not", async () => {
  const traced = new URL(site.apiOrigin).hostname;
  const canary: CanaryInput = {
    ...SHORT,
    kind: "heartbeat",
    urls: [{ url: `${site.origin}/price`.replace("127.0.0.1", "localhost"), text: "9.90" }],
    phases: false,
    trace: { hosts: [traced] },
  };
  const from = site.seen.length;
  const { report } = await ranCanary(
    canary,
    ports({ traceHeader: "Root=1-67891233-abcdef012345678912345678;Sampled=1" }),
  );
  expect(report.failure).toBeUndefined();
  const seen = site.seen.slice(from).filter(({ path }) => path === "/open" || path === "/price");
  expect(seen.map(({ method, path, headers }) => [method, path, headers["x-amzn-trace-id"] !== undefined])).toEqual([
    ["GET", "/price", false],
    ["GET", "/open", true],
  ]);
  expect(seen[0]?.headers["user-agent"]).toContain("Belfry/");
});

test("a page whose script never ends is reported by the deadline, and its browser is gone", async () => {
  const startedMs = Date.now();
  const pids: number[] = [];
  const openBrowser = browserOpener(async (signal) => {
    const launched = await shared(signal);
    pids.push(launched.pid);
    return launched;
  });
  const canary: CanaryInput = { ...SHORT, kind: "heartbeat", urls: [`${site.origin}/broken/loop`], text: "never" };
  const { report, files } = await ranCanary(canary, ports({ openBrowser }));
  expect(report.failure?.class).toBe("timeout");
  expect(Date.now() - startedMs).toBeLessThan(SHORT.timeoutSeconds * 1000 + 500);
  expect(files.has("results.har")).toBe(true);
  await expect.poll(() => pids.filter(isAlive), { timeout: 5000 }).toEqual([]);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0) && readFileSync(`/proc/${pid}/stat`, "utf8").split(" ")[2] !== "Z";
  } catch {
    return false;
  }
}

test("a recording says which of its selectors matched, and fails by a title that is not as it was", async () => {
  const click = (assertedEvents: object[]) => ({
    type: "click",
    selectors: ["#gone", "aria/Shop"],
    offsetX: 1,
    offsetY: 1,
    timeout: STEP_MS,
    assertedEvents,
  });
  const play = (title: string) => {
    const steps = [click([{ type: "navigation", url: "https://shop.example.com/shop", title }])];
    const readText = async () => JSON.stringify(flow("https://shop.example.com/", ...steps));
    const origins = { "https://shop.example.com": site.origin };
    return ranCanary({ ...SHORT, kind: "recording", file: "shop.json", origins }, ports({ readText }));
  };
  const { report: good } = await play("Shop");
  expect(good.failure).toBeUndefined();
  expect(good.steps[1]?.details?.selectorDrift).toEqual({ matched: "aria/Shop", missed: ["#gone"] });
  const { report: bad } = await play("Sale");
  expect(bad.failure).toMatchObject({ class: "assertion", message: expect.stringContaining('"Sale"') });
});

test("a filmstrip is taken where it is asked for", async () => {
  const canary: CanaryInput = {
    ...SHORT,
    kind: "heartbeat",
    urls: [`${site.origin}/price`],
    artifacts: { filmstrip: true },
  };
  const { files } = await ranCanary(canary, ports());
  expect([...files.keys()].filter((name) => name.startsWith("filmstrip-")).length).toBeGreaterThan(0);
});

describe("the launch", () => {
  const openOnce = async (settings: Partial<LaunchSettings>) => {
    const canary = KINDS.heartbeat?.(`${faults.http}/ok`) as CanaryInput;
    // Unpacking twice takes a while on a busy machine.
    return (
      await ranCanary({ ...canary, timeoutSeconds: 60 }, ports({ openBrowser: browserOpener(launcher(settings)) }))
    ).report;
  };

  test("takes the browser that CHROME_PATH names, and leaves no profile behind", async () => {
    const { executablePath } = await unpackBrowser(FOLDER);
    const profiles = () => readdirSync(tmpdir()).filter((name) => /^(playwright_chromiumdev|belfry-har)/.test(name));
    const before = profiles();
    expect((await openOnce({ executablePath })).outcome).toBe("passed");
    expect(profiles().filter((name) => !before.includes(name))).toEqual([]);
  });

  test("without a browser fails as such, never as the target", async () => {
    const report = await openOnce({ executablePath: "/nowhere/chrome" });
    expect(report.failure?.class).toBe("browser");
  });

  test("works in a single process", async () => {
    expect((await openOnce({ processes: "one" })).failure).toBeUndefined();
  });

  test("unpacks a browser again that was not unpacked whole, and nothing beside its folder", async () => {
    const folder = mkdtempSync(join(tmpdir(), "belfry-browser-"));
    try {
      const { executablePath } = await unpackBrowser(folder);
      writeFileSync(executablePath, "broken", { mode: 0o700 });
      expect((await openOnce({ folder })).failure).toBeUndefined();
      expect(existsSync(join(tmpdir(), "chromium"))).toBe(false);
      expect(readdirSync(folder)).toHaveLength(1);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
