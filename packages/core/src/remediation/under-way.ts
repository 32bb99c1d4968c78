import { AwsCallError } from "../platform/aws-call.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import { executionLinks, noticeOf } from "./notice.ts";
import { describeRun } from "./plan.ts";
import { type CorrectionRuns, startRun } from "./start.ts";
import type { CorrectionEnd, CorrectionState } from "./state.ts";
import type { Step, WriteStep } from "./step.ts";
import type { StoredCorrection } from "./store.ts";

interface Ports {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly runs: CorrectionRuns | undefined;
}

type Starting = StoredCorrection & {
  readonly state: Extract<CorrectionState, { status: "starting" }>;
  /** By whoever calls, since just now. */
  readonly isHeld?: true;
};

type Running = StoredCorrection & { readonly state: Extract<CorrectionState, { status: "running" }> };

/** How long one sender has a start to itself; longer than its function may run. */
export const HOLD_MS = 120_000;

/** After that an open start is not tried again: how long AWS remembers a token is not documented. */
const START_WITHIN_MS = 10 * 60_000;

/** What still runs by then is not looked after any more. */
const WATCH_MS = 24 * 3_600_000;

const FIRST_LOOK_MS = 10_000;
const MAX_LOOK_MS = 5 * 60_000;

/** Starts, or asks for the same execution again where an earlier attempt has not said what came of it. */
export async function attemptStart(
  stored: Starting,
  { runs, clock, logger }: Ports,
  write: WriteStep,
  signal: AbortSignal,
): Promise<boolean> {
  const now = clock.now();
  const { request } = stored;
  let { state } = stored;
  if (stored.isHeld !== true) {
    // Whoever has it may be at it; its own timer brings it back.
    if (now < state.heldUntil || runs === undefined) return true;
    if (now - state.startedAt > START_WITHIN_MS) {
      const text = `it is not known whether it was started: ${describeRun(state.plan)}; it is not tried again`;
      return write(stored, ended(stored, "unknown", text, now));
    }
    const next = { ...state, version: state.version + 1, attempts: state.attempts + 1, heldUntil: now + HOLD_MS };
    if (!(await write(stored, { next, lookAt: next.heldUntil }))) return false;
    state = next;
  }
  if (runs === undefined) return true;
  const held = { request, state };
  const started = await startRun(runs, state.plan, tokenOf(request.id), state.attempts > 1, signal);
  switch (started.outcome) {
    case "started":
      return write(held, running(held, started.execution, clock.now()));
    case "refused":
      return write(held, ended(held, "failed", `was not started: ${started.reason}`, clock.now()));
    default:
      // Its timer is set; what cannot be known now may be then.
      logger.warn("a correction may not have been started", { correction: request.id, reason: started.reason });
      return true;
  }
}

/** Asks what became of an execution, less and less often. */
export async function lookAfter(
  stored: Running,
  { runs, clock, logger }: Ports,
  write: WriteStep,
  signal: AbortSignal,
): Promise<boolean> {
  const { state, request } = stored;
  const now = clock.now();
  const { plan, execution, startedAt } = state;
  // What is delivered twice would become two rows of looks.
  if (runs === undefined || now < state.lookAt) return true;
  const links = executionLinks(plan, execution);
  const late = now - startedAt > WATCH_MS;
  try {
    const { state: how, detail } = await runs.outcome(plan, execution, signal);
    if (how !== "running") {
      const end: CorrectionEnd = how;
      return write(stored, ended(stored, end, `ran ${describeRun(plan)}: ${detail}`, now, links));
    }
  } catch (thrown) {
    if (!(thrown instanceof AwsCallError)) throw thrown;
    logger.warn("a correction's outcome cannot be read", { correction: request.id, error: thrown });
    if (thrown.refusal === "denied" || late) {
      return write(
        stored,
        ended(stored, "unknown", `was started, and its outcome cannot be read: ${thrown.message}`, now, links),
      );
    }
  }
  if (late) return write(stored, ended(stored, "unknown", "has not ended within a day", now, links));
  const looks = state.looks + 1;
  const lookAt = now + Math.min(MAX_LOOK_MS, FIRST_LOOK_MS * 2 ** looks);
  return write(stored, { next: { ...state, version: state.version + 1, looks, lookAt }, lookAt });
}

function running({ request, state }: Starting, execution: string, now: number): Step {
  const { plan, approvedBy, startedAt, version } = state;
  const by = approvedBy === undefined ? "" : `, approved by ${approvedBy}`;
  return {
    next: {
      version: version + 1,
      status: "running",
      plan,
      ...(approvedBy === undefined ? {} : { approvedBy }),
      startedAt,
      execution,
      looks: 0,
      lookAt: now + FIRST_LOOK_MS,
    },
    notice: noticeOf(request, "started", `started ${describeRun(plan)}${by}`, now, executionLinks(plan, execution)),
    lookAt: now + FIRST_LOOK_MS,
  };
}

function ended(
  { request, state }: Starting | Running,
  end: CorrectionEnd,
  detail: string,
  now: number,
  links: ReturnType<typeof executionLinks> = [],
): Step {
  return {
    next: { version: state.version + 1, status: "done", end, detail, endedAt: now },
    notice: noticeOf(request, end, detail, now, links),
  };
}

/** A request's id as a UUID; version 8 is for values of one's own making. https://www.rfc-editor.org/rfc/rfc9562#section-5.8 */
function tokenOf(id: string): string {
  const at = (from: number, to: number) => id.slice(from, to);
  return [at(0, 8), at(8, 12), `8${at(13, 16)}`, `8${at(17, 20)}`, at(20, 32)].join("-");
}
