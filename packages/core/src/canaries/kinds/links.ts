import type { LinksConfig } from "../../config/canaries/links.ts";
import type { BrowserSession } from "../browser-port.ts";
import type { RunContext, Step } from "../context.ts";
import { CanaryFailure, failureOf } from "../failure.ts";
import type { RunKind } from "../kind.ts";
import { LinkChecker } from "../links/check-link.ts";
import { type BadLink, LinkCrawl, type PageToRead } from "../links/crawl-links.ts";
import { countStates, linkCheckerReport, shortUrl } from "../links/link-report.ts";
import { linkRules } from "../links/link-rules.ts";
import { namesReader, type PageReader, plainReader, renderedReader } from "../links/read-page.ts";
import { readSitemap } from "../links/read-sitemap.ts";
import { showLinks } from "../links/show-link.ts";
import { leaveErrorPage } from "../page-load.ts";
import { HarRecorder } from "../probe/har.ts";

/** CloudWatch's own name of it. */
const REPORT = "BrokenLinkCheckerReport.json";

// So many of the bad links are named in a message.
const MAX_NAMED = 5;

/** Reads the page, and others of its site as far as `depth` says, a step each, and looks at all links of each. What was found until then is kept also when the time is over. */
export const links: RunKind<"links"> = async (context) => {
  const check = await openCheck(context);
  context.atEnd(async () => keepReport(context, check.crawl));
  const failures: unknown[] = [];
  const attempt = async (name: string, body: (step: Step) => Promise<void>): Promise<void> => {
    try {
      await context.step(name, body);
    } catch (thrown) {
      // At the deadline there is no next one.
      context.signal.throwIfAborted();
      failures.push(thrown);
      if (check.session !== undefined) await leaveErrorPage(check.session.page);
    }
  };
  await attempt(check.start.href, (step) => readFirst(check, step));
  if (context.canary.sitemap) await attempt("sitemap.xml", (step) => lookAtSitemap(check, step));
  for (let page = check.crawl.next(); page !== undefined; page = check.crawl.next()) {
    const { url, ...rest } = page;
    await attempt(url.href, (step) => readOther(check, url, rest, step));
  }
  raise(failures);
};

interface Check {
  readonly context: RunContext<LinksConfig>;
  readonly session: BrowserSession | undefined;
  readonly start: URL;
  /** Those of the site; the first page may lead to another one. */
  readonly hosts: Set<string>;
  readonly crawl: LinkCrawl;
  readonly har: HarRecorder;
  readonly read: PageReader;
  readonly readPlain: PageReader;
}

async function openCheck(context: RunContext<LinksConfig>): Promise<Check> {
  const { canary } = context;
  const text = await context.fill(canary.url);
  const start = URL.parse(text);
  if (start === null) throw new CanaryFailure("canary", `${context.redact(text)} is no URL`);
  // Before the browser, whose own HAR is kept under the plain name.
  const har = new HarRecorder(context);
  const session = canary.browser ? await context.browser() : undefined;
  const hosts = new Set([start.host]);
  const rules = linkRules(canary, hosts);
  const { head, linkTimeoutMs: timeoutMs, maxRetryAfterMs } = canary;
  const checker = new LinkChecker(context, { rules, head, timeoutMs, maxRetryAfterMs, onExchange: har.add });
  const renderedNames = session === undefined ? async () => undefined : namesReader(context, session);
  const crawl = new LinkCrawl({ canary, checker, rules, renderedNames });
  const readPlain = plainReader(context, har.add);
  const read = session === undefined ? readPlain : renderedReader(context, session);
  return { context, session, start, hosts, crawl, har, read, readPlain };
}

async function readFirst(check: Check, step: Step): Promise<void> {
  const { crawl, start, hosts, context } = check;
  const page = await check.read(start.href, step);
  hosts.add(new URL(page.url).host);
  crawl.begin(start, page.url, page.status);
  const bad = await crawl.lookAt(page, { depth: 0, isCss: false }, step);
  const found = crawl.entries.length - 1 + crawl.notLookedAt;
  if (found < context.canary.minLinks) {
    const text = `the page has ${found} links, expected at least ${context.canary.minLinks}`;
    throw new CanaryFailure("assertion", text);
  }
  await judge(check, step, bad);
}

async function readOther(check: Check, url: URL, rest: Omit<PageToRead, "url">, step: Step): Promise<void> {
  const page = await (rest.isCss ? check.readPlain : check.read)(url.href, step);
  await judge(check, step, await check.crawl.lookAt(page, rest, step));
}

async function lookAtSitemap(check: Check, step: Step): Promise<void> {
  const url = new URL("/sitemap.xml", check.start);
  const pages = await readSitemap(check.context, step, url, check.har.add);
  await judge(check, step, await check.crawl.lookAtLinks(pages, url.href, 0, step));
}

async function judge({ context, session }: Check, step: Step, bad: readonly BadLink[]): Promise<void> {
  if (bad.length === 0) return;
  if (session !== undefined && context.canary.screenshots) await showLinks(context, session, step, bad);
  const named = bad.slice(0, MAX_NAMED).map(({ entry }) => `${shortUrl(entry.url)} (${entry.reason})`);
  const more = bad.length > MAX_NAMED ? `, and ${bad.length - MAX_NAMED} more` : "";
  const count = bad.length === 1 ? "a link is" : `${bad.length} links are`;
  const [first] = bad;
  throw new CanaryFailure("assertion", `${count} ${first?.entry.state}: ${named.join(", ")}${more}`);
}

function keepReport(context: RunContext, crawl: LinkCrawl): void {
  const { entries, notLookedAt } = crawl;
  if (entries.length === 0) return;
  const body = JSON.stringify(linkCheckerReport(entries, notLookedAt), undefined, 1);
  context.keep({ name: REPORT, contentType: "application/json", body });
  const { ok, broken, blocked, skipped } = countStates(entries);
  context.metric("TotalLinks", "Count", ok + broken + blocked);
  context.metric("BrokenLinks", "Count", broken);
  context.metric("BlockedLinks", "Count", blocked);
  context.metric("SkippedLinks", "Count", skipped);
}

function raise(failures: readonly unknown[]): void {
  if (failures.length === 0) return;
  if (failures.length === 1) throw failures[0];
  const said = failures.map((thrown) => failureOf(thrown).message).slice(0, MAX_NAMED);
  const { class: failureClass } = failureOf(failures[0]);
  throw new CanaryFailure(failureClass, `${failures.length} pages failed: ${said.join("; ")}`);
}
