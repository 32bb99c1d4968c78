import * as z from "zod";
import { COMMON } from "./common.ts";
import { TimeoutMs } from "./page-expectations.ts";
import { Template } from "./template.ts";

/** Where links are looked for. CloudWatch's checker knows anchors only. */
const LINK_SOURCES = ["anchors", "resources", "srcset", "rel", "meta", "css"] as const;

/** A place where links are looked for. */
export type LinkSource = (typeof LINK_SOURCES)[number];

const UrlGlob = z.string().min(1).describe("a URL, in which * stands for any characters");

const ExpectedStatus = z.strictObject({
  url: UrlGlob,
  status: z.array(z.int().min(100).max(999)).min(1).describe("the statuses that are fine there, and no others"),
});

/** Follows the links of pages and looks for broken ones. */
export const Links = z.strictObject({
  ...COMMON,
  kind: z.literal("links"),
  url: Template,
  browser: z.boolean().default(true).describe("false: takes the HTML as the server sends it, without a browser"),
  maxLinks: z.int().min(1).max(10_000).default(100).describe("links that are looked at; the URL itself counts as one"),
  minLinks: z.int().min(0).max(10_000).default(1).describe("links that the page must have: one without any is broken"),
  depth: z
    .int()
    .min(0)
    .max(20)
    .default(0)
    .describe("how many links away pages are read, too; 0: only the page itself; those of other hosts never are"),
  sitemap: z.boolean().default(false).describe("looks at what /sitemap.xml lists, too; these pages are one link away"),
  sources: z
    .array(z.enum(LINK_SOURCES))
    .min(1)
    .default(["anchors", "resources", "srcset", "rel", "meta"])
    .describe(
      "anchors and areas, resources (images, scripts, frames, …), srcset, rel (link elements), meta (refresh, preview pictures, JSON-LD), css (url() in styles)",
    ),
  fragments: z.boolean().default(true).describe("looks whether the page has the element that #fragment names"),
  fragmentRoutes: z
    .boolean()
    .default(true)
    .describe("fragments that begin with / or ! are routes of the page's script, and name no element"),
  include: z.array(UrlGlob).default([]).describe("only these are looked at; all unless given"),
  exclude: z.array(UrlGlob).default([]).describe("these are skipped"),
  external: z.boolean().default(true).describe("false: links to other hosts are skipped"),
  expectedStatus: z.array(ExpectedStatus).default([]).describe("what other URLs answer is fine below 400"),
  failOn: z
    .array(z.enum(["broken", "blocked"]))
    .default(["broken"])
    .describe("blocked: answers of 401, 403, 429 and 999, by which sites keep out what is no person"),
  concurrency: z.int().min(1).max(20).default(4).describe("links that are looked at at once"),
  head: z.boolean().default(true).describe("asks by HEAD first, and by GET where that does not answer well"),
  linkTimeoutMs: TimeoutMs.default(10_000).describe("of one link with all its redirects"),
  maxRetryAfterMs: z
    .int()
    .min(0)
    .max(120_000)
    .default(15_000)
    .describe("as long as that is waited when a site answers 429 with Retry-After"),
  screenshots: z.boolean().default(true).describe("pictures of the page with the broken link marked; in the browser"),
  until: z.enum(["load", "domcontentloaded"]).default("load").describe("what of a page is waited for"),
  stepTimeoutMs: TimeoutMs.default(30_000).describe("of loading a page that is read"),
});

/** A link checker's configuration. */
export type LinksConfig = z.output<typeof Links>;
