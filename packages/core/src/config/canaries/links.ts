import * as z from "zod";
import { COMMON } from "./common.ts";
import { Template } from "./template.ts";

/** Follows the links of pages and looks for broken ones. */
export const Links = z.strictObject({
  ...COMMON,
  kind: z.literal("links"),
  url: Template,
  maxLinks: z.int().min(1).max(10_000).default(100).describe("links that are looked at"),
});

/** A link checker's configuration. */
export type LinksConfig = z.output<typeof Links>;
