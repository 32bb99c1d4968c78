import type { DocumentVitals } from "./page-vitals.ts";

// The members that are read here; all others stay as they are. http://www.softwareishard.com/blog/har-12-spec/
interface HarEntry {
  pageref?: string;
  readonly startedDateTime: string;
  readonly request: { readonly url: string; readonly postData?: { readonly mimeType: string } };
  readonly response: { readonly redirectURL?: string };
  readonly _resourceType?: string;
  readonly _frameref?: string;
  serverIPAddress?: string;
}

interface HarPage {
  readonly id: string;
  readonly startedDateTime: string;
  readonly title: string;
  readonly pageTimings: { readonly onContentLoad: number; readonly onLoad: number };
  readonly _webVitals?: Readonly<Record<string, number>>;
}

/** An HTTP Archive, version 1.2. */
export interface Har {
  readonly log: {
    readonly version: string;
    readonly creator: { readonly name: string; readonly version: string };
    pages: HarPage[];
    entries: HarEntry[];
  };
}

/** What is known of one page (a tab) besides its requests, in the order of the pages' opening. */
export interface PageRecord {
  /** When its documents were ready, epoch milliseconds. */
  readonly events: readonly { readonly what: "onContentLoad" | "onLoad"; readonly atMs: number }[];
  readonly vitals: readonly DocumentVitals[];
}

/** The time of a navigation by the page's clock may be this much before that of its request. */
const CLOCK_SLACK_MS = 250;

/**
 * Makes of Playwright's HAR, which has one page for all that a tab ever loaded, one with a page for each navigation: its own times, its title's URL, and its Web Vitals
 * as `_webVitals`. Bodies of requests are left out: passwords are sent in them. What it holds of secrets is masked when it is kept.
 */
export function finishedHar(recorded: Har, records: readonly PageRecord[]): Har {
  const pages: HarPage[] = [];
  const entries: HarEntry[] = [];
  recorded.log.pages.forEach((tab, index) => {
    const own = recorded.log.entries.filter(({ pageref }) => pageref === tab.id).sort(byTime);
    const navigations = navigationsOf(tab, own);
    navigations.forEach((navigation, number) => {
      const untilMs = navigations[number + 1]?.startedMs ?? Number.POSITIVE_INFINITY;
      const record = records[index] ?? { events: [], vitals: [] };
      pages.push(pageOf(navigation, untilMs, record, tab));
      for (const entry of navigation.entries) entries.push({ ...cleaned(entry), pageref: navigation.id });
    });
  });
  const rest = recorded.log.entries.filter(({ pageref }) => !recorded.log.pages.some(({ id }) => id === pageref));
  return { log: { ...recorded.log, pages, entries: [...entries, ...rest.map(cleaned)].sort(byTime) } };
}

interface Navigation {
  readonly id: string;
  readonly startedMs: number;
  readonly url: string;
  readonly entries: HarEntry[];
}

/** A document of the main frame begins a navigation, unless the one before redirected to it. */
function navigationsOf(tab: HarPage, entries: readonly HarEntry[]): Navigation[] {
  const mainFrame = entries.find(({ _resourceType }) => _resourceType === "document")?._frameref;
  const navigations: Navigation[] = [];
  let isRedirected = false;
  for (const entry of entries) {
    const isDocument = entry._resourceType === "document" && entry._frameref === mainFrame;
    if (navigations.length === 0 || (isDocument && !isRedirected)) {
      const id = `${tab.id}-${navigations.length + 1}`;
      const startedMs = Date.parse(navigations.length === 0 ? tab.startedDateTime : entry.startedDateTime);
      navigations.push({ id, startedMs, url: entry.request.url, entries: [] });
    }
    if (isDocument) isRedirected = (entry.response.redirectURL ?? "") !== "";
    navigations.at(-1)?.entries.push(entry);
  }
  if (navigations.length > 0) return navigations;
  // A tab that asked for nothing.
  return [{ id: tab.id, startedMs: Date.parse(tab.startedDateTime), url: "about:blank", entries: [] }];
}

function pageOf({ id, startedMs, url }: Navigation, untilMs: number, record: PageRecord, tab: HarPage): HarPage {
  const isOfThis = (atMs: number) => atMs >= startedMs - CLOCK_SLACK_MS && atMs < untilMs - CLOCK_SLACK_MS;
  const timing = (what: "onContentLoad" | "onLoad") => {
    const event = record.events.find((one) => one.what === what && one.atMs >= startedMs && one.atMs < untilMs);
    return event === undefined ? -1 : event.atMs - startedMs;
  };
  const vitals = record.vitals.findLast((document) => isOfThis(document.startedMs));
  return {
    id,
    startedDateTime: new Date(startedMs).toISOString(),
    // The tab's title is that of its last page.
    title: untilMs === Number.POSITIVE_INFINITY && tab.title !== "" ? tab.title : url,
    pageTimings: { onContentLoad: timing("onContentLoad"), onLoad: timing("onLoad") },
    ...(vitals === undefined
      ? {}
      : { _webVitals: Object.fromEntries([...vitals.values.values()].map(({ name, value }) => [name, value])) }),
  };
}

function cleaned(entry: HarEntry): HarEntry {
  const { request, serverIPAddress, ...rest } = entry;
  const { postData } = request;
  // The specification wants an address as it is written without a port; a URL's brackets are not part of it.
  const address = serverIPAddress?.replace(/^\[|\]$/g, "");
  return {
    ...rest,
    request:
      postData === undefined ? request : { ...request, postData: { ...EMPTY_BODY, mimeType: postData.mimeType } },
    ...(address === undefined || address === "" ? {} : { serverIPAddress: address }),
  };
}

const EMPTY_BODY = { params: [], text: "" };

function byTime(one: HarEntry, other: HarEntry): number {
  return Date.parse(one.startedDateTime) - Date.parse(other.startedDateTime);
}
