// Pictures and links in the browser: what is found, and what is shown of it.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { browserLauncher } from "@belfry/core/canaries/browser/launch";
import { browserOpener } from "@belfry/core/canaries/browser/open-session";
import type { BaselineStore } from "@belfry/core/canaries/context";
import { links } from "@belfry/core/canaries/kinds/links";
import { visual } from "@belfry/core/canaries/kinds/visual";
import { approve, proposalsOf } from "@belfry/core/canaries/visual/baselines";
import type { CanaryInput } from "@belfry/core/config/canaries/schema";
import { createLogger } from "@belfry/core/platform/logger";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ranCanary } from "../support/canary-run.ts";

const openBrowser = browserOpener(
  browserLauncher({ folder: resolve(".cache/browser"), logger: createLogger({ level: "off" }) }),
);
const { signal } = new AbortController();

const SHORT = { timeoutSeconds: 20, retries: { max: 0 }, viewport: { width: 640, height: 480 } } as const;

/** Pages by path; tests put theirs here. */
const pages = new Map<string, string>();
const pictures = new Map<string, Uint8Array>();
const baselines: BaselineStore = {
  read: async (name) => pictures.get(name),
  write: async (name, picture) => void pictures.set(name, picture),
  list: async (prefix) => [...pictures.keys()].filter((name) => name.startsWith(prefix)),
};

let server: Server;
let origin: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url?.startsWith("/hang/") === true) return;
    const html = pages.get(request.url ?? "");
    response.writeHead(html === undefined ? 404 : 200, { "content-type": "text/html; charset=utf-8" });
    response.end(html);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  return new Promise<void>((closed) => void server.close(() => closed()));
});
beforeEach(() => {
  pages.clear();
  pictures.clear();
});

const run = (canary: object) =>
  ranCanary({ ...SHORT, ...canary } as CanaryInput, { kinds: { links, visual }, openBrowser, baselines });

/** A poster with a clock; its square is so many pixels from the left. */
const poster = (left: number, more = "") => `<!doctype html><style>body { height: 1500px }</style>
  <p id="clock">${performance.now()}</p>
  <div id="square" style="position:absolute;top:100px;left:${left}px;width:50px;height:50px;background:#274c77"></div>${more}`;

describe("a visual canary", () => {
  const canary = {
    kind: "visual",
    ignore: { selectors: ["#clock"] },
    settleMs: 1000,
  };

  test("passes first, then compares, shows what changed, and takes what was approved", async () => {
    const watched = { ...canary, urls: [{ name: "poster", url: `${origin}/` }] };
    pages.set("/", poster(100));
    const first = await run(watched);
    expect(first.report.failure).toBeUndefined();
    expect(first.report.steps[0]?.details?.visual).toMatchObject({ verdict: "new" });

    pages.set("/", poster(100));
    const again = await run(watched);
    expect(again.report.failure).toBeUndefined();
    expect(again.report.steps[0]?.details?.visual).toMatchObject({ verdict: "same", changedPixels: 0 });

    pages.set("/", poster(108));
    const moved = await run(watched);
    expect(moved.report.failure).toMatchObject({
      class: "assertion",
      message: expect.stringContaining("pixels changed"),
    });
    expect(moved.report.steps[0]?.details?.visual).toMatchObject({
      changedPixels: 800,
      clusters: [{ pixels: 400 }, { pixels: 400 }],
    });
    expect([...moved.files.keys()]).toEqual(
      expect.arrayContaining(["01-poster-actual.png", "01-poster-baseline.png", "01-poster-diff.png"]),
    );
    expect(moved.report.metrics).toContainEqual({ name: "VisualMonitoringSuccessPercent", unit: "Percent", value: 0 });
    expect((await run({ ...watched, failOnVariance: false })).report.outcome).toBe("passed");

    await approve(baselines, await proposalsOf(baselines, { canary: "canary" }, signal), signal);
    expect((await run(watched)).report.steps[0]?.details?.visual).toMatchObject({
      verdict: "same",
      baseline: "approved",
    });
  });

  test("takes whole pages and elements, each with its baseline, and tells a layout that changed", async () => {
    const watched = {
      ...canary,
      urls: [
        { name: "whole", url: `${origin}/`, fullPage: true },
        { name: "square", url: `${origin}/`, selector: "#square", viewport: { width: 800, height: 600 } },
        { name: "missing", url: `${origin}/`, selector: "#missing" },
      ],
      stepTimeoutMs: 2000,
    };
    pages.set("/", poster(100));
    const first = await run(watched);
    expect(first.report.steps.map(({ status }) => status)).toEqual(["passed", "passed", "failed"]);
    expect(first.report.failure).toMatchObject({ class: "assertion", message: expect.stringContaining("#missing") });
    expect([...pictures.keys()].some((name) => name.startsWith("canary/square/800x600/"))).toBe(true);

    pages.set("/", poster(100, "<style>body { height: 1600px !important }</style>"));
    const { report } = await run({ ...watched, urls: watched.urls.slice(0, 2) });
    expect(report.steps.map(({ status }) => status)).toEqual(["failed", "passed"]);
    expect(report.failure?.message).toMatch(/^the layout changed: the picture is 640x16\d\d, the baseline 640x15\d\d/);
  });

  test("fails without an approved baseline where that is asked for, and never takes the picture of an error", async () => {
    pages.set("/", poster(100));
    const strict = { ...canary, urls: [`${origin}/`], withoutBaseline: "fail" };
    expect((await run(strict)).report.failure?.message).toContain("belfry canary approve");
    pictures.clear();
    const { report } = await run({ ...canary, urls: [`${origin}/gone`] });
    expect(report.failure?.message).toBe("expected a status of 200-299, got 404");
    expect(pictures.size).toBe(0);
  });
});

