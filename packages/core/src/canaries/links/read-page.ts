import type { LinksConfig } from "../../config/canaries/links.ts";
import type { BrowserSession } from "../browser-port.ts";
import type { RunContext, Step } from "../context.ts";
import { CanaryFailure } from "../failure.ts";
import { loadPage, timeLeft } from "../page-load.ts";
import { type OnExchange, probeHttp } from "../probe/http.ts";
import { headerOf } from "../probe/http-exchange.ts";
import { textOf } from "./check-link.ts";
import type { PageText } from "./crawl-links.ts";
import { extractLinks } from "./extract-links.ts";

/** A page that was read, with the status that it answered. */
export interface ReadPage extends PageText {
  readonly status: number;
}

/** Reads a page for a step. Raises CanaryFailure: as `loadPage` and `probeHttp` do, and `assertion` for a status of 400 and more. */
export type PageReader = (url: string, step: Step) => Promise<ReadPage>;

const MAX_PAGE_BYTES = 8 * 1024 * 1024;
const MAX_REDIRECTS = 20;

/** Reads pages as the server sends them. */
export function plainReader(context: RunContext<LinksConfig>, onExchange: OnExchange): PageReader {
  return async (url, step) => {
    const answer = await probeHttp(
      {
        method: "GET",
        url,
        headers: {},
        timeoutMs: timeLeft(context, context.canary.stepTimeoutMs),
        redirects: MAX_REDIRECTS,
        maxBodyBytes: MAX_PAGE_BYTES,
        allowSelfSigned: false,
      },
      context,
      step,
      onExchange,
    );
    checkStatus(answer.status);
    const text = textOf(answer.body, headerOf(answer.headers, "content-type") ?? "");
    return { url: answer.url.href, text, status: answer.status };
  };
}

/** Reads pages as the browser has them once their scripts ran. */
export function renderedReader(context: RunContext<LinksConfig>, session: BrowserSession): PageReader {
  const { until, stepTimeoutMs: timeoutMs } = context.canary;
  return async (url, step) => {
    const loaded = await loadPage(context, session, step, url, { until, timeoutMs });
    // There is a request always but for fragments of the page that is loaded already.
    const status = loaded.status ?? 200;
    checkStatus(status);
    return { url: loaded.url, text: await session.page.content(), status };
  };
}

/** Names that a page has once its scripts ran, read in a tab of its own; undefined when it is not loaded. */
export function namesReader(context: RunContext<LinksConfig>, session: BrowserSession) {
  const { until, stepTimeoutMs: timeoutMs } = context.canary;
  return async (url: URL, step: Step): Promise<ReadonlySet<string> | undefined> => {
    const page = await session.page.context().newPage();
    try {
      const loaded = await loadPage(context, session, { ...step, visited: () => undefined }, url.href, {
        until,
        timeoutMs,
        page,
      });
      return extractLinks(await page.content(), loaded.url, []).fragments;
    } catch (thrown) {
      context.signal.throwIfAborted();
      context.logger.warn("a page was not loaded to look for the elements of its fragments", { error: thrown });
      return undefined;
    } finally {
      await page.close();
    }
  };
}

function checkStatus(status: number): void {
  if (status < 400) return;
  throw new CanaryFailure("assertion", `expected a status below 400, got ${status}`);
}
