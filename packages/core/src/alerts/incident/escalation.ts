import { parseDuration } from "../../config/oncall/duration.ts";
import type { EscalationChainConfig } from "../../config/oncall/people.ts";
import type { PageTarget } from "./incident.ts";

/** A step of a chain, compiled. */
interface EscalationStep {
  readonly waitMs: number;
  readonly person?: string | undefined;
  readonly schedule?: string | undefined;
  readonly channel?: string | undefined;
  readonly during: readonly string[];
}

/** Who is told one after the other until somebody takes the incident. */
export interface EscalationChain {
  readonly steps: readonly EscalationStep[];
  readonly repeat: number;
  readonly repeatAfterMs: number;
}

/** What an escalation must know of the world. */
export interface OnCallWorld {
  /** The person on call by a schedule at a time; undefined when nobody is. */
  onCall(schedule: string, atMs: number): string | undefined;
  /** Whether one of these time intervals holds. */
  isWithin(intervals: readonly string[], atMs: number): boolean;
}

/** Where in a chain an incident is; both count from 0. */
export interface ChainPosition {
  readonly round: number;
  readonly step: number;
}

/** What a moment of an escalation brings: whom to page, and where and when it goes on; no `next` at the chain's end. */
export interface EscalationMove {
  readonly target?: PageTarget;
  readonly next?: ChainPosition & { readonly at: number };
}

/** Compiles a chain of the configuration. */
export function compileChain({ steps, repeat, repeatAfter }: EscalationChainConfig): EscalationChain {
  return {
    steps: steps.map(({ wait, ...step }) => ({ ...step, waitMs: parseDuration(wait) })),
    repeat,
    repeatAfterMs: parseDuration(repeatAfter),
  };
}

/** How an escalation begins: with the wait of its first step. */
export function chainStart(chain: EscalationChain, nowMs: number): ChainPosition & { readonly at: number } {
  return { round: 0, step: 0, at: nowMs + chain.steps[0].waitMs };
}

/**
 * Takes the step at a position. One that reaches nobody, because its time interval does not hold or nobody is on call, is passed over at once, without the wait of the
 * one behind it: nobody gains by waiting for nobody.
 */
export function escalate(
  chain: EscalationChain,
  { round, step }: ChainPosition,
  nowMs: number,
  world: OnCallWorld,
): EscalationMove {
  for (let at = step; at < chain.steps.length; at++) {
    const target = targetOf(chain.steps[at], nowMs, world);
    if (target === undefined) continue;
    const next = nextOf(chain, { round, step: at + 1 }, nowMs);
    return next === undefined ? { target } : { target, next };
  }
  const next = nextOf(chain, { round, step: chain.steps.length }, nowMs);
  return next === undefined ? {} : { next };
}

function nextOf(chain: EscalationChain, { round, step }: ChainPosition, nowMs: number): EscalationMove["next"] {
  if (step < chain.steps.length) return { round, step, at: nowMs + chain.steps[step].waitMs };
  if (round >= chain.repeat) return undefined;
  return { round: round + 1, step: 0, at: nowMs + chain.repeatAfterMs + chain.steps[0].waitMs };
}

function targetOf(
  { person, schedule, channel, during }: EscalationStep,
  nowMs: number,
  world: OnCallWorld,
): PageTarget | undefined {
  if (during.length > 0 && !world.isWithin(during, nowMs)) return undefined;
  if (channel !== undefined) return { kind: "channel", name: channel };
  if (schedule === undefined) return person === undefined ? undefined : { kind: "person", name: person };
  const onCall = world.onCall(schedule, nowMs);
  return onCall === undefined ? undefined : { kind: "person", name: onCall, schedule };
}
