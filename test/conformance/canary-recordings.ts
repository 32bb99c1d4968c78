import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, dirname, join, resolve } from "node:path";
import { browserLauncher } from "@belfry/core/canaries/browser/launch";
import { browserOpener } from "@belfry/core/canaries/browser/open-session";
import { recording } from "@belfry/core/canaries/kinds/recording";
import type { RunReport } from "@belfry/core/canaries/report";
import { createLogger } from "@belfry/core/platform/logger";
import { ranCanary } from "../support/canary-run.ts";
import { PAGE_STEPS } from "./canary-pages.ts";
import type { Score } from "./score.ts";

/** Where the browser is kept between runs. */
const BROWSER_FOLDER = resolve(import.meta.dirname, "../../.cache/browser");

/** What a page that no recording of ours knows must at least do: load, and be there. */
const ANY_PAGE = [{ type: "waitForExpression", expression: "document.readyState === 'complete'" }];

interface Case {
  readonly name: string;
  readonly folder: string;
  /** The recording's JSON, in which `site` stands for the origin of the pages. */
  readonly text: string;
  readonly mustFail: boolean;
}

/**
 * Scores a folder of recordings and of pages for them: each recording must play, hosts that it names being the folder's pages; one named `…-fail`, and ours that asserts
 * what is not so, must fail; and each page must do what a recording of ours does with it. Nothing for a folder without recordings.
 */
export async function scoreRecordings(folder: string, set: string): Promise<Score[]> {
  const files = (await readdir(folder, { recursive: true })).sort();
  const pages = files.filter((file) => file.endsWith(".html"));
  const cases: Case[] = [];
  for (const file of files) if (file.endsWith(".json")) cases.push(...(await recordingOf(folder, file, pages)));
  if (cases.length === 0) return [];
  for (const file of pages) {
    const steps = PAGE_STEPS[basename(file)] ?? ANY_PAGE;
    cases.push({
      name: file,
      folder: join(folder, dirname(file)),
      text: flowOf(basename(file), steps),
      mustFail: false,
    });
  }
  const [page] = pages;
  if (page !== undefined) cases.push(wrongTitle(folder, page));
  const failures: string[] = [];
  for (const one of cases) {
    const report = await play(one);
    const isRight = one.mustFail
      ? ["assertion", "canary"].includes(report.failure?.class ?? "")
      : report.failure === undefined;
    if (!isRight) failures.push(`${one.name}: ${report.failure?.message ?? "it passed"}`);
  }
  const passed = cases.length - failures.length;
  return [{ set, source: basename(folder), cases: cases.length, passed, score: passed / cases.length, failures }];
}

/** A file of recordings, whose public hosts a page of the folder, or of its next one, stands in for. */
async function recordingOf(folder: string, file: string, pages: readonly string[]): Promise<Case[]> {
  const text = await readFile(join(folder, file), "utf8");
  if (!isRecording(text)) return [];
  const home = pages[0] === undefined ? folder : join(folder, dirname(pages[0]));
  return [{ name: file, folder: home, text, mustFail: basename(file, ".json").endsWith("-fail") }];
}

function isRecording(text: string): boolean {
  try {
    const { steps } = (JSON.parse(text) ?? {}) as { readonly steps?: readonly { readonly type?: unknown }[] };
    return Array.isArray(steps) && steps.every((step) => typeof step?.type === "string");
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function flowOf(page: string, steps: readonly object[]): string {
  const viewport = {
    width: 800,
    height: 600,
    deviceScaleFactor: 1,
    isMobile: false,
    hasTouch: false,
    isLandscape: true,
  };
  const first = [
    { type: "setViewport", ...viewport },
    { type: "navigate", url: `https://site.test/${page}` },
  ];
  return JSON.stringify({ title: page, timeout: 5000, steps: [...first, ...steps] });
}

function wrongTitle(folder: string, page: string): Case {
  const assertedEvents = [{ type: "navigation", title: "not its title" }];
  const step = { type: "navigate", url: `https://site.test/${basename(page)}`, assertedEvents, timeout: 1000 };
  const text = JSON.stringify({ title: "fails", steps: [step] });
  return { name: "a title that is not so", folder: join(folder, dirname(page)), text, mustFail: true };
}

const launch = browserLauncher({ folder: BROWSER_FOLDER, logger: createLogger({ level: "off" }) });

async function play({ folder, text }: Case): Promise<RunReport> {
  const site = await servePages(folder);
  try {
    const { report } = await ranCanary(
      {
        kind: "recording",
        file: "recording.json",
        retries: { max: 0 },
        timeoutSeconds: 60,
        origins: Object.fromEntries(originsIn(text).map((origin) => [origin, site.origin])),
        artifacts: { screenshots: "off", har: false },
      },
      { kinds: { recording }, openBrowser: browserOpener(launch), readText: async () => text },
    );
    return report;
  } finally {
    await site.close();
  }
}

function originsIn(text: string): string[] {
  const urls = text.match(/https?:\/\/[^\s"'<>]+/g) ?? [];
  return [...new Set(urls.flatMap((url) => URL.parse(url)?.origin ?? []))];
}

/** Serves the pages of a folder on loopback; the first one by the root, too. */
async function servePages(folder: string) {
  const names = await readdir(folder);
  const first = names.filter((name) => name.endsWith(".html")).sort()[0];
  const server = createServer(async (request, response) => {
    const wanted = basename(new URL(request.url ?? "/", "http://site.test").pathname);
    const name = wanted === "" ? first : names.find((known) => known === wanted);
    response.writeHead(name === undefined ? 404 : 200, { "content-type": "text/html; charset=utf-8" });
    response.end(name === undefined ? "" : await readFile(join(folder, name)));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const close = () => {
    server.closeAllConnections();
    return new Promise((closed) => server.close(closed));
  };
  // By this name, since pages look for it in their own address.
  return { origin: `http://localhost:${(server.address() as AddressInfo).port}`, close };
}
