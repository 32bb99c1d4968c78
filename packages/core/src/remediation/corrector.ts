import type { CorrectionRules } from "../config/oncall/corrections.ts";
import type { Due, SendDue } from "../event/due.ts";
import type { Clock } from "../platform/clock.ts";
import { BelfryError } from "../platform/errors.ts";
import type { Logger } from "../platform/logger.ts";
import type { Table, TableWrite } from "../platform/table-client.ts";
import type { CorrectionRequest } from "./correction-request.ts";
import { decideCorrection, withRun, withWaiting } from "./decide.ts";
import { approvalNotice, noticeOf, type TellNotice } from "./notice.ts";
import { describeRun, type PlannedRun } from "./plan.ts";
import type { CorrectionRuns } from "./start.ts";
import type { CorrectionEnd, CorrectionState } from "./state.ts";
import type { Step, WriteStep } from "./step.ts";
import { brakeWrites, readBrakes, readCorrection, type StoredCorrection, stateWrite } from "./store.ts";
import { attemptStart, HOLD_MS, lookAfter } from "./under-way.ts";

export interface CorrectorPorts {
  readonly table: Table;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly rules: CorrectionRules;
  /** Undefined where nothing may be run: then it is only said what would be. */
  readonly runs: CorrectionRuns | undefined;
  readonly sendDue: SendDue;
  /** Writes that keep these until they were looked at, so that they come also when nobody sends them. */
  readonly keepDues: (dues: readonly Due[]) => readonly TableWrite[];
  readonly tell: TellNotice;
}

/** What came of an approval. */
export type ApprovalOutcome = "approved" | "approved-already" | "expired" | "not-waiting" | "unknown-request";

/** Takes requests for corrective actions further. Each call may be made again after an error, and by several at the same time. */
export interface Corrector {
  /** Looks at the request that is due; one that comes early, late or twice does no harm. Raises a retryable error. */
  due(due: Due, signal: AbortSignal): Promise<void>;
  /** Lets somebody approve a request, given by its id: once, and while it waits. What follows is run by whoever looks at what is due. */
  approve(id: string, by: string, signal: AbortSignal): Promise<ApprovalOutcome>;
}

/** How often somebody else may be first. */
const MAX_TRIES = 5;

/** Joins requests, their brakes and what runs in one table. */
export function createCorrector(ports: CorrectorPorts): Corrector {
  return {
    async due({ key }, signal) {
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        const stored = await readCorrection(ports.table, key, signal);
        if (stored === undefined || (await look(stored, ports, signal))) return;
      }
      throw new BelfryError("RETRY", `the correction ${key} is being changed by others: it is tried again`, {
        retryable: true,
      });
    },
    approve: (id, by, signal) => approve(id, by, ports, signal),
  };
}

/** One look; false when it has to be made again, since somebody else was first. */
async function look(stored: StoredCorrection, ports: CorrectorPorts, signal: AbortSignal): Promise<boolean> {
  const { state } = stored;
  const write = stepWriter(ports, signal);
  switch (state?.status) {
    case undefined:
    case "approved":
      return begin({ ...stored, state }, ports, write, signal);
    case "asked":
      return ports.clock.now() < state.expiresAt ? true : write(stored, expired(stored, state, ports.clock.now()));
    case "starting":
      return attemptStart({ ...stored, state }, ports, write, signal);
    case "running":
      return lookAfter({ ...stored, state }, ports, write, signal);
    case "done":
      return true;
  }
}

type Unbegun = StoredCorrection & { readonly state: Extract<CorrectionState, { status: "approved" }> | undefined };

