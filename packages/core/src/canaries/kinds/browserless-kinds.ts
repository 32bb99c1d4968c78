import type { Kinds } from "../kind.ts";
import { runApi } from "./api.ts";
import { heartbeat } from "./heartbeat.ts";
import { links } from "./links.ts";
import { runMultiCheck } from "./multi-check.ts";
import { runScript } from "./script.ts";

/** The kinds that need no browser, or may do without one. */
export const BROWSERLESS_KINDS: Kinds = {
  heartbeat,
  api: runApi,
  links,
  "multi-check": runMultiCheck,
  script: runScript,
};
