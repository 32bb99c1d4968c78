import { gunzipSync } from "node:zlib";
import { messageOf } from "../../platform/errors.ts";
import type { RunContext, Step } from "../context.ts";
import { CanaryFailure } from "../failure.ts";
import { timeLeft } from "../page-load.ts";
import { type OnExchange, probeHttp } from "../probe/http.ts";
import type { FoundLink } from "./extract-links.ts";
import { parseSitemap } from "./sitemap.ts";

// The protocol's own bound of a file, unzipped. https://www.sitemaps.org/protocol.html#index
const MAX_BYTES = 52_428_800;
const MAX_SITEMAPS = 50;
const TIMEOUT_MS = 30_000;
const MAX_REDIRECTS = 10;
const GZIP_BEGIN = Buffer.from([0x1f, 0x8b]);

/** Reads a sitemap and those that it lists, and gives the pages of all. Raises CanaryFailure as `probeHttp` does, and `assertion` for one that is not there, or lists nothing. */
export async function readSitemap(
  context: RunContext,
  step: Step,
  url: URL,
  onExchange: OnExchange,
): Promise<FoundLink[]> {
  const waiting = [url.href];
  const seen = new Set(waiting);
  const found: FoundLink[] = [];
  for (let at = 0; at < waiting.length && at < MAX_SITEMAPS; at++) {
    const base = waiting[at] ?? "";
    const { type, urls } = parseSitemap(await textOfSitemap(context, step, base, onExchange));
    for (const written of urls) {
      const target = URL.parse(written, base) ?? undefined;
      if (type === "pages") found.push({ written, url: target, tag: "loc", attribute: "", text: "" });
      else if (target !== undefined && !seen.has(target.href)) {
        seen.add(target.href);
        waiting.push(target.href);
      }
    }
  }
  if (found.length === 0) throw new CanaryFailure("assertion", `${url.href} lists no page`);
  return found;
}

async function textOfSitemap(context: RunContext, step: Step, url: string, onExchange: OnExchange): Promise<string> {
  const request = {
    method: "GET",
    url,
    headers: {},
    timeoutMs: timeLeft(context, TIMEOUT_MS),
    redirects: MAX_REDIRECTS,
    maxBodyBytes: MAX_BYTES,
    allowSelfSigned: false,
  };
  const { status, body } = await probeHttp(request, context, step, onExchange);
  if (status !== 200) throw new CanaryFailure("assertion", `expected a sitemap at ${url}, got ${status}`);
  if (!body.subarray(0, GZIP_BEGIN.length).equals(GZIP_BEGIN)) return body.toString("utf8");
  try {
    return gunzipSync(body, { maxOutputLength: MAX_BYTES }).toString("utf8");
  } catch (thrown) {
    throw new CanaryFailure("target", `${url} does not unzip: ${messageOf(thrown)}`, { cause: thrown });
  }
}
