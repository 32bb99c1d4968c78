import type { CanaryKind, CanaryOfKind } from "../config/canaries/schema.ts";
import type { RunContext } from "./context.ts";

/**
 * What a kind of canary does: one attempt. It passes by returning, and fails by raising, best a CanaryFailure, which says its class; whatever else it raises is
 * classed by `failureOf`. It need not watch the time: the runner reports at the deadline even when this never returns.
 */
export type RunKind<K extends CanaryKind> = (context: RunContext<CanaryOfKind<K>>) => Promise<void>;

/** The kinds that a runner has: those of a bundle without browser are fewer. */
export type Kinds = { readonly [K in CanaryKind]?: RunKind<K> };
