import * as z from "zod";
import { Api } from "./api.ts";
import { CanaryName } from "./common.ts";
import { Heartbeat } from "./heartbeat.ts";
import { Links } from "./links.ts";
import { MultiCheck } from "./multi-check.ts";
import { Recording } from "./recording.ts";
import { Script } from "./script.ts";
import { Visual } from "./visual.ts";
import { Workflow } from "./workflow.ts";

const Canary = z.discriminatedUnion("kind", [Heartbeat, Api, Links, Visual, Recording, Workflow, MultiCheck, Script]);

/** Canaries by name. */
export const Canaries = z.record(CanaryName, Canary).default({});

/** One canary with its defaults. */
export type CanaryConfig = z.output<typeof Canary>;
/** One canary as users write it. */
export type CanaryInput = z.input<typeof Canary>;
/** All canaries, with their defaults. */
export type CanariesConfig = z.output<typeof Canaries>;
/** All canaries as users write them. */
export type CanariesInput = NonNullable<z.input<typeof Canaries>>;
export type CanaryKind = CanaryConfig["kind"];
/** The configuration of a canary of a kind. */
export type CanaryOfKind<K extends CanaryKind> = Extract<CanaryConfig, { readonly kind: K }>;

/** Whether a canary needs a browser, and so the bundle that has one. */
export function needsBrowser(canary: CanaryConfig): boolean {
  if (canary.kind === "heartbeat" || canary.kind === "links" || canary.kind === "script") return canary.browser;
  return canary.kind !== "api" && canary.kind !== "multi-check";
}
