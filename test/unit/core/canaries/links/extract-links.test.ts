import { extractCssLinks, extractLinks } from "@belfry/core/canaries/links/extract-links";
import { elementOfFragment, isNamed, withoutFragment } from "@belfry/core/canaries/links/link-rules";
import { parseSitemap } from "@belfry/core/canaries/links/sitemap";
import { urlOfRefresh, urlsInCss, urlsInSrcset } from "@belfry/core/canaries/links/written-urls";
import type { LinkSource } from "@belfry/core/config/canaries/links";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const PAGE = "https://shop.example.com/lamps/index.html";
const ALL: readonly LinkSource[] = ["anchors", "resources", "srcset", "rel", "meta", "css"];

const urlsOf = (html: string, sources = ALL) =>
  extractLinks(html, PAGE, sources).links.map(({ url, written }) => url?.href ?? `no URL: ${written}`);

describe("the links of a page", () => {
  test.each<readonly [name: string, html: string, urls: readonly string[]]>([
    ["an anchor", `<a href="red">red</a>`, ["https://shop.example.com/lamps/red"]],
    ["an anchor that is not closed", `<a href=/red>red<p>`, ["https://shop.example.com/red"]],
    ["an empty anchor, which leads to the page", `<a href="">up</a>`, [PAGE]],
    ["no anchor without href", `<a name="x">x</a><img src=""><img>`, []],
    ["what is no URL", `<a href="//////">oh</a>`, ["no URL: //////"]],
    ["entities", `<a href="/?a=1&amp;b=2">x</a>`, ["https://shop.example.com/?a=1&b=2"]],
    ["white space around", `<a href="\n /red\t">x</a>`, ["https://shop.example.com/red"]],
    [
      "resources",
      `<img src=a.png><script src="b.js"></script><iframe src=c></iframe><video poster=d></video>`,
      [
        "https://shop.example.com/lamps/a.png",
        "https://shop.example.com/lamps/b.js",
        "https://shop.example.com/lamps/c",
        "https://shop.example.com/lamps/d",
      ],
    ],
    [
      "link elements, but no hints",
      `<link rel=icon href=/i.ico><link rel="preconnect dns-prefetch" href=//x.example>`,
      ["https://shop.example.com/i.ico"],
    ],
    ["a refresh", `<meta http-equiv=Refresh content="5; URL='/new'">`, ["https://shop.example.com/new"]],
    [
      "preview pictures",
      `<meta property=og:image content=https://cdn.example/p.png><meta name=x content="a:b">`,
      ["https://cdn.example/p.png"],
    ],
    [
      "JSON-LD",
      `<script type="application/ld+json">{"@context":"https://schema.org","logo":"https://cdn.example/l.png"}</script>`,
      ["https://cdn.example/l.png"],
    ],
    [
      "styles",
      `<style>a{background:url(x.png)}</style><p style="background:url('y.png')">`,
      ["https://shop.example.com/lamps/x.png", "https://shop.example.com/lamps/y.png"],
    ],
    ["nothing of scripts and templates", `<script>"<a href=x>"</script><template><a href=y></a></template>`, []],
    ["anchors within SVG", `<svg><a xlink:href="/z"></a></svg>`, ["https://shop.example.com/z"]],
    ["mail and telephone", `<a href="mailto:a@b.c">m</a><a href="tel:1">t</a>`, ["mailto:a@b.c", "tel:1"]],
  ])("are found: %s", (_name, html, urls) => {
    expect(urlsOf(html)).toEqual(urls);
  });

  test("are those of the sources that are asked for", () => {
    const html = `<a href=a></a><img src=b srcset="c 2x"><link href=d><meta http-equiv=refresh content="0;url=e">`;
    expect(urlsOf(html, ["anchors"])).toHaveLength(1);
    expect(urlsOf(html, ["srcset", "meta"])).toEqual([
      "https://shop.example.com/lamps/c",
      "https://shop.example.com/lamps/e",
    ]);
  });

  test.each([
    ["/other/", "https://shop.example.com/other/a"],
    ["https://cdn.example/x/y", "https://cdn.example/x/a"],
    ["", "https://shop.example.com/lamps/a"],
    ["data:text/html,x", "https://shop.example.com/lamps/a"],
  ])("are resolved by the first base: %s", (base, url) => {
    expect(urlsOf(`<a href=a></a><base target=_top><base href="${base}"><base href="/wrong/">`)).toEqual([url]);
  });

  test("have the text of their anchor, and of its picture", () => {
    const { links } = extractLinks(`<a href=x> Red\n <b>lamps</b> <img src=p alt="on sale"></a>`, PAGE, ["anchors"]);
    expect(links.map(({ text }) => text)).toEqual(["Red lamps on sale"]);
  });

  test("never raise, and never come without what was written", () => {
    const parts = fc.constantFrom(
      "<a href=",
      '"',
      "'",
      ">",
      "<base href=",
      "<img srcset=",
      "x y,",
      "</a>",
      "<style>",
      "url(",
      "&",
      "<",
      "#a",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(parts, fc.string())), (html) => {
        for (const link of extractLinks(html.join(""), PAGE, ALL).links) expect(typeof link.written).toBe("string");
      }),
    );
  });

  test("are as many as were written, whatever their URLs are", () => {
    fc.assert(
      fc.property(fc.array(fc.webPath()), (paths) => {
        const html = paths.map((path) => `<p><a href="${path.replaceAll("&", "&amp;")}">x</a></p>`).join("\n");
        expect(urlsOf(html)).toEqual(paths.map((path) => URL.parse(path, PAGE)?.href ?? `no URL: ${path}`));
      }),
    );
  });
});

