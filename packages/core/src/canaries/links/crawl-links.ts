import type { LinksConfig } from "../../config/canaries/links.ts";
import type { Step } from "../context.ts";
import type { CheckedLink, LinkChecker } from "./check-link.ts";
import { extractCssLinks, extractLinks, type FoundLink, type PageLinks } from "./extract-links.ts";
import type { LinkEntry, LinkPlace } from "./link-report.ts";
import { elementOfFragment, isNamed, type LinkRules, withoutFragment } from "./link-rules.ts";

/** A page that is to be read, and how many links away from the first it is. */
export interface PageToRead {
  readonly url: URL;
  readonly depth: number;
  readonly isCss: boolean;
}

/** A page that was read. */
export interface PageText {
  /** Where it was in the end, after redirects. */
  readonly url: string;
  /** HTML, or CSS. */
  readonly text: string;
}

/** A bad link of a page, and the element that has it. */
export interface BadLink {
  readonly entry: LinkEntry;
  readonly found: FoundLink;
  /** Tells that a picture shows it. */
  readonly shownIn: (screenshot: string) => void;
}

/** What a crawl works with. */
export interface CrawlPorts {
  readonly canary: LinksConfig;
  readonly checker: LinkChecker;
  readonly rules: LinkRules;
  /** The names that a page has once its scripts ran; undefined where that cannot be found out. */
  readonly renderedNames: (url: URL, step: Step) => Promise<ReadonlySet<string> | undefined>;
}

interface Entry extends Omit<LinkEntry, "places" | "screenshots"> {
  readonly places: LinkPlace[];
  readonly screenshots: string[];
  readonly contentType: string;
  /** Where it ended. */
  readonly finalUrl: string;
}

// Skipped links are listed, and not counted by `maxLinks`.
const MAX_SKIPPED = 10_000;

/** The links of a site, each looked at once, however often it is found. Pages are read by the caller, one after the other; the links of each are looked at together. */
export class LinkCrawl {
  readonly #ports: CrawlPorts;
  readonly #entries = new Map<string, Entry>();
  readonly #queue: PageToRead[] = [];
  readonly #read = new Set<string>();
  readonly #names = new Map<string, ReadonlySet<string> | undefined>();
  #looked = 0;
  #skipped = 0;
  #left = 0;

  constructor(ports: CrawlPorts) {
    this.#ports = ports;
  }

