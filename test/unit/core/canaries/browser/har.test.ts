import { finishedHar, type Har } from "@belfry/core/canaries/browser/har";
import { describe, expect, test } from "vitest";
import { harProblems } from "../../../../support/har-problems.ts";

const START_MS = Date.UTC(2026, 10, 22, 12);
const iso = (ms: number) => new Date(START_MS + ms).toISOString();

interface EntryOptions {
  readonly document?: boolean;
  readonly redirectURL?: string;
  readonly frame?: string;
  readonly body?: string;
}

function entry(
  ms: number,
  url: string,
  { document = false, redirectURL = "", frame = "main", body }: EntryOptions = {},
) {
  const postData = body === undefined ? {} : { postData: { mimeType: "text/plain", params: [], text: body } };
  return {
    pageref: "tab",
    startedDateTime: iso(ms),
    time: 1,
    request: {
      method: "GET",
      url,
      httpVersion: "HTTP/1.1",
      cookies: [],
      headers: [],
      queryString: [],
      headersSize: -1,
      bodySize: -1,
      ...postData,
    },
    response: {
      status: redirectURL === "" ? 200 : 302,
      statusText: "",
      httpVersion: "HTTP/1.1",
      cookies: [],
      headers: [],
      content: { size: 0, mimeType: "text/html" },
      headersSize: -1,
      bodySize: -1,
      redirectURL,
    },
    cache: {},
    timings: { send: 0, wait: 1, receive: 0 },
    serverIPAddress: "[::1]",
    _frameref: frame,
    _resourceType: document ? "document" : "image",
  };
}

const har = (...entries: readonly ReturnType<typeof entry>[]): Har => ({
  log: {
    version: "1.2",
    creator: { name: "Playwright", version: "1" },
    pages: [{ id: "tab", startedDateTime: iso(0), title: "Last", pageTimings: { onContentLoad: 900, onLoad: 900 } }],
    entries: [...entries],
  },
});

describe("finishedHar", () => {
  const recorded = har(
    entry(1, "https://a.test/", { document: true, redirectURL: "https://a.test/home" }),
    entry(5, "https://a.test/home", { document: true }),
    entry(9, "https://a.test/ad", { document: true, frame: "ad" }),
    entry(12, "https://a.test/logo.png"),
    entry(500, "https://a.test/shop", { document: true, body: "password=hunter2" }),
    entry(510, "https://a.test/lamp.png"),
  );
  const vitals = [
    { url: "https://a.test/home", startedMs: START_MS + 1, values: vitalsOf(40) },
    { url: "https://a.test/shop", startedMs: START_MS + 499, values: vitalsOf(70) },
  ];
  const events = [
    { what: "onLoad", atMs: START_MS + 30 },
    { what: "onLoad", atMs: START_MS + 560 },
  ] as const;
  const { log } = finishedHar(recorded, [{ events, vitals }]);

  test("has a page for each navigation, a redirect being part of one, and a frame of none", () => {
    expect(log.pages.map(({ title }) => title)).toEqual(["https://a.test/", "Last"]);
    const [first, second] = log.pages;
    expect(log.entries.map(({ pageref }) => pageref)).toEqual([
      ...Array.from({ length: 4 }, () => first?.id),
      ...Array.from({ length: 2 }, () => second?.id),
    ]);
  });

  test("gives each page its own times and vitals", () => {
    expect(log.pages.map(({ pageTimings }) => pageTimings)).toEqual([
      { onContentLoad: -1, onLoad: 30 },
      { onContentLoad: -1, onLoad: 60 },
    ]);
    expect(log.pages.map(({ _webVitals }) => _webVitals)).toEqual([
      { LargestContentfulPaint: 40 },
      { LargestContentfulPaint: 70 },
    ]);
  });

  test("has no bodies of requests, and is valid", () => {
    expect(JSON.stringify(log)).not.toContain("hunter2");
    expect(harProblems(JSON.stringify({ log }))).toEqual([]);
  });

  test("keeps a tab that asked for nothing", () => {
    expect(finishedHar(har(), []).log.pages).toMatchObject([{ id: "tab", title: "Last" }]);
  });
});

function vitalsOf(value: number) {
  const name = "LargestContentfulPaint";
  return new Map([[name, { name, unit: "Milliseconds" as const, value }]]);
}
