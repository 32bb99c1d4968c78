import type { Kinds } from "../kind.ts";
import { BROWSERLESS_KINDS } from "./browserless-kinds.ts";
import { recording } from "./recording.ts";
import { visual } from "./visual.ts";
import { workflow } from "./workflow.ts";

/** All kinds: for where there is a browser. */
export const BROWSER_KINDS: Kinds = {
  ...BROWSERLESS_KINDS,
  recording,
  visual,
  workflow,
};
