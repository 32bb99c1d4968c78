import { Parser } from "htmlparser2";

/** What a sitemap lists. https://www.sitemaps.org/protocol.html */
export interface Sitemap {
  /** `index`: what it lists are sitemaps. */
  readonly type: "pages" | "index";
  readonly urls: readonly string[];
}

/** Reads a sitemap, in XML or as plain text, one URL a line. What is neither lists nothing. */
export function parseSitemap(text: string): Sitemap {
  if (!/^\s*(\uFEFF)?\s*</.test(text)) return { type: "pages", urls: text.split(/\s+/).filter(isWeb) };
  const urls: string[] = [];
  let type: Sitemap["type"] = "pages";
  let loc: string | undefined;
  const parser = new Parser(
    {
      onopentag: (tag) => {
        if (localName(tag) === "sitemapindex") type = "index";
        // Extensions have `image:loc` and `video:loc`, which are no pages.
        if (tag === "loc" || tag === "sm:loc") loc = "";
      },
      ontext: (part) => {
        if (loc !== undefined) loc += part;
      },
      onclosetag: () => {
        if (loc !== undefined && loc.trim() !== "") urls.push(loc.trim());
        loc = undefined;
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.end(text);
  return { type, urls };
}

function localName(tag: string): string {
  return tag.slice(tag.indexOf(":") + 1);
}

function isWeb(text: string): boolean {
  return /^https?:\/\//.test(text);
}
