// Corrective actions for tests: rules, incidents, and an AWS that starts what it is told to.
import { type CorrectionRule, type CorrectionRules, Corrections } from "@belfry/core/config/oncall/corrections";
import type { Due } from "@belfry/core/event/due";
import type { OpenedIncident } from "@belfry/core/event/opened-incident";
import { createLogger } from "@belfry/core/platform/logger";
import type { TableWrite } from "@belfry/core/platform/table-client";
import { type CorrectorPorts, createCorrector } from "@belfry/core/remediation/corrector";
import type { CorrectionNotice } from "@belfry/core/remediation/notice";
import type { PlannedRun } from "@belfry/core/remediation/plan";
import { correctionRequests } from "@belfry/core/remediation/request";
import type { CorrectionRuns, ExecutionState } from "@belfry/core/remediation/start";
import type { CorrectionState } from "@belfry/core/remediation/state";
import { memoryTable } from "./memory-table.ts";
import { alertOf, NOW_MS } from "./notifications.ts";

export const INSTANCE = "i-0abcdef1234567890";
export const signal = new AbortController().signal;

/** A rule that restarts an instance at once, unless the changes say otherwise. */
export function ruleOf(changes: object = {}): CorrectionRule {
  const rule = {
    matchers: ['alertname="down"'],
    run: { type: "ec2-recover" },
    dryRun: false,
    approval: false,
    ...changes,
  };
  return Corrections.parse({ restart: rule }).restart as CorrectionRule;
}

/** An incident of alerts that `restart` matches, of these instances. */
export function openedOf(id = "g#1", instances: readonly string[] = [INSTANCE], version = NOW_MS): OpenedIncident {
  const labels = { alertname: "down", account: "111122223333", region: "eu-west-1" };
  return {
    id,
    handle: "0123456789abcdef",
    groupKey: "g",
    receiver: "default",
    alerts: instances.map((instance) =>
      alertOf({ key: `alarm ${instance}`, version, title: `${instance} is down`, labels: { ...labels, instance } }),
    ),
    openedAt: version,
  };
}

/** An AWS that starts each token once. */
export interface FakeRuns extends CorrectionRuns {
  /** What was started, by token. */
  readonly started: Map<string, { readonly plan: PlannedRun; readonly at: number }>;
  /** Called before and after a start takes effect: throws what is to go wrong. */
  fault: (when: "before" | "after") => void;
  state: ExecutionState;
}

function fakeRuns(now: () => number): FakeRuns {
  const fake: FakeRuns = {
    started: new Map(),
    fault: () => undefined,
    state: { state: "running", detail: "InProgress" },
    async start(plan, token) {
      fake.fault("before");
      if (!fake.started.has(token)) fake.started.set(token, { plan, at: now() });
      fake.fault("after");
      return `exec-${token}`;
    },
    outcome: async () => fake.state,
  };
  return fake;
}

/** A request that was let through. */
interface Claim {
  readonly request: string;
  readonly at: number;
  readonly resource: string;
  readonly approvedBy: string | undefined;
}

function claimIn(write: TableWrite): Claim[] {
  if (!("put" in write)) return [];
  const state = write.put.state as unknown as CorrectionState | undefined;
  // Further attempts are of the same claim.
  if (state?.status !== "starting" || state.attempts > 1 || !("plan" in state) || !("parameters" in state.plan))
    return [];
  const resource = JSON.stringify(state.plan.parameters);
  return [{ request: write.put.pk, at: state.startedAt, resource, approvedBy: state.approvedBy }];
}

/** A corrector with its table, its clock, and what it told. */
export function correctionWorld(rules: CorrectionRules) {
  const table = memoryTable();
  const claims: Claim[] = [];
  const { transact } = table;
  table.transact = async (writes, aborted) => {
    const isDone = await transact(writes, aborted);
    if (isDone) claims.push(...writes.flatMap(claimIn));
    return isDone;
  };
  const time = { now: NOW_MS };
  const clock = { now: () => time.now };
  const runs = fakeRuns(clock.now);
  const dues: Due[] = [];
  // Told is only what was written.
  const notices = (): CorrectionNotice[] =>
    [...table.items.values()].flatMap(({ notice }) => (notice === undefined ? [] : (notice as never)));
  const keepDues = (kept: readonly Due[]): TableWrite[] =>
    kept.map((due) => ({ put: { pk: "timer", sk: `${due.key} ${due.at}`, due: { ...due } } }));
  const logger = createLogger({ level: "off" });
  const ports = {
    table,
    clock,
    logger,
    rules,
    runs: runs as CorrectionRuns | undefined,
    sendDue: async (sent: readonly Due[]) => void dues.push(...sent),
    keepDues,
    tell: async (notice: CorrectionNotice) => ({
      writes: [{ put: { pk: "notice", sk: notice.id, notice: structuredClone(notice) as never } }],
      dues: [],
    }),
  };
  return {
    table,
    time,
    runs,
    ports,
    dues,
    notices,
    /** What was told, without what it is for. */
    told: () => notices().map(({ lines }) => lines[0]?.replace(/^Corrective action /, "")),
    corrector: (changed: CorrectorPorts = ports) => createCorrector(changed),
    /** What was let through to be started, in order. */
    claims,
    /** Writes what an incident asks for, as the dispatcher does; the requests' ids. */
    async open(opened: OpenedIncident): Promise<string[]> {
      const { writes, dues: asked } = correctionRequests(ports.rules, opened, time.now);
      if (writes.length > 0) await table.transact([...writes, ...keepDues(asked)], signal);
      return asked.map(({ key }) => key);
    },
    /** Looks at a request now. */
    look: (key: string) => createCorrector(ports).due({ kind: "correction", key, at: time.now }, signal),
  };
}
