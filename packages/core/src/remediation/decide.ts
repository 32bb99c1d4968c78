import { isDeepStrictEqual } from "node:util";
import type { CorrectionRule } from "../config/oncall/corrections.ts";
import { parseDuration } from "../config/oncall/duration.ts";
import { BelfryError } from "../platform/errors.ts";
import type { CorrectionRequest } from "./correction-request.ts";
import { type PlannedRun, plannedRun } from "./plan.ts";
import type { Brakes, CorrectionState, RefusalReason } from "./state.ts";

/** What is to become of a request that has not been begun. `dry` beside the others: what would be, were it no dry run. */
export type CorrectionVerdict =
  | { readonly verdict: "run"; readonly plan: PlannedRun }
  | { readonly verdict: "ask"; readonly plan: PlannedRun; readonly expiresAt: number }
  | { readonly verdict: "dry-run"; readonly plan: PlannedRun }
  | { readonly verdict: "refused"; readonly reason: RefusalReason; readonly detail: string };

const HOUR_MS = 3_600_000;

/** What nobody came to in time is not done any more: things have moved on. */
const STALE_MS = 15 * 60_000;

/** What one rule does to a resource may set off alerts by which another one would act on it: these are left to people for so long. */
const SETTLING_MS = 15 * 60_000;

/** How far the request is; a new one has no state. */
type Unbegun = Extract<CorrectionState, { status: "asked" | "approved" }> | undefined;

/**
 * Decides whether a request's action is run, by the rule as it is now. Nothing is run that was not shown to who approved it, later than it was of use, twice for one
 * statement of an alert, within the cool-down, or above the hourly cap. `rule` is undefined when there is none of that name any more.
 */
export function decideCorrection(
  state: Unbegun,
  request: CorrectionRequest,
  nowMs: number,
  rule: CorrectionRule | undefined,
  brakes: Brakes,
): CorrectionVerdict {
  if (rule === undefined) return refused("switched-off", "the rule is not there any more");
  const plan = planOf(rule, request);
  if ("refusal" in plan) return plan.refusal;
  if (state !== undefined && !isDeepStrictEqual(state.plan, plan.run)) {
    return refused("changed", "the rule would run something else than was asked about");
  }
  const late = lateness(state, request, nowMs);
  if (late !== undefined) return late;
  const braked = brakedBy(brakes, request, rule, nowMs);
  if (braked !== undefined) return braked;
  if (rule.dryRun) return { verdict: "dry-run", plan: plan.run };
  if (rule.approval && state?.status !== "approved") {
    return { verdict: "ask", plan: plan.run, expiresAt: nowMs + parseDuration(rule.approvalExpires) };
  }
  return { verdict: "run", plan: plan.run };
}

function planOf(rule: CorrectionRule, { labels }: CorrectionRequest) {
  try {
    return { run: plannedRun(rule.run, labels) };
  } catch (error) {
    if (!(error instanceof BelfryError)) throw error;
    return { refusal: refused("not-possible", error.message) };
  }
}

function lateness(state: Unbegun, { requestedAt }: CorrectionRequest, nowMs: number): CorrectionVerdict | undefined {
  if (state?.status === "asked") return undefined;
  const since = state === undefined ? requestedAt : state.approvedAt;
  const what = state === undefined ? "the alert" : "the approval";
  return nowMs - since <= STALE_MS ? undefined : refused("too-late", `${what} was ${minutes(nowMs - since)} ago`);
}

/** What keeps the rule from running now. */
function brakedBy(
  { rate, resource }: Brakes,
  request: CorrectionRequest,
  rule: CorrectionRule,
  nowMs: number,
): CorrectionVerdict | undefined {
  const own = Object.hasOwn(resource.runs, request.rule) ? resource.runs[request.rule] : undefined;
  if (own?.statement === statementOf(request)) {
    return refused("already-run", `it was run for this alert already, ${minutes(nowMs - own.at)} ago`);
  }
  const cooldownMs = parseDuration(rule.cooldown);
  if (own !== undefined && nowMs - own.at < cooldownMs) {
    const left = minutes(own.at + cooldownMs - nowMs);
    return refused("cooling-down", `it was run ${minutes(nowMs - own.at)} ago: cooling down for ${left} more`);
  }
  const other = Object.entries(resource.runs).find(
    ([name, { at }]) => name !== request.rule && nowMs - at < SETTLING_MS,
  );
  if (other !== undefined) {
    return refused("own-event", `${other[0]} was run on it ${minutes(nowMs - other[1].at)} ago, which may be why`);
  }
  const waiting = Object.hasOwn(resource.waiting, request.rule) ? resource.waiting[request.rule] : undefined;
  if (waiting !== undefined && waiting.request !== request.id && nowMs < waiting.until) {
    return refused("waiting-already", "the same waits for an approval already");
  }
  if (rate.at.filter((at) => nowMs - at < HOUR_MS).length >= rule.maxPerHour) {
    return refused("rate-cap", `it was run ${rule.maxPerHour} times within an hour`);
  }
  return undefined;
}

/** The brakes as they are once the request's action has been begun. */
export function withRun({ rate, resource }: Brakes, request: CorrectionRequest, nowMs: number): Brakes {
  const { [request.rule]: _, ...waiting } = resource.waiting;
  const run = { at: nowMs, request: request.id, statement: statementOf(request) };
  return {
    rate: { version: rate.version + 1, at: [...rate.at.filter((at) => nowMs - at < HOUR_MS), nowMs] },
    resource: { version: resource.version + 1, runs: { ...resource.runs, [request.rule]: run }, waiting },
  };
}

/** The brakes as they are while the request waits to be approved. */
export function withWaiting({ rate, resource }: Brakes, { rule, id }: CorrectionRequest, until: number): Brakes {
  const waiting = { ...resource.waiting, [rule]: { request: id, until } };
  return { rate, resource: { ...resource, version: resource.version + 1, waiting } };
}

function statementOf({ alert }: CorrectionRequest): string {
  return `${alert.version} ${alert.key}`.slice(0, 1024);
}

function refused(reason: RefusalReason, detail: string): CorrectionVerdict & { verdict: "refused" } {
  return { verdict: "refused", reason, detail };
}

function minutes(ms: number): string {
  const count = Math.max(1, Math.round(ms / 60_000));
  return count < 120 ? `${count} min` : `${Math.round(count / 60)} h`;
}
