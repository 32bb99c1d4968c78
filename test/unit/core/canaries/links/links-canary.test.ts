// The link checker without a browser, against sites that are written down here.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { links } from "@belfry/core/canaries/kinds/links";
import type { RunReport } from "@belfry/core/canaries/report";
import type { CanaryInput } from "@belfry/core/config/canaries/schema";
import { afterEach, describe, expect, test } from "vitest";
import { ranCanary } from "../../../../support/canary-run.ts";

type Route = string | ((request: IncomingMessage, response: ServerResponse) => void);

interface Reported {
  readonly url: string;
  readonly state: string;
  readonly statusCode: number | null;
  readonly failureReason: string | null;
  readonly parentUrl: string | null;
  readonly text: string | null;
  readonly redirects: readonly { readonly status: number }[];
  readonly foundOn: readonly unknown[];
}

interface Checked {
  readonly report: RunReport;
  /** By path, or the whole URL for those of other hosts. */
  readonly links: Readonly<Record<string, Reported>>;
  readonly totals: {
    readonly totalLinksChecked: number;
    readonly totalBrokenLinks: number;
    readonly linksNotLookedAt: number;
  };
  readonly asked: readonly string[];
  readonly waits: readonly number[];
}

const closes: (() => Promise<void>)[] = [];
afterEach(() => Promise.all(closes.splice(0).map((close) => close())));

async function checked(routes: Readonly<Record<string, Route>>, own: Partial<CanaryInput> = {}): Promise<Checked> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const route = routes[request.url ?? ""];
    if (route === undefined) response.writeHead(404).end();
    else if (typeof route === "string") response.writeHead(200, { "content-type": "text/html" }).end(route);
    else route(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  closes.push(() => new Promise((closed) => void server.close(() => closed())));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const canary = { kind: "links", url: `${origin}/`, browser: false, retries: { max: 0 }, ...own } as CanaryInput;
  const waits: number[] = [];
  const { report, files } = await ranCanary(canary, {
    kinds: { links },
    // Deadlines are not waited for here, only what a site asks for.
    sleep: async (ms, signal) => {
      if (ms <= 2000) waits.push(ms);
      else await new Promise((ended) => signal?.addEventListener("abort", ended, { once: true }));
    },
  });
  const { links: found = {}, ...totals } = JSON.parse(files.get("BrokenLinkCheckerReport.json") ?? "{}");
  const byPath = Object.entries(found).map(([url, link]) => [url.replace(origin, ""), link]);
  return { report, links: Object.fromEntries(byPath), totals, asked, waits };
}

const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): Route =>
  (_request, response) =>
    void response.writeHead(code, headers).end();

const linkTo = (...urls: string[]) => urls.map((url) => `<a href="${url}">to ${url}</a>`).join("\n");