  get entries(): readonly LinkEntry[] {
    return [...this.#entries.values()];
  }

  /** How many links were found beyond `maxLinks`. */
  get notLookedAt(): number {
    return this.#left;
  }

  /** The next page that is to be read. */
  next(): PageToRead | undefined {
    return this.#queue.shift();
  }

  /** Counts the first page, which was read already, as a link. */
  begin(url: URL, final: string, status: number): void {
    const key = withoutFragment(url).href;
    this.#looked++;
    this.#entries.set(key, { ...entryOf(key), status, finalUrl: final, contentType: "text/html" });
    this.#read.add(withoutFragment(new URL(final)).href);
  }

  /** Looks at all links of a page that was read. Gives those that are bad, in the page's order, also when they were known to be. */
  async lookAt(page: PageText, { depth, isCss }: Omit<PageToRead, "url">, step: Step): Promise<BadLink[]> {
    const { canary } = this.#ports;
    const read: PageLinks = isCss
      ? { links: extractCssLinks(page.text, page.url), fragments: new Set() }
      : extractLinks(page.text, page.url, canary.sources);
    if (!isCss) this.#names.set(withoutFragment(new URL(page.url)).href, read.fragments);
    return this.lookAtLinks(read.links, page.url, depth, step);
  }

  /** The same for links that are no page's: those of a sitemap. */
  async lookAtLinks(links: readonly FoundLink[], page: string, depth: number, step: Step): Promise<BadLink[]> {
    const fresh = new Map<string, URL>();
    const onPage = new Map<string, FoundLink>();
    for (const link of links) {
      const key = link.url === undefined ? link.written : withoutFragment(link.url).href;
      if (!onPage.has(key)) onPage.set(key, link);
      if (this.#entries.has(key) || fresh.has(key)) continue;
      if (link.url === undefined) this.#entries.set(key, { ...entryOf(key), state: "broken", reason: "is no URL" });
      else if (this.#takes(link.url, key)) fresh.set(key, withoutFragment(link.url));
    }
    await inTurns([...fresh], this.#ports.canary.concurrency, ([key, url]) => this.#check(key, url, depth, step));
    if (this.#ports.canary.fragments) await this.#checkFragments(links, onPage, step);
    return [...onPage].flatMap(([key, found]) => this.#placed(key, found, page));
  }

  /** Whether a link is to be asked for; one that is not is noted, or counted. */
  #takes(url: URL, key: string): boolean {
    const reason = this.#ports.rules.skips(url);
    if (reason !== undefined) {
      if (this.#skipped++ < MAX_SKIPPED) this.#entries.set(key, { ...entryOf(key), state: "skipped", reason });
      return false;
    }
    if (this.#looked >= this.#ports.canary.maxLinks) {
      this.#left++;
      return false;
    }
    this.#looked++;
    return true;
  }

  async #check(key: string, url: URL, depth: number, step: Step): Promise<void> {
    const { checker, rules, canary } = this.#ports;
    const checked = await checker.check(url, step);
    this.#entries.set(key, { ...entryOf(key), ...membersOf(checked) });
    const final = withoutFragment(new URL(checked.url));
    const isCss = canary.sources.includes("css") && /^text\/css/i.test(checked.contentType);
    const isRead = isCss || (isHtml(checked.contentType) && depth < canary.depth);
    if (checked.state !== "ok" || !isRead || !rules.isOwn(final) || this.#read.has(final.href)) return;
    this.#read.add(final.href);
    this.#queue.push({ url: final, depth: isCss ? depth : depth + 1, isCss });
  }

  /** A fragment that no element is named by is a broken link of its own, besides the one to the page. */
  async #checkFragments(links: readonly FoundLink[], onPage: Map<string, FoundLink>, step: Step): Promise<void> {
    const { concurrency, fragmentRoutes } = this.#ports.canary;
    const wanted = new Map<string, { readonly link: FoundLink; readonly url: URL; readonly name: string }>();
    for (const link of links) {
      const { url } = link;
      const name = url === undefined ? undefined : elementOfFragment(url, fragmentRoutes);
      if (url !== undefined && name !== undefined) wanted.set(url.href, { link, url, name });
    }
    await inTurns([...wanted], concurrency, async ([href, { link, url, name }]) => {
      if (!this.#entries.has(href) && !(await this.#hasElement(url, name, step))) {
        this.#entries.set(href, {
          ...entryOf(href),
          state: "broken",
          reason: `the page has no element that is named ${name}`,
        });
      }
      if (this.#entries.has(href)) onPage.set(href, link);
    });
  }

  async #hasElement(url: URL, name: string, step: Step): Promise<boolean> {
    const target = withoutFragment(url);
    const entry = this.#entries.get(target.href);
    // What is not there, or is no page, has no elements that one could miss.
    if (entry?.state !== "ok" || !isHtml(entry.contentType)) return true;
    const names = await this.#namesOf(target, entry.finalUrl, step);
    if (names === undefined || isNamed(name, names)) return true;
    if (!this.#ports.rules.isOwn(target)) return false;
    const rendered = await this.#ports.renderedNames(target, step);
    if (rendered === undefined) return false;
    this.#names.set(target.href, rendered);
    return isNamed(name, rendered);
  }

  async #namesOf(target: URL, finalUrl: string, step: Step): Promise<ReadonlySet<string> | undefined> {
    for (const url of [target.href, withoutFragment(new URL(finalUrl)).href]) {
      if (this.#names.has(url)) return this.#names.get(url);
    }
    const checked = await this.#ports.checker.check(target, step, true);
    const names = checked.state === "ok" ? extractLinks(checked.text, checked.url, []).fragments : undefined;
    this.#names.set(target.href, names);
    return names;
  }

  #placed(key: string, found: FoundLink, page: string): BadLink[] {
    const entry = this.#entries.get(key);
    if (entry === undefined) return [];
    if (!entry.places.some((place) => place.page === page)) {
      entry.places.push({ page, element: found.tag, text: found.text });
    }
    const isBad = this.#ports.canary.failOn.some((state) => state === entry.state);
    return isBad ? [{ entry, found, shownIn: (name) => entry.screenshots.push(name) }] : [];
  }
}

function entryOf(url: string): Entry {
  return { url, state: "ok", redirects: [], places: [], screenshots: [], contentType: "", finalUrl: url };
}

function membersOf({ url, text: _text, ...checked }: CheckedLink): Partial<Entry> {
  return { ...checked, finalUrl: url };
}

function isHtml(contentType: string): boolean {
  return /^(text\/html|application\/xhtml\+xml)/i.test(contentType);
}

/** Does something with all items, so many at once. */
async function inTurns<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  const worker = async () => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
}