describe("a srcset", () => {
  test.each<readonly [srcset: string, urls: readonly string[]]>([
    ["a.png", ["a.png"]],
    ["a.png 1x, b.png 2x", ["a.png", "b.png"]],
    ["a.png,                b.png", ["a.png", "b.png"]],
    ["a,b.png 1x", ["a,b.png"]],
    ["data:image/png;base64,AA== 1x, b.png", ["data:image/png;base64,AA==", "b.png"]],
    ["a.png 1x (x, y), b.png", ["a.png", "b.png"]],
    [" , ", []],
  ])("%s", (srcset, urls) => {
    expect(urlsInSrcset(srcset)).toEqual(urls);
  });
});

test("a style sheet's URLs are found, but those of comments, of the document and written out", () => {
  const css = `@import "a.css"; @import url(b.css); /* url(no.png) */ x { mask: url(#m), url( "c d.png" ), url(data:x) }`;
  expect(urlsInCss(css)).toEqual(["a.css", "b.css", "c d.png"]);
  expect(extractCssLinks(css, "https://cdn.example/s/x.css")[0]?.url?.href).toBe("https://cdn.example/s/a.css");
});

test.each([
  ["0;url=/x", "/x"],
  ["5; URL = '/x y'", "/x y"],
  ["1.5, https://a.example/", "https://a.example/"],
  ["30", undefined],
])("a refresh of %s leads to %s", (content, url) => {
  expect(urlOfRefresh(content)).toBe(url);
});

describe("a sitemap", () => {
  test("lists pages, and no pictures", () => {
    const xml = `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
      <url><loc> https://a.example/?x=1&amp;y=2 </loc><image:image><image:loc>https://a.example/p.png</image:loc></image:image></url>
      <url><loc><![CDATA[https://a.example/b]]></loc></url></urlset>`;
    expect(parseSitemap(xml)).toEqual({ type: "pages", urls: ["https://a.example/?x=1&y=2", "https://a.example/b"] });
  });

  test("lists sitemaps, or is a plain list", () => {
    expect(parseSitemap("<sitemapindex><sitemap><loc>/s.xml</loc></sitemap></sitemapindex>")).toEqual({
      type: "index",
      urls: ["/s.xml"],
    });
    expect(parseSitemap("https://a.example/a\nhttps://a.example/b\n").urls).toHaveLength(2);
  });
});

describe("a fragment", () => {
  test.each([
    ["#prices", "prices"],
    ["#", undefined],
    ["#Top", undefined],
    ["#/route", undefined],
    ["#!route", undefined],
    ["#:~:text=lamps", undefined],
    ["#prices:~:text=lamps", "prices"],
  ])("%s names %s", (hash, name) => {
    expect(elementOfFragment(new URL(hash, PAGE), true)).toBe(name);
  });

  test("names an element as it is written, or decoded", () => {
    const { fragments } = extractLinks(`<p id="größe"></p><a name=old></a><a name></a><i id="%41"></i>`, PAGE, []);
    for (const name of ["gr%C3%B6%C3%9Fe", "old", "%41"]) expect(isNamed(name, fragments)).toBe(true);
    for (const name of ["gr", "%E0%A4%A"]) expect(isNamed(name, fragments)).toBe(false);
    expect(withoutFragment(new URL("#x", PAGE)).href).toBe(PAGE);
  });
});
