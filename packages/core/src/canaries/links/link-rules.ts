import type { LinksConfig } from "../../config/canaries/links.ts";
import { glob } from "../../config/glob.ts";

/** What a canary says of URLs. */
export interface LinkRules {
  /** Why a URL is not looked at; undefined for one that is. */
  skips(url: URL): string | undefined;
  /** The only statuses that are fine for a URL; undefined where any below 400 is. */
  expectedStatus(url: URL): readonly number[] | undefined;
  /** Whether a URL is of the site itself, whose pages are read. */
  isOwn(url: URL): boolean;
}

/** Makes the rules; the hosts are those of the first page, before and behind its redirects. */
export function linkRules(canary: LinksConfig, hosts: ReadonlySet<string>): LinkRules {
  const included = canary.include.map(glob);
  const excluded = canary.exclude.map(glob);
  const expected = canary.expectedStatus.map(({ url, status }) => ({ matches: glob(url), status }));
  const isOwn = (url: URL) => hosts.has(url.host);
  return {
    isOwn,
    skips: (url) => {
      if (url.protocol !== "http:" && url.protocol !== "https:") return `${url.protocol} is not asked for`;
      const { href } = url;
      if (excluded.some((matches) => matches(href))) return "excluded";
      if (included.length > 0 && !included.some((matches) => matches(href))) return "not among those that are included";
      return !canary.external && !isOwn(url) ? "of another host" : undefined;
    },
    expectedStatus: ({ href }) => expected.find(({ matches }) => matches(href))?.status,
  };
}

/** Without its fragment: what is asked for. */
export function withoutFragment(url: URL): URL {
  const plain = new URL(url);
  plain.hash = "";
  return plain;
}

/**
 * The name that an element must have for a URL's fragment; undefined where none need: for the top of the page, for texts that are marked, and for routes of
 * scripts (`#/…`, `#!…`). https://html.spec.whatwg.org/#the-indicated-part-of-the-document, https://wicg.github.io/scroll-to-text-fragment/
 */
export function elementOfFragment({ hash }: URL, hasRoutes: boolean): string | undefined {
  const [name = ""] = hash.slice(1).split(":~:");
  if (name === "" || name.toLowerCase() === "top") return undefined;
  return hasRoutes && /^[/!]/.test(name) ? undefined : name;
}

/** Whether one of a page's names is meant by a fragment: as it is written, or decoded. */
export function isNamed(name: string, names: ReadonlySet<string>): boolean {
  return names.has(name) || names.has(decoded(name)) || names.has(`user-content-${decoded(name)}`);
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    // No valid encoding: then it stands for itself.
    return name;
  }
}