describe("a link checker", () => {
  test("finds what scripts made, and shows the broken ones on their page", async () => {
    pages.set(
      "/",
      `<!doctype html><main id="main"></main><script>
        main.innerHTML = '<a href="/good">good</a><p style="height:1500px"></p><a href="/gone?a=%22&quot;x">gone</a>'
      </script>`,
    );
    pages.set("/good", "good");
    const { report, files } = await run({ kind: "links", url: `${origin}/` });
    expect(report.failure).toMatchObject({ class: "assertion", message: expect.stringContaining("404 Not Found") });
    const { brokenLinks, states } = JSON.parse(files.get("BrokenLinkCheckerReport.json") ?? "{}");
    expect(states).toEqual({ ok: 2, broken: 1, blocked: 0, skipped: 0 });
    expect(brokenLinks).toMatchObject([{ text: "gone", statusCode: 404, parentUrl: `${origin}/` }]);
    const [{ fileName }] = brokenLinks[0].screenshots;
    expect(report.artifacts.find(({ name }) => name === fileName)).toMatchObject({ contentType: "image/png" });
    expect([...files.keys()]).toEqual(expect.arrayContaining(["results.har"]));
  });

  test("knows elements that only a script makes, and follows pages in the browser", async () => {
    pages.set("/", `<a href="/a#late">a</a><a href="/a#never">a</a>`);
    pages.set("/a", `<body><script>document.body.innerHTML = '<h2 id=late><a href="/gone">x</a></h2>'</script>`);
    const { report, files } = await run({ kind: "links", url: `${origin}/`, depth: 1 });
    const { brokenLinks } = JSON.parse(files.get("BrokenLinkCheckerReport.json") ?? "{}");
    expect(brokenLinks.map(({ url }: { url: string }) => url.replace(origin, ""))).toEqual(["/a#never", "/gone"]);
    expect(report.steps).toHaveLength(2);
  });

  test("keeps what it found when the time is over", async () => {
    pages.set(
      "/",
      `<a href="/gone">gone</a>${Array.from({ length: 30 }, (_, i) => `<a href="/hang/${i}">x</a>`).join("")}`,
    );
    const { report, files } = await run({ kind: "links", url: `${origin}/`, browser: false, timeoutSeconds: 3 });
    expect(report.failure?.class).toBe("timeout");
    expect(report.endedMs - report.startedMs).toBeLessThan(3000);
    const { totalBrokenLinks } = JSON.parse(files.get("BrokenLinkCheckerReport.json") ?? "{}");
    expect(totalBrokenLinks).toBe(1);
  });
});
