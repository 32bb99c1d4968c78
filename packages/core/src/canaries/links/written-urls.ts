// URLs as texts of HTML and CSS write them.

const WHITE_SPACE = /[\t\n\f\r ]/;

/** URLs of a `srcset`. A URL may hold commas (those of data: do), so it ends at white space. https://html.spec.whatwg.org/#parsing-a-srcset-attribute */
export function urlsInSrcset(srcset: string): string[] {
  const urls: string[] = [];
  let at = 0;
  while (at < srcset.length) {
    while (at < srcset.length && (srcset[at] === "," || WHITE_SPACE.test(srcset[at] ?? ""))) at++;
    const begin = at;
    while (at < srcset.length && !WHITE_SPACE.test(srcset[at] ?? "")) at++;
    const written = srcset.slice(begin, at);
    const url = written.replace(/,+$/, "");
    if (url !== "") urls.push(url);
    // A comma at its end ends the candidate, otherwise its descriptors do.
    if (url === written) at = endOfDescriptors(srcset, at);
  }
  return urls;
}

/** Behind the comma that ends a candidate; commas in parentheses do not. */
function endOfDescriptors(srcset: string, from: number): number {
  let depth = 0;
  for (let at = from; at < srcset.length; at++) {
    const character = srcset[at];
    if (character === "(") depth++;
    else if (character === ")") depth = Math.max(0, depth - 1);
    else if (character === "," && depth === 0) return at + 1;
  }
  return srcset.length;
}

const COMMENT = /\/\*[\s\S]*?\*\//g;
const URL_OR_IMPORT = /url\(\s*(?:"([^"]*)"|'([^']*)'|([^"'()\s]*))\s*\)|@import\s+(?:"([^"]*)"|'([^']*)')/gi;

/** What `url()` and `@import` of a style sheet name, in their order. https://www.w3.org/TR/css-values-4/#urls */
export function urlsInCss(css: string): string[] {
  const found = css.replaceAll(COMMENT, " ").matchAll(URL_OR_IMPORT);
  const urls = [...found].map((match) => match.slice(1).find((part) => part !== undefined) ?? "");
  // A fragment alone is of the document, not of a file, and what is written out is there already.
  return urls.filter((url) => url !== "" && !/^(#|data:)/i.test(url));
}

const REFRESH = /^\s*[\d.]+\s*[;,\s]\s*(?:url\s*=\s*)?(?:"([^"]*).*|'([^']*).*|(\S.*))$/i;

/** Where `<meta http-equiv="refresh">` leads; undefined where it only loads the page again. https://html.spec.whatwg.org/#shared-declarative-refresh-steps */
export function urlOfRefresh(content: string): string | undefined {
  const match = REFRESH.exec(content.trim());
  const url = (match?.[1] ?? match?.[2] ?? match?.[3])?.trim();
  return url === "" ? undefined : url;
}

const WEB_URL = /^https?:\/\/\S+$/i;

/** Whole URLs among the values of JSON-LD, but for those that only name something: its contexts, types and ids. https://www.w3.org/TR/json-ld11/#keywords */
export function urlsInJsonLd(text: string): string[] {
  const urls: string[] = [];
  const collect = (value: unknown): void => {
    if (typeof value === "string" && WEB_URL.test(value)) urls.push(value);
    if (typeof value !== "object" || value === null) return;
    for (const [name, member] of Object.entries(value)) if (!name.startsWith("@")) collect(member);
  };
  try {
    collect(JSON.parse(text));
  } catch {
    // Search engines leave out what is no JSON, too.
    return [];
  }
  return urls;
}

/** The URL that a meta element names: preview pictures, canonical addresses and the like have whole ones; what else it says is none. */
export function urlInMeta(content: string): string | undefined {
  const url = content.trim();
  return WEB_URL.test(url) ? url : undefined;
}
