import type { CheckedLink, LinkState } from "./check-link.ts";

/** Where a link is. */
export interface LinkPlace {
  readonly page: string;
  readonly element: string;
  readonly text: string;
}

/** A link with everything that is known of it. */
export interface LinkEntry
  extends Pick<CheckedLink, "state" | "status" | "statusText" | "reason" | "failureClass" | "redirects"> {
  readonly url: string;
  /** Each page once. */
  readonly places: readonly LinkPlace[];
  /** Names of the pictures that show it. */
  readonly screenshots: readonly string[];
}

// Pictures within pages are URLs, and may be longer than all the rest.
const MAX_URL = 500;

/**
 * The file `BrokenLinkCheckerReport.json` as CloudWatch Synthetics has it: links by their URL, those that are broken, and counts; `state`, `redirects` and `foundOn`
 * of each link, and `states`, are added. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_Library_Nodejs.html
 */
export function linkCheckerReport(entries: readonly LinkEntry[], notLookedAt: number): object {
  const links = entries.map((entry) => [shortUrl(entry.url), syntheticsLink(entry)] as const);
  const broken = entries.filter(({ state }) => state === "broken");
  return {
    links: Object.fromEntries(links),
    brokenLinks: broken.map(syntheticsLink),
    totalLinksChecked: entries.filter(({ state }) => state !== "skipped").length,
    totalBrokenLinks: broken.length,
    states: countStates(entries),
    linksNotLookedAt: notLookedAt,
  };
}

/** How many links are of each state. */
export function countStates(entries: readonly LinkEntry[]): Record<LinkState, number> {
  const counts = { ok: 0, broken: 0, blocked: 0, skipped: 0 };
  for (const { state } of entries) counts[state]++;
  return counts;
}

function syntheticsLink(entry: LinkEntry): object {
  const [first] = entry.places;
  return {
    url: shortUrl(entry.url),
    text: first?.text ?? null,
    parentUrl: first?.page ?? null,
    statusCode: entry.status ?? null,
    statusText: entry.statusText ?? null,
    failureReason: entry.reason ?? null,
    screenshots: entry.screenshots.map((fileName) => ({ fileName, pageUrl: first?.page ?? null })),
    state: entry.state,
    ...(entry.failureClass === undefined ? {} : { failureClass: entry.failureClass }),
    redirects: entry.redirects,
    foundOn: entry.places,
  };
}

/** A URL as people can read it. */
export function shortUrl(url: string): string {
  return url.length > MAX_URL ? `${url.slice(0, MAX_URL)}… (${url.length} characters)` : url;
}
