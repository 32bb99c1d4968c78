// The same sites, looked at by linkinator and by the canary without a browser: both find the same links, in the same state.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { links } from "@belfry/core/canaries/kinds/links";
import type { CanaryInput } from "@belfry/core/config/canaries/schema";
import fc from "fast-check";
import { LinkChecker, type LinkResult } from "linkinator";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ranCanary } from "../support/canary-run.ts";

const PATHS = ["/", "/a", "/b", "/c/", "/c/d"];

const site = new Map<string, string>();
let server: Server;
let origin: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    const html = site.get(request.url ?? "");
    response.writeHead(html === undefined ? 404 : 200, { "content-type": "text/html; charset=utf-8" }).end(html);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  return new Promise<void>((closed) => void server.close(() => closed()));
});

const urls = fc.oneof(
  fc.constantFrom(
    ...PATHS,
    "a",
    "d",
    "../b",
    "?x=1",
    "",
    "#here",
    "/a#here",
    "/b#gone",
    "/gone",
    "mailto:a@b.c",
    "//////",
  ),
  // Two slashes at its begin would name another host.
  fc.webPath().map((path) => path.replaceAll(/["'&<]/g, "").replace(/^\/+/, "/")),
);

const elements = fc.oneof(
  urls.map((url) => `<a href="${url}">x</a>`),
  urls.map((url) => `<img src='${url}'>`),
  urls.map((url) => `<iframe src="${url}"></iframe>`),
  urls.map((url) => `<link rel="icon" href="${url}">`),
  fc.constantFrom(
    "<p id=here></p>",
    "<img srcset='/a 1x, /gone 2x'>",
    "<link rel=preconnect href=/gone>",
    "<b>",
    "<!-- <a href=/gone> -->",
  ),
);

const pages = fc.array(fc.array(elements, { maxLength: 6 }), { minLength: PATHS.length, maxLength: PATHS.length });

/** A link's URL without the site's origin, and its state; a link that is broken is told once for each page by linkinator. */
function statesOf(found: readonly { readonly url: string; readonly state: string }[]): string[] {
  return [...new Set(found.map(({ url, state }) => `${state.toLowerCase()} ${url.replace(origin, "") || "/"}`))].sort();
}

async function byLinkinator(recurse: boolean, checkFragments: boolean): Promise<string[]> {
  const { links: found } = await new LinkChecker().check({ path: `${origin}/`, recurse, checkFragments });
  return statesOf(found.map(({ url, state }: LinkResult) => ({ url, state })));
}

async function byCanary(recurse: boolean, fragments: boolean): Promise<string[]> {
  const canary: CanaryInput = {
    kind: "links",
    url: `${origin}/`,
    browser: false,
    depth: recurse ? 20 : 0,
    minLinks: 0,
    fragments,
    fragmentRoutes: false,
    maxLinks: 1000,
    retries: { max: 0 },
  };
  const { files } = await ranCanary(canary, { kinds: { links } });
  const { links: found } = JSON.parse(files.get("BrokenLinkCheckerReport.json") ?? "{}");
  return statesOf(Object.values(found));
}

test("any site has the same links, in the same state", async () => {
  await fc.assert(
    fc.asyncProperty(pages, fc.boolean(), fc.boolean(), async (texts, recurse, fragments) => {
      for (const [i, text] of texts.entries()) site.set(PATHS[i] ?? "", `<!doctype html>${text.join("\n")}`);
      expect(await byCanary(recurse, fragments)).toEqual(await byLinkinator(recurse, fragments));
    }),
    { numRuns: 150 },
  );
}, 60_000);
