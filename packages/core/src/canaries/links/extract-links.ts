import { Parser } from "htmlparser2";
import type { LinkSource } from "../../config/canaries/links.ts";
import { urlInMeta, urlOfRefresh, urlsInCss, urlsInJsonLd, urlsInSrcset } from "./written-urls.ts";

/** A link as a page has it. */
export interface FoundLink {
  /** As it is written. */
  readonly written: string;
  /** Where it leads, with its fragment; undefined for what is no URL. */
  readonly url: URL | undefined;
  /** The element, and the attribute that it is of; `style` for URLs within styles. */
  readonly tag: string;
  readonly attribute: string;
  /** Of an anchor. */
  readonly text: string;
}

/** What a page says of links. */
export interface PageLinks {
  readonly links: readonly FoundLink[];
  /** Ids and names of anchors, which fragments name. */
  readonly fragments: ReadonlySet<string>;
}

type Attributes = Readonly<Record<string, string>>;

/** Attributes that hold one URL, by element. https://html.spec.whatwg.org/#attributes-3 */
const ATTRIBUTES: Readonly<Record<string, readonly (readonly [attribute: string, source: LinkSource])[]>> = {
  a: [["href", "anchors"]],
  area: [["href", "anchors"]],
  audio: [["src", "resources"]],
  blockquote: [["cite", "rel"]],
  body: [["background", "resources"]],
  del: [["cite", "rel"]],
  embed: [
    ["src", "resources"],
    ["href", "resources"],
  ],
  frame: [
    ["src", "resources"],
    ["longdesc", "rel"],
  ],
  html: [["manifest", "rel"]],
  iframe: [
    ["src", "resources"],
    ["longdesc", "rel"],
  ],
  img: [["src", "resources"]],
  input: [["src", "resources"]],
  ins: [["cite", "rel"]],
  link: [["href", "rel"]],
  object: [["data", "resources"]],
  q: [["cite", "rel"]],
  script: [["src", "resources"]],
  source: [["src", "resources"]],
  track: [["src", "resources"]],
  video: [
    ["src", "resources"],
    ["poster", "resources"],
  ],
};

const SRCSETS: Readonly<Record<string, string>> = { img: "srcset", source: "srcset", link: "imagesrcset" };

// These name a host to be ready for, and nothing that could be asked for. https://html.spec.whatwg.org/#linkTypes
const HINTS = new Set(["dns-prefetch", "preconnect"]);

// An anchor that is never closed would take the rest of the page.
const MAX_TEXT = 200;

/** Finds the links of a page, of the sources that are asked for, in the page's order; one that is there twice is found twice. What is in a template is none, until a script makes it one. */
export function extractLinks(html: string, pageUrl: string, sources: readonly LinkSource[]): PageLinks {
  const collector = new LinkCollector(new Set(sources));
  const parser = new Parser(
    {
      onopentag: (tag, attributes) => collector.open(tag, attributes),
      ontext: (text) => collector.text(text),
      onclosetag: (tag) => collector.close(tag),
    },
    { decodeEntities: true },
  );
  parser.end(html);
  const base = baseOf(collector.base, pageUrl);
  const links = collector.links.map((link) => ({ ...link, url: URL.parse(link.written, base) ?? undefined }));
  return { links, fragments: collector.fragments };
}

/** Links of a style sheet. */
export function extractCssLinks(css: string, url: string): FoundLink[] {
  return urlsInCss(css).map((written) => {
    return { written, url: URL.parse(written, url) ?? undefined, tag: "css", attribute: "url", text: "" };
  });
}

/** The first base counts for all of the page, unless it leads nowhere. https://html.spec.whatwg.org/#document-base-url */
function baseOf(written: string | undefined, pageUrl: string): string {
  const base = written === undefined ? null : URL.parse(written, pageUrl);
  return base === null || base.protocol === "data:" || base.protocol === "javascript:" ? pageUrl : base.href;
}

interface WrittenLink extends Omit<FoundLink, "url"> {
  text: string;
}

