import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, isIP, type LookupFunction } from "node:net";
import { basename, dirname, extname, join, resolve } from "node:path";
import { links } from "@belfry/core/canaries/kinds/links";
import { runCanary } from "@belfry/core/canaries/run-canary";
import { Canaries } from "@belfry/core/config/canaries/schema";
import { systemClock } from "@belfry/core/platform/clock";
import { createLogger } from "@belfry/core/platform/logger";
import { sleep } from "@belfry/core/platform/retry";
import type { ScoreCanaryFile } from "./canary-score.ts";

/** A site as a folder, or one of its pages, and what is to be found there: how many links, and whether all are good. */
interface SiteCase {
  readonly path: string;
  readonly recurse?: boolean;
  readonly checkFragments?: boolean;
  readonly checkCss?: boolean;
  readonly links?: number;
  readonly passed?: boolean;
}

/** What the canary reports of a link. */
interface ReportedLink {
  readonly state: string;
  readonly foundOn: readonly unknown[];
}

const MAX_DEPTH = 20;
const MAX_LINKS = 10_000;

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".js": "text/javascript",
  ".webp": "image/webp",
};

/** Scores what is found in sites against a list of them: each is served on loopback, and nothing else is asked. Undefined for what is no such list. */
export const scoreLinks: ScoreCanaryFile = async (content, path) => {
  const cases = (content as { cases?: unknown } | null)?.cases;
  if (!Array.isArray(cases) || !cases.every(isSiteCase)) return undefined;
  const failures: string[] = [];
  for (const one of cases) {
    const wrong = await wrongIn(one, dirname(path));
    if (wrong !== undefined) failures.push(`${one.path}: ${wrong}`);
  }
  return { cases: cases.length, passed: cases.length - failures.length, failures };
};

function isSiteCase(value: unknown): value is SiteCase {
  const { path, links: count, passed } = (value ?? {}) as Partial<SiteCase>;
  return typeof path === "string" && (typeof count === "number" || typeof passed === "boolean");
}

async function wrongIn(one: SiteCase, folder: string): Promise<string | undefined> {
  const place = resolve(folder, one.path);
  const isFolder = (await stat(place)).isDirectory();
  const found = await linksOf(one, isFolder ? place : dirname(place), isFolder ? "" : basename(place));
  // A broken link counts on each page that has it.
  const count = found.reduce(
    (sum, { state, foundOn }) => sum + (state === "broken" ? Math.max(1, foundOn.length) : 1),
    0,
  );
  const passed = found.every(({ state }) => state !== "broken");
  if (one.links !== undefined && count !== one.links) return `${count} links, expected ${one.links}`;
  if (one.passed !== undefined && passed !== one.passed) return passed ? "no link is broken" : "a link is broken";
  return undefined;
}

async function linksOf(one: SiteCase, root: string, page: string): Promise<ReportedLink[]> {
  const server = await serve(root);
  const { canary } = Canaries.parse({
    canary: {
      kind: "links",
      url: `${server.origin}/${page}`,
      browser: false,
      depth: one.recurse === true ? MAX_DEPTH : 0,
      maxLinks: MAX_LINKS,
      minLinks: 0,
      fragments: one.checkFragments ?? false,
      fragmentRoutes: false,
      sources: ["anchors", "resources", "srcset", "rel", "meta", ...(one.checkCss === true ? (["css"] as const) : [])],
      retries: { max: 0 },
    },
  });
  if (canary === undefined) throw new Error("no canary");
  let report = "{}";
  try {
    await runCanary(
      { name: "site", canary },
      {
        kinds: { links },
        store: {
          put: async (key, body) => {
            if (key.endsWith("BrokenLinkCheckerReport.json")) report = Buffer.from(body).toString("utf8");
          },
        },
        readSecret: async () => "",
        readText: (path) => readFile(path, "utf8"),
        region: "eu-west-1",
        clock: systemClock,
        random: Math.random,
        sleep,
        logger: createLogger({ level: "off" }),
        lookup: onlyLoopback,
      },
    );
  } finally {
    await server.close();
  }
  return Object.values((JSON.parse(report) as { links?: Record<string, ReportedLink> }).links ?? {});
}

const onlyLoopback: LookupFunction = (hostname, options, callback) => {
  if (isIP(hostname) === 0) {
    callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: "ENOTFOUND" }), "", 0);
    return;
  }
  const address = { address: hostname, family: 4 };
  if (options.all === true) callback(null, [address]);
  else callback(null, address.address, address.family);
};

/** Serves a folder, with index.html for folders of it. */
async function serve(root: string): Promise<{ readonly origin: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://site.invalid").pathname);
    const file = join(root, path.endsWith("/") ? `${path}index.html` : path);
    const body = file.startsWith(root) ? await readFile(file).catch(() => undefined) : undefined;
    if (body === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const close = () => new Promise<void>((closed) => void server.close(() => closed()));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}