/** Decides about a request, and writes what was decided before anything is done. */
async function begin(stored: Unbegun, ports: CorrectorPorts, write: WriteStep, signal: AbortSignal): Promise<boolean> {
  const { request, state } = stored;
  const now = ports.clock.now();
  const rule = Object.hasOwn(ports.rules, request.rule) ? ports.rules[request.rule] : undefined;
  const set = rule === undefined || rule.dryRun || ports.runs === undefined ? "dry" : "real";
  const brakes = await readBrakes(ports.table, request, set, signal);
  const verdict = decideCorrection(state, request, now, rule, brakes);
  const version = (state?.version ?? 0) + 1;
  const counted = () => brakeWrites(request, set, brakes, withRun(brakes, request, now), now);
  switch (verdict.verdict) {
    case "refused": {
      const text = `${rule?.dryRun === true ? "dry run: would not be run" : "not run"}: ${verdict.detail}`;
      return write(stored, ended(request, version, "refused", text, now));
    }
    case "dry-run": {
      const text = `dry run: would have run ${describeRun(verdict.plan)}${rule?.approval === true ? ", once approved" : ""}`;
      return write(stored, { ...ended(request, version, "dry-run", text, now), writes: counted() });
    }
    case "ask": {
      const { plan, expiresAt } = verdict;
      return write(stored, {
        next: { version, status: "asked", plan, expiresAt },
        notice: approvalNotice(request, plan, expiresAt, now),
        lookAt: expiresAt,
        writes: brakeWrites(request, set, brakes, withWaiting(brakes, request, expiresAt), now),
      });
    }
    case "run":
      return ports.runs === undefined
        ? write(stored, { ...ended(request, version, "dry-run", wouldRun(verdict.plan), now), writes: counted() })
        : run(stored, verdict.plan, counted(), ports, write, signal);
  }
}

/** Claims the request together with its place under the brakes, and only then starts. */
async function run(
  stored: Unbegun,
  plan: PlannedRun,
  writes: readonly TableWrite[],
  ports: CorrectorPorts,
  write: WriteStep,
  signal: AbortSignal,
): Promise<boolean> {
  const { request, state } = stored;
  const now = ports.clock.now();
  const next = {
    version: (state?.version ?? 0) + 1,
    status: "starting",
    plan,
    ...(state === undefined ? {} : { approvedBy: state.approvedBy }),
    startedAt: now,
    heldUntil: now + HOLD_MS,
    attempts: 1,
  } as const;
  if (!(await write(stored, { next, lookAt: next.heldUntil, writes }))) return false;
  return attemptStart({ request, state: next, isHeld: true }, ports, write, signal);
}

async function approve(id: string, by: string, ports: CorrectorPorts, signal: AbortSignal): Promise<ApprovalOutcome> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const stored = await readCorrection(ports.table, id, signal);
    if (stored === undefined) return "unknown-request";
    const { state } = stored;
    const now = ports.clock.now();
    if (state?.status === "approved" || state?.status === "starting" || state?.status === "running") {
      return "approved-already";
    }
    if (state?.status !== "asked") return "not-waiting";
    if (now >= state.expiresAt) return "expired";
    const next = {
      version: state.version + 1,
      status: "approved",
      plan: state.plan,
      approvedBy: by,
      approvedAt: now,
    } as const;
    const notice = { ...noticeOf(stored.request, "approved", `approved by ${by}`, now), approvedBy: by };
    if (await stepWriter(ports, signal)(stored, { next, notice, lookAt: now })) return "approved";
  }
  throw new BelfryError("RETRY", `the correction ${id} is being changed by others: try again`, { retryable: true });
}

function stepWriter(ports: CorrectorPorts, signal: AbortSignal): WriteStep {
  return async ({ request, state }, { next, notice, lookAt, writes = [] }) => {
    const told = notice === undefined ? { writes: [], dues: [] } : await ports.tell(notice, signal);
    const looks: Due[] = lookAt === undefined ? [] : [{ kind: "correction", key: request.id, at: lookAt }];
    const now = ports.clock.now();
    const all = [stateWrite(request.id, state, next, now), ...writes, ...told.writes, ...ports.keepDues(looks)];
    if (!(await ports.table.transact(all, signal))) return false;
    ports.logger.info("a correction goes on", { correction: request.id, rule: request.rule, status: next.status });
    await ports.sendDue([...looks, ...told.dues], signal);
    return true;
  };
}

function expired({ request }: StoredCorrection, { version }: CorrectionState, now: number): Step {
  return ended(request, version + 1, "refused", "not run: nobody approved it in time", now);
}

function ended(request: CorrectionRequest, version: number, end: CorrectionEnd, detail: string, now: number): Step {
  return { next: { version, status: "done", end, detail, endedAt: now }, notice: noticeOf(request, end, detail, now) };
}

function wouldRun(plan: PlannedRun): string {
  return `would have run ${describeRun(plan)}: AWS is not called from here`;
}