describe("links", () => {
  test("that are good pass, and all are in the report", async () => {
    const {
      report,
      links: found,
      totals,
    } = await checked({
      "/": linkTo("/a", "/old", "mailto:a@example.com", "javascript:void 0"),
      "/a": "<p>a</p>",
      "/old": status(301, { location: "/a" }),
    });
    expect(report.outcome).toBe("passed");
    expect(totals).toMatchObject({ totalLinksChecked: 3, totalBrokenLinks: 0, states: { ok: 3, skipped: 2 } });
    expect(found["/old"]).toMatchObject({ state: "ok", statusCode: 200, redirects: [{ status: 301 }] });
    expect(found["mailto:a@example.com"]).toMatchObject({ state: "skipped", statusCode: null });
  });

  test("that are broken fail it, with page, text and reason", async () => {
    const { report, links: found } = await checked({
      "/": `<a href="/gone">Our <b>lamps</b></a><a href="/hung">x</a>`,
      "/hung": (_request, response) => void response.socket?.destroy(),
    });
    expect(report.failure).toMatchObject({
      class: "assertion",
      message: expect.stringContaining("2 links are broken"),
    });
    expect(found["/gone"]).toMatchObject({
      state: "broken",
      statusCode: 404,
      failureReason: "404 Not Found",
      text: "Our lamps",
      parentUrl: expect.stringMatching(/\/$/),
    });
    expect(found["/hung"]).toMatchObject({ state: "broken", statusCode: null });
    expect(report.metrics).toContainEqual({ name: "BrokenLinks", unit: "Count", value: 2 });
  });

  test.each([401, 403, 429, 999])(
    "that answer %i are blocked, which fails only where that is asked for",
    async (code) => {
      const site = { "/": linkTo("/wall"), "/wall": status(code) };
      const passed = await checked(site);
      expect(passed.report.outcome).toBe("passed");
      expect(passed.links["/wall"]?.state).toBe("blocked");
      expect((await checked(site, { failOn: ["broken", "blocked"] } as object)).report.outcome).toBe("failed");
    },
  );

  test("that want to be asked later are, and no other link of the host sooner", async () => {
    let answers = 0;
    const { report, waits } = await checked({
      "/": linkTo("/busy"),
      "/busy": ({ method }, response) => {
        const isBusy = method === "GET" && answers++ === 0;
        response.writeHead(isBusy || method === "HEAD" ? 429 : 200, { "retry-after": "1" }).end();
      },
    });
    expect(report.outcome).toBe("passed");
    expect(waits.some((ms) => ms > 900 && ms <= 1000)).toBe(true);
  });

  test("are asked for by HEAD, and by GET where that is refused", async () => {
    const onlyGet: Route = ({ method }, response) => void response.writeHead(method === "GET" ? 200 : 405).end();
    const { report, asked } = await checked({ "/": linkTo("/get", "/both"), "/get": onlyGet, "/both": "both" });
    expect(report.outcome).toBe("passed");
    expect([...asked].sort()).toEqual(["GET /", "GET /get", "HEAD /both", "HEAD /get"]);
  });

  test("are looked at once, also when pages lead to each other", async () => {
    const { asked, totals } = await checked(
      { "/": linkTo("/a", "/a#x", "/b", "/"), "/a": linkTo("/b", "/"), "/b": `<p id=x>${linkTo("/a")}` },
      { depth: 5, fragments: false } as object,
    );
    expect(totals.totalLinksChecked).toBe(3);
    expect([...asked].sort()).toEqual(["GET /", "GET /a", "GET /b", "HEAD /a", "HEAD /b"]);
  });

  test("are no more than maxLinks, of which the page itself is one; the rest is counted", async () => {
    const { totals, report } = await checked(
      { "/": linkTo("/a", "/b", "/c", "tel:1"), "/a": "a", "/b": "b", "/c": "c" },
      { maxLinks: 3 } as object,
    );
    expect(totals).toMatchObject({ totalLinksChecked: 3, linksNotLookedAt: 1 });
    expect(report.outcome).toBe("passed");
  });

  test("are followed as far as depth says, and not to other hosts", async () => {
    const site = { "/": linkTo("/1"), "/1": linkTo("/2"), "/2": linkTo("/3"), "/3": linkTo("/gone") };
    expect((await checked(site)).totals.totalLinksChecked).toBe(2);
    expect((await checked(site, { depth: 2 } as object)).totals.totalLinksChecked).toBe(4);
    const deep = await checked(site, { depth: 3 } as object);
    expect(deep.report.steps.map(({ status: passed }) => passed)).toEqual(["passed", "passed", "passed", "failed"]);
  });

  test("are skipped by the rules, with the reason", async () => {
    const { links: found } = await checked(
      { "/": linkTo("/in/a", "/in/no", "/out", "http://other.invalid/in/"), "/in/a": "a" },
      { include: ["*/in/*"], exclude: ["*/no"], external: false } as object,
    );
    expect(found["/in/a"]?.state).toBe("ok");
    expect(found["/in/no"]?.failureReason).toBe("excluded");
    expect(found["/out"]?.failureReason).toContain("included");
    expect(found["http://other.invalid/in/"]?.failureReason).toBe("of another host");
  });

  test("may answer what is expected of them, and nothing else", async () => {
    const { links: found } = await checked(
      { "/": linkTo("/teapot", "/made"), "/teapot": status(418), "/made": status(200) },
      {
        expectedStatus: [
          { url: "*/teapot", status: [418] },
          { url: "*/made", status: [201] },
        ],
      } as object,
    );
    expect(found["/teapot"]?.state).toBe("ok");
    expect(found["/made"]?.state).toBe("broken");
  });

  test("to what the canary may not call are skipped, also behind a redirect", async () => {
    const { report, links: found } = await checked({
      "/": linkTo("http://169.254.169.254/latest/meta-data/", "/away"),
      "/away": status(302, { location: "http://169.254.169.254/" }),
    });
    expect(found["http://169.254.169.254/latest/meta-data/"]?.state).toBe("skipped");
    expect(found["/away"]?.state).toBe("skipped");
    expect(report.outcome).toBe("passed");
  });
});

describe("fragments", () => {
  test("must name an element of their page", async () => {
    const { links: found, report } = await checked({
      "/": `<h2 id=here></h2>${linkTo("#here", "#missing", "/a#there", "/a#missing", "/a#top", "/pdf#page=2", "/gone#x")}`,
      "/a": "<a name=there></a>",
      "/pdf": status(200, { "content-type": "application/pdf" }),
    });
    const broken = Object.entries(found).filter(([, { state }]) => state === "broken");
    expect(broken.map(([url]) => url).sort()).toEqual(["/#missing", "/a#missing", "/gone"]);
    expect(report.failure?.message).toContain("no element that is named missing");
  });

  test("are not looked at where the canary says so", async () => {
    const { report } = await checked({ "/": linkTo("/a#missing"), "/a": "a" }, { fragments: false } as object);
    expect(report.outcome).toBe("passed");
  });
});

describe("the page itself", () => {
  test("without links is broken", async () => {
    const { report } = await checked({ "/": "<h1>Sorry</h1>" });
    expect(report.failure).toEqual({ class: "assertion", message: "the page has 0 links, expected at least 1" });
  });

  test("must answer", async () => {
    const { report } = await checked({ "/": status(500) });
    expect(report.failure).toEqual({ class: "assertion", message: "expected a status below 400, got 500" });
  });
});

describe("a sitemap", () => {
  test("has its pages looked at, and read as far as depth says", async () => {
    const site = {
      "/": linkTo("/a"),
      "/a": "a",
      "/sitemap.xml": "<sitemapindex><sitemap><loc>/pages.xml</loc></sitemap></sitemapindex>",
      "/pages.xml": "<urlset><url><loc>/only</loc></url><url><loc>/a</loc></url></urlset>",
      "/only": linkTo("/gone"),
    };
    expect((await checked(site, { sitemap: true } as object)).totals).toMatchObject({ totalLinksChecked: 3 });
    const deep = await checked(site, { sitemap: true, depth: 1 } as object);
    expect(deep.links["/gone"]).toMatchObject({ state: "broken", parentUrl: expect.stringMatching(/\/only$/) });
  });

  test("that is not there fails", async () => {
    const { report } = await checked({ "/": linkTo("/a"), "/a": "a" }, { sitemap: true } as object);
    expect(report.failure?.message).toMatch(/^expected a sitemap at .*, got 404$/);
  });
});