class LinkCollector {
  readonly links: WrittenLink[] = [];
  readonly fragments = new Set<string>();
  base: string | undefined;
  readonly #sources: ReadonlySet<LinkSource>;
  #anchor: WrittenLink | undefined;
  #style: string | undefined;
  #jsonLd: string | undefined;
  #templates = 0;

  constructor(sources: ReadonlySet<LinkSource>) {
    this.#sources = sources;
  }

  open(tag: string, attributes: Attributes): void {
    if (tag === "template") this.#templates++;
    if (this.#templates > 0) return;
    if (tag === "base" && attributes.href !== undefined) this.base ??= attributes.href;
    if (tag === "style") this.#style = "";
    if (tag === "script" && attributes.type === "application/ld+json") this.#jsonLd = "";
    const { id, name } = attributes;
    if (id !== undefined && id !== "") this.fragments.add(id);
    if (tag === "a" && name !== undefined) this.fragments.add(name);
    this.#addAttributes(tag, attributes);
    this.#addSrcset(tag, attributes);
    if (tag === "meta") this.#addMeta(attributes);
    if (attributes.style !== undefined) this.#addStyle(tag, attributes.style);
    if (tag === "img" && this.#anchor !== undefined && attributes.alt !== undefined) this.text(attributes.alt);
  }

  text(text: string): void {
    if (this.#style !== undefined) this.#style += text;
    else if (this.#jsonLd !== undefined) this.#jsonLd += text;
    else if (this.#anchor !== undefined && this.#anchor.text.length < MAX_TEXT) this.#anchor.text += text;
  }

  close(tag: string): void {
    if (tag === "template" && this.#templates > 0) this.#templates--;
    if (tag === "a" && this.#anchor !== undefined) {
      this.#anchor.text = this.#anchor.text.replaceAll(/\s+/g, " ").trim().slice(0, MAX_TEXT);
      this.#anchor = undefined;
    }
    if (tag === "style" && this.#style !== undefined) {
      this.#addStyle(tag, this.#style);
      this.#style = undefined;
    }
    if (tag === "script" && this.#jsonLd !== undefined) {
      for (const written of urlsInJsonLd(this.#jsonLd)) this.#add("meta", { written, tag, attribute: "content" });
      this.#jsonLd = undefined;
    }
  }

  #addAttributes(tag: string, attributes: Attributes): void {
    if (tag === "link" && isHint(attributes.rel)) return;
    for (const [attribute, source] of ATTRIBUTES[tag] ?? []) {
      // SVG's anchors may still have the older one. https://www.w3.org/TR/SVG2/linking.html#XLinkRefAttrs
      const written = attributes[attribute] ?? (tag === "a" ? attributes["xlink:href"] : undefined);
      if (written === undefined) continue;
      // An empty image asks for nothing; an empty anchor leads to the page itself.
      if (written.trim() === "" && tag !== "a") continue;
      const link = this.#add(source, { written, tag, attribute });
      if (tag === "a") this.#anchor = link;
    }
  }

  #addSrcset(tag: string, attributes: Attributes): void {
    const attribute = SRCSETS[tag];
    const srcset = attribute === undefined ? undefined : attributes[attribute];
    if (attribute === undefined || srcset === undefined) return;
    for (const written of urlsInSrcset(srcset)) this.#add("srcset", { written, tag, attribute });
  }

  #addMeta(attributes: Attributes): void {
    const { content } = attributes;
    if (content === undefined) return;
    const isRefresh = attributes["http-equiv"]?.toLowerCase() === "refresh";
    const written = isRefresh ? urlOfRefresh(content) : urlInMeta(content);
    if (written !== undefined) this.#add("meta", { written, tag: "meta", attribute: "content" });
  }

  #addStyle(tag: string, css: string): void {
    for (const written of urlsInCss(css)) this.#add("css", { written, tag, attribute: "style" });
  }

  #add(source: LinkSource, link: Omit<WrittenLink, "text">): WrittenLink | undefined {
    if (!this.#sources.has(source)) return undefined;
    const added = { ...link, text: "" };
    this.links.push(added);
    return added;
  }
}

function isHint(rel: string | undefined): boolean {
  const types = (rel ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  return types.length > 0 && types.every((type) => HINTS.has(type));
}
